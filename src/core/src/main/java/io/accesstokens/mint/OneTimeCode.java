package io.accesstokens.mint;

import io.accesstokens.session.SessionKey;
import io.accesstokens.verify.TokenDigest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * A text that stands for a flow once: 256 bits as 43 characters of base64url, which is what RFC
 * 7636 asks of a code verifier as well.
 *
 * <p>A secret: {@link #toString} is redacted. Only {@link #reveal} gives the text.
 */
public final class OneTimeCode {

  private static final int BYTES = 32;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final String text;

  private OneTimeCode(String text) {
    this.text = text;
  }

  /** A new one. */
  static OneTimeCode random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new OneTimeCode(BASE64.encodeToString(bytes));
  }

  /** The one that follows from a session's key, which is kept in the browser alone. */
  static OneTimeCode derived(SessionKey key, String purpose) {
    return new OneTimeCode(BASE64.encodeToString(key.derive(purpose)));
  }

  /**
   * Reads what was sent.
   *
   * @return empty if it has not the form of one
   */
  public static Optional<OneTimeCode> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new OneTimeCode(text)) : Optional.empty();
  }

  /** The SHA-256 of the text: all that a store knows. */
  public TokenDigest digest() {
    return TokenDigest.of(sha256());
  }

  /** The code challenge of a verifier, by the method S256 (RFC 7636, section 4.2). */
  public String challenge() {
    return BASE64.encodeToString(sha256());
  }

  /** The secret itself. */
  public String reveal() {
    return text;
  }

  private byte[] sha256() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Redacted. */
  @Override
  public String toString() {
    return "OneTimeCode[redacted]";
  }
}
