package io.accesstokens.login.openid;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Decides whether the claim {@code email} may identify a user, and from which source the claims
 * {@code email} and {@code email_verified} are read.
 */
public final class VerifiedEmail {

  private static final String EMAIL = "email";
  private static final String VERIFIED = "email_verified";

  private VerifiedEmail() {}

  /**
   * Returns false if the claim {@code email} is used and the email address is not verified. Returns
   * true in all other cases. The email address is verified only if the claim {@code email_verified}
   * is {@code true} or the text {@code "true"}. If {@code email_verified} is absent, the email
   * address is not verified, because users of many providers can enter any address.
   *
   * @param used the names of the claims that identify the user or the groups
   */
  public static boolean isVerifiedIfUsed(Map<String, Object> claims, String... used) {
    Object verified = claims.get(VERIFIED);
    return Stream.of(used).noneMatch(EMAIL::equals)
        || Boolean.TRUE.equals(verified)
        || "true".equals(verified);
  }

  /**
   * Returns the claims of an ID token, and the claims of the UserInfo endpoint that the ID token
   * lacks. {@code email} and {@code email_verified} come from the same source, because {@code
   * email_verified} of one source does not confirm an address from another source.
   */
  static Map<String, Object> merged(Map<String, Object> idToken, Map<String, Object> userInfo) {
    Map<String, Object> claims = new HashMap<>(userInfo);
    claims.putAll(idToken);
    Map<String, Object> source = idToken.containsKey(EMAIL) ? idToken : userInfo;
    claims.remove(VERIFIED);
    if (source.get(VERIFIED) != null) {
      claims.put(VERIFIED, source.get(VERIFIED));
    }
    return claims;
  }
}
