package io.accesstokens.auth;

import java.util.Locale;

/** The values of {@code WWW-Authenticate} for bearer tokens (RFC 6750, section 3). */
public final class BearerChallenge {

  /** The protection space of every challenge. */
  public static final String REALM = "access-tokens";

  /** No credential was presented. */
  public static final String PLAIN = "Bearer realm=\"" + REALM + "\"";

  /** A bearer credential was presented, and is not good, for whatever reason. */
  public static final String INVALID_TOKEN = PLAIN + ", error=\"invalid_token\"";

  private BearerChallenge() {}

  /**
   * The token is good, but lacks a scope.
   *
   * @param scopes scope-tokens of RFC 6749, section 3.3, separated by single spaces; these need no
   *     quoting
   */
  public static String insufficientScope(String scopes) {
    return PLAIN + ", error=\"insufficient_scope\", scope=\"" + scopes + "\"";
  }

  /** Whether a value of {@code WWW-Authenticate} is a challenge of the bearer scheme. */
  public static boolean isBearer(String challenge) {
    return challenge.toLowerCase(Locale.ROOT).startsWith("bearer");
  }
}
