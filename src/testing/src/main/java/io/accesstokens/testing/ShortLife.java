package io.accesstokens.testing;

import java.util.List;

/**
 * Provides JVM options for a process that runs only during one test.
 *
 * <p>The options disable the second compiler (C2), because a start without C2 needs only half of
 * the CPU time. The options also select the garbage collector with the lowest cost for a small
 * heap. Benchmarks in {@code src/bench} do not use these options.
 */
public final class ShortLife {

  private ShortLife() {}

  /**
   * Returns the options for {@code java}.
   *
   * @param heap the maximum heap size, in the format of {@code -Xmx}, such as {@code 256m}
   */
  public static List<String> options(String heap) {
    return List.of("-Xmx" + heap, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
  }
}
