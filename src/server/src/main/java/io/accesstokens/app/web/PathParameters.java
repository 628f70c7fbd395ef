package io.accesstokens.app.web;

import java.util.function.IntUnaryOperator;

/**
 * Limits the number of path parameters ({@code ;name=value}) in a request. This service uses no
 * path parameters. The limit is necessary because Tomcat and Jersey parse all path parameters.
 */
public final class PathParameters {

  /** Maximum number of semicolons in a request path, inclusive. */
  static final int MAX_SEMICOLONS = 32;

  private PathParameters() {}

  /** Returns true if a raw path has more than {@value #MAX_SEMICOLONS} semicolons. */
  public static boolean areTooMany(String path) {
    return areTooMany(path::charAt, 0, path.length());
  }

  /**
   * Returns true if a raw path has more than {@value #MAX_SEMICOLONS} semicolons.
   *
   * @param characters returns the ASCII character at an index
   * @param start the index of the first character of the path
   * @param end the index after the last character of the path
   */
  public static boolean areTooMany(IntUnaryOperator characters, int start, int end) {
    int semicolons = 0;
    for (int i = start; i < end; i++) {
      if (characters.applyAsInt(i) == ';' && ++semicolons > MAX_SEMICOLONS) {
        return true;
      }
    }
    return false;
  }
}
