package io.accesstokens.app.web;

import java.util.function.IntUnaryOperator;

/**
 * Limits the path parameters ({@code ;name=value}) of a request. The service uses none, but Tomcat
 * and Jersey parse all of them, and the cost grows with their number.
 */
public final class PathParameters {

  /** The largest number of semicolons allowed in a request path. */
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
