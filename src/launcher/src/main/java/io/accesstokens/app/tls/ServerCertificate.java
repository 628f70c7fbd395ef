package io.accesstokens.app.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.util.net.jsse.PEMFile;

/** The certificate chain and the private key of the server. Immutable. */
public final class ServerCertificate {

  private static final String ALIAS = "server";

  /** Signature algorithms by key algorithm, for the check that the key belongs to the chain. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
    this.chain = List.copyOf(chain);
    this.key = key;
  }

  /**
   * Parses a certificate chain and its key.
   *
   * @param chain the content of a PEM file; the server's own certificate is first
   * @param key the content of a PEM file with the private key
   * @throws IllegalArgumentException if the files cannot be used; the message contains the reason,
   *     but no part of the key
   */
  static ServerCertificate parse(byte[] chain, byte[] key) {
    List<X509Certificate> certificates = pem("the certificate file", chain).getCertificates();
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("the certificate file contains no PEM certificate");
    }
    PrivateKey privateKey = pem("the key file", key).getPrivateKey();
    if (privateKey == null) {
      throw new IllegalArgumentException("the key file contains no PEM private key");
    }
    ServerCertificate parsed = new ServerCertificate(certificates, privateKey);
    if (!parsed.keyBelongsToCertificate()) {
      throw new IllegalArgumentException("the key does not belong to the certificate");
    }
    return parsed;
  }

  private static PEMFile pem(String name, byte[] content) {
    try {
      return new PEMFile(name, new ByteArrayInputStream(content), null, null);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // The message of the parser can contain parts of the file.
      throw new IllegalArgumentException(
          name
              + " must be a valid PEM file; a private key in it must be of a supported type and"
              + " must have no password",
          e);
    }
  }

  private boolean keyBelongsToCertificate() {
    String algorithm = SIGNATURES.get(key.getAlgorithm());
    if (algorithm == null) {
      return key.getAlgorithm().equals(chain.get(0).getPublicKey().getAlgorithm());
    }
    try {
      byte[] text = ALIAS.getBytes(StandardCharsets.US_ASCII);
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(chain.get(0).getPublicKey());
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // the key and the certificate have different algorithms
    }
  }

  /** Returns the number of certificates in the chain. */
  int chainLength() {
    return chain.size();
  }

  /** Returns the instant at which the certificate of the server expires. */
  public Instant notAfter() {
    return chain.get(0).getNotAfter().toInstant();
  }

  /** Returns why clients refuse the certificate at an instant, or an empty text if it is valid. */
  String reasonNotValidAt(Instant instant) {
    Instant notBefore = chain.get(0).getNotBefore().toInstant();
    if (instant.isBefore(notBefore)) {
      return "is not valid before " + notBefore;
    }
    return instant.isAfter(notAfter()) ? "expired at " + notAfter() : "";
  }

  /** Returns the TLS settings of a connector with this certificate. */
  public SSLHostConfig hostConfig() {
    SSLHostConfig host = new SSLHostConfig();
    host.setProtocols("TLSv1.2+TLSv1.3");
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
    certificate.setCertificateKeystore(keyStore(certificate.getCertificateKeystorePassword()));
    certificate.setCertificateKeyAlias(ALIAS);
    host.addCertificate(certificate);
    return host;
  }

  /**
   * Returns a key store in memory. Tomcat needs a password, but the password protects nothing,
   * because the key store is never written to a file.
   */
  private KeyStore keyStore(String password) {
    try {
      // The type PKCS12 would refuse a chain in the wrong order, which clients accept.
      KeyStore store = KeyStore.getInstance("JKS");
      store.load(null, null);
      store.setKeyEntry(ALIAS, key, password.toCharArray(), chain.toArray(X509Certificate[]::new));
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("a key store of the type JKS cannot be created in memory", e);
    }
  }

  /** Returns the name and the expiry of the certificate, without the key. */
  @Override
  public String toString() {
    return chain.get(0).getSubjectX500Principal().getName() + " until " + notAfter();
  }
}
