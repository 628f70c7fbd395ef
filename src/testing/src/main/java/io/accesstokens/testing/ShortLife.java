package io.accesstokens.testing;

import java.util.List;

/**
 * How a JVM is started that serves one test. The second of its compilers would take as much time as
 * all the rest of a start does, and its work pays off after the test's end only: so it is left out,
 * which halves the CPU time of a start. What {@code src/bench} measures the speed of is not started
 * this way.
 */
public final class ShortLife {

  private ShortLife() {}

  /**
   * @param heap its limit, as {@code -Xmx} takes it
   * @return the options of {@code java}
   */
  public static List<String> options(String heap) {
    return List.of("-Xmx" + heap, "-XX:TieredStopAtLevel=1");
  }
}
