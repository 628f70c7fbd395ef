package io.accesstokens.auth.header;

import java.util.Locale;
import java.util.regex.Pattern;

/** The values of {@code WWW-Authenticate} for bearer tokens (RFC 6750, section 3). */
public final class BearerChallenge {

  /** The realm (protection space) of every challenge. */
  public static final String REALM = "access-tokens";

  /** The challenge for a request without a credential. */
  public static final String PLAIN = "Bearer realm=\"" + REALM + "\"";

  /** The challenge for a request with a bearer credential that is not valid, for any reason. */
  public static final String INVALID_TOKEN = PLAIN + ", error=\"invalid_token\"";

  /** Matches a scope-token (RFC 6749, section 3.3), which needs no escapes in a quoted string. */
  private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]+");

  private static final Pattern SCOPES = Pattern.compile("(?:" + SCOPE + "+ )*+" + SCOPE);

  private BearerChallenge() {}

  /**
   * Returns the challenge for a valid token that lacks a scope.
   *
   * @param scopes scope-tokens of RFC 6749, section 3.3, separated by single spaces; if one of them
   *     is malformed, the challenge contains no scopes
   */
  public static String insufficientScope(String scopes) {
    String challenge = PLAIN + ", error=\"insufficient_scope\"";
    return SCOPES.matcher(scopes).matches() ? challenge + ", scope=\"" + scopes + '"' : challenge;
  }

  /** Returns true if a value of {@code WWW-Authenticate} is a challenge of the bearer scheme. */
  public static boolean isBearer(String challenge) {
    return challenge.toLowerCase(Locale.ROOT).startsWith("bearer");
  }

  /**
   * Returns true if a text is a scope-token (RFC 6749, section 3.3). A scope-token is safe in a
   * header.
   */
  public static boolean isScope(String text) {
    return SCOPE.matcher(text).matches();
  }
}
