package io.accesstokens.login.openid;

import java.util.regex.Pattern;

/**
 * Validates the path to which a browser may be redirected after a sign-in. It is a path of this
 * application, with a query. No browser may interpret it as a URL of another host.
 */
public final class RedirectPath {

  private static final int LONGEST = 1_000;

  /**
   * The form of a valid path.
   *
   * <ul>
   *   <li>It begins with one slash. A second slash, which would begin a host, or a question mark
   *       must not follow.
   *   <li>It has no backslash, which browsers treat as a slash.
   *   <li>It has only ASCII characters, without control characters and spaces.
   *   <li>A percent sign begins a percent-encoded byte. Otherwise the path is not a URI, and
   *       Jakarta REST cannot send it.
   * </ul>
   */
  private static final Pattern FORM =
      Pattern.compile("/(?![/?])(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*+");

  private RedirectPath() {}

  public static boolean isOne(String text) {
    return text.length() <= LONGEST && FORM.matcher(text).matches();
  }

  /**
   * Returns the path with a leading slash, or the root of the application if the path is not valid.
   */
  public static String orRoot(String text) {
    String path = text.startsWith("/") ? text : '/' + text;
    return isOne(path) ? path : "/";
  }
}
