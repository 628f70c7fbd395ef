package io.accesstokens.login;

import java.util.Map;
import java.util.stream.Stream;

/** Decides whether claims may identify a person by the claim {@code email}. */
public final class VerifiedEmail {

  private static final String EMAIL = "email";
  private static final String VERIFIED = "email_verified";

  private VerifiedEmail() {}

  /**
   * Returns true unless one of the used claims is {@code email} and {@code email_verified} is
   * neither {@code true} nor the text {@code "true"}. At many providers, people can enter any
   * address themselves. A claim that is absent says nothing, so it counts as not verified.
   *
   * @param used names of the claims that make the user's ref or the groups
   */
  public static boolean holds(Map<String, Object> claims, String... used) {
    Object verified = claims.get(VERIFIED);
    return Stream.of(used).noneMatch(EMAIL::equals)
        || Boolean.TRUE.equals(verified)
        || "true".equals(verified);
  }
}
