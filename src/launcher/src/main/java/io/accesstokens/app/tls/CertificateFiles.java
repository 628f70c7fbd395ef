package io.accesstokens.app.tls;

import io.accesstokens.file.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The PEM files of the server's certificate and key. Reads changed files again. Thread-safe. The
 * rules are in the package documentation.
 */
public final class CertificateFiles {

  /** Interval between two checks of the files, in seconds. */
  public static final int CHECK_SECONDS = 2;

  private static final Logger LOG = System.getLogger(CertificateFiles.class.getName());

  private static final int MAX_BYTES = 1024 * 1024;

  private final Path certificateFile;
  private final Path keyFile;
  private final InstantSource clock;
  private byte[] chain; // guarded by this object
  private byte[] key; // guarded by this object
  private byte[] seenChain; // guarded by this object
  private byte[] seenKey; // guarded by this object
  private String lastError = ""; // guarded by this object
  private String lastWarning = ""; // guarded by this object
  private volatile ServerCertificate current;

  /**
   * Reads the files.
   *
   * @param certificateFile the PEM file with the certificate chain
   * @param keyFile the PEM file with the private key
   * @param clock the clock for the validity of the certificate
   * @throws IllegalArgumentException if the files cannot be used; the message contains the reason,
   *     but no part of the key
   */
  public CertificateFiles(Path certificateFile, Path keyFile, InstantSource clock) {
    this.certificateFile = certificateFile;
    this.keyFile = keyFile;
    this.clock = clock;
    this.chain = read(certificateFile);
    this.key = read(keyFile);
    this.seenChain = chain;
    this.seenKey = key;
    this.current = ServerCertificate.parse(chain, key);
  }

  /** Returns the certificate that was last read without errors. */
  public ServerCertificate current() {
    return current;
  }

  /** Returns the instant at which the current certificate expires. */
  public Instant notAfter() {
    return current.notAfter();
  }

  /**
   * Returns false if the last check has found that the changed files cannot be used. The previous
   * certificate then stays in use.
   */
  public synchronized boolean isUsable() {
    return lastError.isEmpty();
  }

  /**
   * Reads the files again. If the certificate has changed, passes the new certificate to {@code
   * use}. If the files cannot be used, logs the error, but not again while it stays the same. If
   * the certificate in use has expired or is not valid yet, logs one warning.
   *
   * <p>Changed files are used only if two calls in succession read the same content. A file can be
   * read while another program writes it, and a chain without its last certificates is still valid
   * PEM.
   *
   * @param use receives the changed certificate; throws {@code IllegalArgumentException} if it
   *     cannot use the certificate
   * @return true if {@code use} has accepted a new certificate
   */
  public synchronized boolean check(Consumer<ServerCertificate> use) {
    boolean changed = readAgain(use);
    warnIfNotValid();
    return changed;
  }

  private boolean readAgain(Consumer<ServerCertificate> use) {
    try {
      byte[] newChain = read(certificateFile);
      byte[] newKey = read(keyFile);
      if (Arrays.equals(newChain, chain) && Arrays.equals(newKey, key)) {
        seenChain = newChain;
        seenKey = newKey;
        if (!lastError.isEmpty()) {
          lastError = "";
          LOG.log(
              Level.INFO,
              "recovered: the files {0} and {1} contain the certificate that is in use",
              certificateFile,
              keyFile);
        }
        return false;
      }
      boolean stable = Arrays.equals(newChain, seenChain) && Arrays.equals(newKey, seenKey);
      seenChain = newChain;
      seenKey = newKey;
      if (!stable) {
        return false;
      }
      ServerCertificate changed = ServerCertificate.parse(newChain, newKey);
      use.accept(changed);
      chain = newChain;
      key = newKey;
      current = changed;
      LOG.log(
          Level.INFO,
          "{0}new connections use the changed certificate {1}",
          lastError.isEmpty() ? "" : "recovered: ",
          changed);
      lastError = "";
      lastWarning = "";
      return true;
    } catch (IllegalArgumentException e) {
      String error = String.valueOf(e.getMessage());
      if (!error.equals(lastError)) {
        lastError = error;
        LOG.log(
            Level.ERROR,
            "the former certificate stays in use, and expires at {0}: the changed files {1} and {2}"
                + " cannot be used: {3}",
            notAfter(),
            certificateFile,
            keyFile,
            error);
      }
      return false;
    }
  }

  private void warnIfNotValid() {
    String warning = current.reasonNotValidAt(clock.instant());
    if (!warning.equals(lastWarning)) {
      lastWarning = warning;
      if (!warning.isEmpty()) {
        LOG.log(
            Level.WARNING,
            "clients refuse new connections: the certificate in {0} {1}",
            certificateFile,
            warning);
      }
    }
  }

  private static byte[] read(Path file) {
    try {
      // A pipe or a device would block the thread forever.
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new IllegalArgumentException("the file " + file + " is not a regular file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length <= MAX_BYTES) {
          return bytes;
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("the file " + file + ' ' + FileErrors.reasonOf(e), e);
    }
    throw new IllegalArgumentException("the file " + file + " is larger than 1 MiB");
  }
}
