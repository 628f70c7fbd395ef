package io.accesstokens.login.openid;

import java.util.Map;
import java.util.stream.Stream;

/** Checks that the claim {@code email} may identify a user. */
public final class VerifiedEmail {

  private static final String EMAIL = "email";
  private static final String VERIFIED = "email_verified";

  private VerifiedEmail() {}

  /**
   * Returns false if one of the used claims is {@code email} and the address is not verified.
   * Returns true in all other cases. The address is verified if the claim {@code email_verified} is
   * {@code true} or the text {@code "true"}. If {@code email_verified} is absent, the address
   * counts as not verified, because users of many providers can enter any address.
   *
   * @param used the names of the claims from which the user ref or the groups are built
   */
  public static boolean holds(Map<String, Object> claims, String... used) {
    Object verified = claims.get(VERIFIED);
    return Stream.of(used).noneMatch(EMAIL::equals)
        || Boolean.TRUE.equals(verified)
        || "true".equals(verified);
  }
}
