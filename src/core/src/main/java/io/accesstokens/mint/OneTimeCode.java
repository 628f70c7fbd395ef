package io.accesstokens.mint;

import io.accesstokens.session.SessionKey;
import io.accesstokens.token.Text;
import io.accesstokens.verify.TokenDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * A secret of a flow: a state, a code verifier, an authorization code or a token code. The text is
 * 256 bits in base64url, which are 43 characters. The text is also a valid code verifier (RFC 7636,
 * section 4.1).
 *
 * <p>{@link #toString} is redacted. Only {@link #reveal} returns the text.
 */
public final class OneTimeCode {

  private static final int BYTES = 32;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final String text;

  private OneTimeCode(String text) {
    this.text = text;
  }

  static OneTimeCode random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new OneTimeCode(BASE64.encodeToString(bytes));
  }

  /**
   * Derives a code from a session key and a purpose. The same key and purpose always give the same
   * code.
   */
  static OneTimeCode derived(SessionKey key, String purpose) {
    return new OneTimeCode(BASE64.encodeToString(key.derive(purpose)));
  }

  /**
   * Parses a code that a client sent.
   *
   * @return the code; empty if {@code text} does not have the form of a code
   */
  public static Optional<OneTimeCode> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new OneTimeCode(text)) : Optional.empty();
  }

  /**
   * Returns the SHA-256 digest of this code. The store contains only the digest, never the code.
   */
  public TokenDigest digest() {
    return TokenDigest.of(Text.sha256(text));
  }

  /**
   * Returns the code challenge of this code, which is a code verifier (RFC 7636, section 4.2). The
   * challenge method is S256.
   */
  public String challenge() {
    return BASE64.encodeToString(Text.sha256(text));
  }

  /** Returns the secret text. */
  public String reveal() {
    return text;
  }

  /** Returns a redacted text. */
  @Override
  public String toString() {
    return "OneTimeCode[redacted]";
  }
}
