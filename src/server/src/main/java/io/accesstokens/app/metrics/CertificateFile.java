package io.accesstokens.app.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the expiry of the certificate in a PEM file. Reads the file again after a change. */
public final class CertificateFile {

  private static final Logger LOG = System.getLogger(CertificateFile.class.getName());

  private final Path file;
  private @Nullable FileTime read; // guarded by the lock of this object
  private Optional<Instant> expiry = Optional.empty(); // guarded by the lock of this object

  public CertificateFile(Path file) {
    this.file = file;
  }

  /**
   * Returns the instant at which the first certificate of the file expires. Returns the last known
   * instant if the file cannot be read now; empty if it was never readable.
   */
  public synchronized Optional<Instant> expiry() {
    try {
      FileTime modified = Files.getLastModifiedTime(file);
      if (!modified.equals(read)) {
        read = modified;
        expiry = Optional.of(readExpiry());
      }
    } catch (IOException | CertificateException e) {
      LOG.log(Level.DEBUG, "the certificate cannot be read: {0}", e.getMessage());
    }
    return expiry;
  }

  private Instant readExpiry() throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(file)) {
      // The first certificate of the file is the server's (RFC 8446, section 4.4.2).
      Certificate first =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .findFirst()
              .orElseThrow(() -> new CertificateException("no certificate"));
      return ((X509Certificate) first).getNotAfter().toInstant();
    }
  }
}
