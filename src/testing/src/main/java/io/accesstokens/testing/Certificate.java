package io.accesstokens.testing;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A self-signed TLS certificate and its private key, each in a PEM file. The default names of the
 * certificate are 127.0.0.1 and localhost.
 */
public final class Certificate {

  /** The alias of the certificate in its key store. */
  public static final String ALIAS = "server";

  /** The password of the key store. */
  public static final String PASSWORD = "changeit";

  private static final String KEY_STORE = "server.p12";

  private final Path folder;
  private final KeyStore store;

  private Certificate(Path folder, KeyStore store) {
    this.folder = folder;
    this.store = store;
  }

  /**
   * Creates a certificate for 127.0.0.1 and localhost with the JDK's keytool. Writes the
   * certificate and the private key into the folder.
   */
  public static Certificate selfSigned(Path folder) throws Exception {
    return selfSigned(folder, "IP:127.0.0.1,DNS:localhost");
  }

  /**
   * Creates a certificate for the given names.
   *
   * @param names the subject alternative names, separated by commas, such as {@code
   *     DNS:ldap.example.com}
   */
  public static Certificate selfSigned(Path folder, String names) throws Exception {
    Path file = folder.resolve(KEY_STORE);
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                // The optimizing compiler would take half of the CPU time.
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                ALIAS,
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=" + names,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.txt").toFile())
            .start();
    if (!keytool.waitFor(3, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
      throw new AssertionError(Files.readString(folder.resolve("keytool.txt")));
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    Certificate certificate = new Certificate(folder, store);
    pem(certificate.certificateFile(), "CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
    pem(
        certificate.keyFile(),
        "PRIVATE KEY",
        store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
    return certificate;
  }

  public Path certificateFile() {
    return folder.resolve("server-cert.pem");
  }

  /** Returns the PKCS12 key store, which has the alias {@value #ALIAS}. */
  public Path keyStoreFile() {
    return folder.resolve(KEY_STORE);
  }

  public Path keyFile() {
    return folder.resolve("server-key.pem");
  }

  /** Returns a TLS context for a server that uses this certificate. */
  public SSLContext serving() throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  /** Returns a TLS context for a client that trusts only this certificate. */
  public SSLContext trusting() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD.toCharArray());
    trusted.setCertificateEntry(ALIAS, store.getCertificate(ALIAS));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private static void pem(Path file, String type, byte[] der) throws Exception {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
  }
}
