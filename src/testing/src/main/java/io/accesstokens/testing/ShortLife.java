package io.accesstokens.testing;

import java.util.List;

/**
 * JVM options for a process that serves one test.
 *
 * <p>They disable the second compiler, whose work would pay off only after the end of the test.
 * This halves the CPU time of a start. They select the garbage collector with the smallest cost on
 * a heap of this size. Benchmarks in {@code src/bench} do not use these options.
 */
public final class ShortLife {

  private ShortLife() {}

  /**
   * @param heap the maximum heap size, in the format of {@code -Xmx}
   * @return the options for {@code java}
   */
  public static List<String> options(String heap) {
    return List.of("-Xmx" + heap, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
  }
}
