package io.accesstokens.auth;

import io.accesstokens.verify.RawToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/** What an application that asks about tokens authenticates itself with. A secret. */
public final class VerifierCredential {

  private static final Pattern RAW_TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]+");

  private final String header;

  private VerifierCredential(String header) {
    this.header = header;
  }

  /**
   * A raw token with the scope {@code access-tokens:introspect}.
   *
   * @throws IllegalArgumentException if it cannot be one
   */
  public static VerifierCredential token(String rawToken) {
    if (!RAW_TOKEN.matcher(rawToken).matches()) {
      throw new IllegalArgumentException("the verifier's own raw token is malformed");
    }
    return new VerifierCredential("Bearer " + rawToken);
  }

  /** The same. */
  public static VerifierCredential token(RawToken rawToken) {
    return token(rawToken.reveal());
  }

  /**
   * An application's account with the permission {@code access-tokens:introspect} (RFC 7617).
   *
   * @throws IllegalArgumentException if the name has a colon
   */
  public static VerifierCredential basic(String name, String password) {
    if (name.indexOf(':') >= 0) {
      throw new IllegalArgumentException("a name with a colon cannot authenticate by Basic");
    }
    byte[] pair = (name + ':' + password).getBytes(StandardCharsets.UTF_8);
    return new VerifierCredential("Basic " + Base64.getEncoder().encodeToString(pair));
  }

  /** The value of {@code Authorization}. */
  String header() {
    return header;
  }

  /** Redacted. */
  @Override
  public String toString() {
    return "VerifierCredential[redacted]";
  }
}
