package io.accesstokens.login.openid;

import java.util.regex.Pattern;

/**
 * Validates the path to which a browser is redirected after a sign-in. A valid path is a path of
 * this application, with or without a query. No browser interprets a valid path as a URL of another
 * host.
 */
public final class RedirectPath {

  private static final int MAX_LENGTH = 1_000;

  /**
   * Matches the paths that meet all of these conditions:
   *
   * <ul>
   *   <li>The path begins with exactly one slash, because two slashes would begin a host name. The
   *       next character is not a question mark.
   *   <li>The path has only the characters of the path and query of a URI (RFC 3986). A backslash
   *       is not one of them. Browsers treat a backslash as a slash.
   *   <li>Each percent sign begins a percent-encoded byte. Otherwise the path is not a valid URI
   *       reference.
   * </ul>
   */
  private static final Pattern FORM =
      Pattern.compile("/(?![/?])(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*+");

  private RedirectPath() {}

  public static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
  }

  /**
   * Returns the path with a leading slash. If the path is not valid, returns {@code /}, the root of
   * the application.
   */
  public static String orRoot(String text) {
    String path = text.startsWith("/") ? text : '/' + text;
    return isValid(path) ? path : "/";
  }
}
