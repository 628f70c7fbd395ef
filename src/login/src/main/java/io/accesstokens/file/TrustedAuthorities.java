package io.accesstokens.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads the certificates of the authorities that a TLS client trusts. Reads a file once for each
 * factory. Later changes of the file have no effect.
 */
public final class TrustedAuthorities {

  private TrustedAuthorities() {}

  /**
   * Returns a factory of sockets. The sockets accept only a certificate that a trusted authority
   * has signed, but do not verify that the certificate matches the host.
   *
   * @param file a file with PEM certificates of the trusted authorities; null to trust the
   *     authorities of the JVM
   * @throws IOException if the file cannot be read, or contains no certificate
   */
  public static SSLSocketFactory socketFactory(@Nullable Path file) throws IOException {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(file == null ? null : authorities(file));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates cannot be used", e);
    }
  }

  private static KeyStore authorities(Path file) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry(Integer.toString(store.size()), certificate);
      }
      if (store.size() == 0) {
        throw new IOException("there is no certificate in the file");
      }
      return store;
    }
  }
}
