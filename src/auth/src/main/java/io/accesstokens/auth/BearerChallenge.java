package io.accesstokens.auth;

import java.util.Locale;
import java.util.regex.Pattern;

/** The values of {@code WWW-Authenticate} for bearer tokens (RFC 6750, section 3). */
public final class BearerChallenge {

  /** The protection space of every challenge. */
  public static final String REALM = "access-tokens";

  /** No credential was presented. */
  public static final String PLAIN = "Bearer realm=\"" + REALM + "\"";

  /** A bearer credential was presented, and is not good, for whatever reason. */
  public static final String INVALID_TOKEN = PLAIN + ", error=\"invalid_token\"";

  /** RFC 6749, section 3.3: nothing that would need quoting, or could end a quoted string. */
  private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]+");

  private static final Pattern SCOPES = Pattern.compile("(?:" + SCOPE + "+ )*+" + SCOPE);

  private BearerChallenge() {}

  /**
   * The token is good, but lacks a scope.
   *
   * @param scopes scope-tokens of RFC 6749, section 3.3, separated by single spaces; if they are
   *     anything else, the challenge does not name them
   */
  public static String insufficientScope(String scopes) {
    String challenge = PLAIN + ", error=\"insufficient_scope\"";
    return SCOPES.matcher(scopes).matches() ? challenge + ", scope=\"" + scopes + '"' : challenge;
  }

  /** Whether a value of {@code WWW-Authenticate} is a challenge of the bearer scheme. */
  public static boolean isBearer(String challenge) {
    return challenge.toLowerCase(Locale.ROOT).startsWith("bearer");
  }

  /** Whether a text is a scope-token of RFC 6749, section 3.3, and so safe within a header. */
  static boolean isScope(String text) {
    return SCOPE.matcher(text).matches();
  }
}
