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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The authorities that a TLS client trusts. Reads their file again when the file changes.
 * Thread-safe.
 */
public final class TrustedAuthorities {

  /** The bytes EF BB BF, as characters of ISO 8859-1. */
  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

  private final Supplier<SSLSocketFactory> socketFactory;
  private final BooleanSupplier isUsable;

  private TrustedAuthorities(Supplier<SSLSocketFactory> socketFactory, BooleanSupplier isUsable) {
    this.socketFactory = socketFactory;
    this.isUsable = isUsable;
  }

  /**
   * Reads the certificates of the authorities.
   *
   * @param file a file with PEM certificates of the trusted authorities; null to trust the
   *     authorities of the JVM
   * @throws IOException if the file cannot be read, or contains no certificate or an unusable one
   */
  public static TrustedAuthorities of(@Nullable Path file) throws IOException {
    try {
      if (file == null) {
        SSLSocketFactory factory = trusting(null);
        return new TrustedAuthorities(() -> factory, () -> true);
      }
      // The text between the certificates can have any encoding. ISO 8859-1 keeps each byte.
      WatchedFile<SSLSocketFactory> watched =
          WatchedFile.at(
              file, StandardCharsets.ISO_8859_1, InstantSource.system(), TrustedAuthorities::read);
      return new TrustedAuthorities(watched::get, watched::isUsable);
    } catch (MalformedFileException e) {
      throw new IOException(e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates cannot be used", e);
    }
  }

  /**
   * Returns the current factory of sockets. The sockets accept only a certificate that a trusted
   * authority has signed, but do not verify that the certificate matches the host.
   */
  public SSLSocketFactory socketFactory() {
    return socketFactory.get();
  }

  /**
   * Returns false if the file has changed and cannot be used. The authorities of its last usable
   * content are then still trusted.
   */
  public boolean isUsable() {
    return isUsable.getAsBoolean();
  }

  private static WatchedFile.ParsedContent<SSLSocketFactory> read(String text) {
    // Java 17 does not find a certificate directly after the byte order mark of UTF-8.
    String pem = text.startsWith(BYTE_ORDER_MARK) ? text.substring(3) : text;
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)))) {
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
