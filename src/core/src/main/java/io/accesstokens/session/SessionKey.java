package io.accesstokens.session;

import io.accesstokens.token.Text;
import io.accesstokens.verify.TokenDigest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that a browser sends for its session. The text is 256 random bits in base64url, which
 * are 43 characters.
 *
 * <p>{@link #toString} is redacted. Only {@link #reveal} returns the text, for the cookie.
 */
public final class SessionKey {

  private static final int BYTES = 32;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");

  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int TAG_BITS = 128;

  /** The purpose for which {@link #derive} derives the encryption key of {@link #seal}. */
  private static final String SEAL = "seal";

  /**
   * The nonce of the cipher, 12 bytes. A fixed nonce is safe, because each key encrypts only one
   * text.
   */
  private static final byte[] NONCE = new byte[12];

  private final String text;

  private SessionKey(String text) {
    this.text = text;
  }

  static SessionKey random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new SessionKey(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /**
   * Parses a session key that a browser sent.
   *
   * @return the key; empty if {@code text} does not have the form of a key
   */
  public static Optional<SessionKey> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new SessionKey(text)) : Optional.empty();
  }

  /** Returns the SHA-256 digest of this key. The store contains only the digest, never the key. */
  public TokenDigest digest() {
    return TokenDigest.of(Text.sha256(text));
  }

  /** Returns the text of this key for the session cookie. The text is a secret. */
  public String reveal() {
    return text;
  }

  /**
   * Encrypts a text (AES-256-GCM) so that only this key can decrypt it. The store keeps the
   * encrypted text, but cannot decrypt it. This method must be called at most once for each key,
   * because the nonce is fixed.
   *
   * @return the encrypted text in base64
   */
  public String seal(String secret) {
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, secret.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(sealed);
  }

  /**
   * Decrypts a result of {@link #seal}.
   *
   * @return the decrypted text; empty if {@code sealed} was not encrypted with this key
   */
  public Optional<String> open(String sealed) {
    try {
      byte[] opened = cipher(Cipher.DECRYPT_MODE, Base64.getDecoder().decode(sealed));
      return Optional.of(new String(opened, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Encrypts or decrypts bytes.
   *
   * @throws IllegalArgumentException if the bytes to decrypt were not encrypted with this key, or
   *     if the Java runtime does not provide the cipher
   */
  private byte[] cipher(int mode, byte[] bytes) {
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(
          mode, new SecretKeySpec(derive(SEAL), "AES"), new GCMParameterSpec(TAG_BITS, NONCE));
      return cipher.doFinal(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "AES-256-GCM failed: the text was not encrypted with this key, or the Java runtime does"
              + " not provide the algorithm",
          e);
    }
  }

  /**
   * Derives a secret from this key and a purpose (HMAC-SHA-256). The result cannot be computed
   * without the key, and does not reveal the key.
   *
   * @param purpose ASCII text, different for each use of this key
   * @return 32 bytes
   */
  public byte[] derive(String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      return mac.doFinal(purpose.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "HmacSHA256 is not available, although every Java platform must provide it", e);
    }
  }

  /** Returns a redacted text. */
  @Override
  public String toString() {
    return "SessionKey[redacted]";
  }
}
