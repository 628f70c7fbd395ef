package io.accesstokens.login;

import java.util.regex.Pattern;

/**
 * Where a browser may be sent after a sign-in: a path of this application, with a query. Nothing
 * that could lead out of it, in whatever way a browser reads it.
 */
final class RedirectPath {

  private static final int LONGEST = 1_000;

  /**
   * One slash and no second one (which would begin a host), no backslash (which browsers take for a
   * slash), no control character, no space, nothing that is not ASCII. A percent sign begins a
   * percent-encoded byte: otherwise the path is no URI, and Jakarta REST cannot answer with it.
   */
  private static final Pattern FORM =
      Pattern.compile("/(?![/?])(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*+");

  private RedirectPath() {}

  static boolean isOne(String text) {
    return text.length() <= LONGEST && FORM.matcher(text).matches();
  }

  /** The same path, with or without its first slash; the application's root if it is none. */
  static String orRoot(String text) {
    String path = text.startsWith("/") ? text : '/' + text;
    return isOne(path) ? path : "/";
  }
}
