package io.accesstokens.exchange;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A parsed JWT with a signature that was not verified.
 *
 * @param jwt the header, the claims and the signature
 * @param claims the claims
 */
public record UnverifiedJwt(SignedJWT jwt, JWTClaimsSet claims) {

  /** Maximum length of a JWT, in characters. Backstage tokens have the same maximum length. */
  public static final int MAX_LENGTH = 32_768;

  /**
   * Matches a JWS in compact form: three parts of unpadded base64url, separated by dots. This check
   * is necessary because the Nimbus library ignores characters that are not base64url.
   */
  private static final Pattern COMPACT =
      Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++");

  /** Parses a text as a JWT. Returns empty if the text is malformed or too long. */
  public static Optional<UnverifiedJwt> parse(String text) {
    if (text.length() > MAX_LENGTH || !COMPACT.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      SignedJWT jwt = SignedJWT.parse(text);
      return Optional.ofNullable(jwt.getJWTClaimsSet())
          .map(claims -> new UnverifiedJwt(jwt, claims));
    } catch (ParseException e) {
      return Optional.empty();
    }
  }

  /** Returns the claim {@code iss}; an empty string if there is none. */
  public String issuer() {
    return Objects.requireNonNullElse(claims.getIssuer(), "");
  }

  /** Returns the claim {@code sub}; an empty string if there is none. */
  public String subject() {
    return Objects.requireNonNullElse(claims.getSubject(), "");
  }
}
