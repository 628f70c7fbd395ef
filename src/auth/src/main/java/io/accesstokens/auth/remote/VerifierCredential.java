package io.accesstokens.auth.remote;

import io.accesstokens.verify.RawToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Pattern;

/** The credential of a remote verifier at the service. The credential is a secret. */
public final class VerifierCredential {

  private static final Pattern RAW_TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]+");

  private final String header;

  private VerifierCredential(String header) {
    this.header = header;
  }

  /**
   * Returns a credential with a raw token. The token needs the scope {@code
   * access-tokens:introspect}.
   *
   * @param rawToken the raw token. White space around the token is ignored, because a file often
   *     ends with a line break.
   * @throws IllegalArgumentException if the text cannot be a raw token
   */
  public static VerifierCredential token(String rawToken) {
    String token = rawToken.strip();
    if (!RAW_TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException("the verifier's own raw token is malformed");
    }
    return new VerifierCredential("Bearer " + token);
  }

  /**
   * Returns a credential with a raw token. The token needs the scope {@code
   * access-tokens:introspect}.
   *
   * @throws IllegalStateException if only the digest of the raw token is known
   */
  public static VerifierCredential token(RawToken rawToken) {
    return token(rawToken.reveal());
  }

  /**
   * Returns a credential with a name and password (RFC 7617). The account needs the permission
   * {@code access-tokens:introspect}.
   *
   * @throws IllegalArgumentException if the name has a colon
   */
  public static VerifierCredential basic(String name, String password) {
    if (name.indexOf(':') >= 0) {
      throw new IllegalArgumentException("the name must not contain a colon (RFC 7617)");
    }
    String pair = name + ':' + Objects.requireNonNull(password, "password");
    return new VerifierCredential(
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns the value of the {@code Authorization} header. */
  String header() {
    return header;
  }

  /** Returns a text without the secret. */
  @Override
  public String toString() {
    return "VerifierCredential[redacted]";
  }
}
