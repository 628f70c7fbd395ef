package io.accesstokens.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads the certificates of the authorities that a TLS client trusts. Reads a file again when the
 * file changes.
 */
public final class TrustedAuthorities {

  private TrustedAuthorities() {}

  /**
   * Returns a supplier of the current factory of sockets. The sockets accept only a certificate
   * that a trusted authority has signed, but do not verify that the certificate matches the host.
   *
   * @param file a file with PEM certificates of the trusted authorities; null to trust the
   *     authorities of the JVM
   * @throws IOException if the file cannot be read, or contains no certificate
   */
  public static Supplier<SSLSocketFactory> socketFactory(@Nullable Path file) throws IOException {
    try {
      if (file == null) {
        SSLSocketFactory factory = trusting(null);
        return () -> factory;
      }
      return WatchedFile.at(file, InstantSource.system(), TrustedAuthorities::read)::get;
    } catch (MalformedFileException e) {
      throw new IOException(e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates cannot be used", e);
    }
  }

  private static WatchedFile.ParsedContent<SSLSocketFactory> read(String text) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
        store.setCertificateEntry(Integer.toString(store.size()), certificate);
      }
      if (store.size() == 0) {
        throw new MalformedFileException(List.of("there is no certificate in the file"));
      }
      return new WatchedFile.ParsedContent<>(trusting(store), List.of());
    } catch (IOException | GeneralSecurityException e) {
      throw new MalformedFileException(List.of("the certificates cannot be used"));
    }
  }

  private static SSLSocketFactory trusting(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context.getSocketFactory();
  }
}
