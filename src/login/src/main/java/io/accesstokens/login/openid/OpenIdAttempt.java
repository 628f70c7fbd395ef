package io.accesstokens.login.openid;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A pending sign-in at an OpenID provider. All data of the sign-in is in a cookie of the browser.
 * Anonymous clients therefore cannot fill a store, and any replica can complete the sign-in. The
 * data consists of 256 random bits, the path to open after the sign-in, and a flag. The flag is
 * true if the user must sign in again at the provider. The state parameter, the nonce and the code
 * verifier (RFC 7636) are derived from the random bits.
 *
 * <p>Contains a secret, which {@link #toString} does not return.
 */
public final class OpenIdAttempt {

  private static final int BYTES = 32;
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]*+)(\\.fresh)?");

  private static final String FRESH = ".fresh";

  private final String secret;
  private final String redirectPath;
  private final boolean fresh;

  private OpenIdAttempt(String secret, String redirectPath, boolean fresh) {
    this.secret = secret;
    this.redirectPath = redirectPath;
    this.fresh = fresh;
  }

  /**
   * Creates a new attempt.
   *
   * @param redirectPath the path to open after the sign-in, a path of this application
   * @param fresh true if the user must sign in at the provider again, even if the user has a
   *     session at the provider
   */
  static OpenIdAttempt start(String redirectPath, boolean fresh, RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new OpenIdAttempt(base64(bytes), redirectPath, fresh);
  }

  /**
   * Parses the value of a cookie, in the format of {@link #cookie}. The path is validated again,
   * because a client can forge the value.
   *
   * @return empty if the value is malformed
   */
  public static Optional<OpenIdAttempt> parse(String cookie) {
    Matcher form = FORM.matcher(cookie);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      String path =
          new String(Base64.getUrlDecoder().decode(form.group(2)), StandardCharsets.UTF_8);
      return Optional.of(
          new OpenIdAttempt(form.group(1), RedirectPath.orRoot(path), form.group(3) != null));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  public String cookie() {
    return secret
        + '.'
        + base64(redirectPath.getBytes(StandardCharsets.UTF_8))
        + (fresh ? FRESH : "");
  }

  /** Returns the path to open after the sign-in, a path of this application. */
  public String redirectPath() {
    return redirectPath;
  }

  /**
   * Returns true if the user must sign in at the provider again, even if the user has a session at
   * the provider.
   */
  boolean isFresh() {
    return fresh;
  }

  /**
   * Returns true if a state parameter belongs to this attempt. The browser that sends the state
   * parameter is then the browser that started the sign-in.
   */
  public boolean matchesState(String state) {
    return MessageDigest.isEqual(
        state.getBytes(StandardCharsets.UTF_8), state().getBytes(StandardCharsets.UTF_8));
  }

  public String state() {
    return derived("state");
  }

  String nonce() {
    return derived("nonce");
  }

  String codeVerifier() {
    return derived("code verifier");
  }

  private String derived(String label) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      return base64(mac.doFinal(label.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "HmacSHA256 is not available, although every Java platform must provide it", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Returns a text without the secret. */
  @Override
  public String toString() {
    return "OpenIdAttempt[redacted]";
  }
}
