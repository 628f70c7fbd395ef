package io.accesstokens.app;

import java.util.function.IntUnaryOperator;

/**
 * Bounds the path parameters ({@code ;name=value}) of a request. The service uses none, but Tomcat
 * and Jersey parse all of them, at a cost that grows with their number.
 */
public final class PathParameters {

  /** The largest number of semicolons in the path of a request. */
  static final int MAX_SEMICOLONS = 32;

  private PathParameters() {}

  /** Returns true if a raw path has more than {@value #MAX_SEMICOLONS} semicolons. */
  public static boolean areTooMany(String path) {
    return areTooMany(path::charAt, 0, path.length());
  }

  /**
   * Returns true if a raw path has more than {@value #MAX_SEMICOLONS} semicolons.
   *
   * @param characters maps an index to a character of ASCII
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
