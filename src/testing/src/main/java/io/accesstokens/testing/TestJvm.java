package io.accesstokens.testing;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Provides JVM options and environment variables for a process that runs only during one test.
 *
 * <p>The options disable the second compiler (C2), because a start without C2 needs only half of
 * the CPU time. The options also select the garbage collector with the lowest cost for a small
 * heap. Benchmarks in {@code src/bench} do not use these options.
 */
public final class TestJvm {

  private TestJvm() {}

  /**
   * Returns the options for {@code java}.
   *
   * @param heap the maximum heap size, in the format of {@code -Xmx}, such as {@code 256m}
   */
  public static List<String> options(String heap) {
    return List.of("-Xmx" + heap, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
  }

  /**
   * Returns the environment variables of this process, except those that could influence the test.
   */
  public static Map<String, String> environment() {
    Map<String, String> variables = new TreeMap<>(System.getenv());
    variables.keySet().removeIf(TestJvm::changesTheTest);
    return variables;
  }

  private static boolean changesTheTest(String variable) {
    return variable.startsWith("ACCESSTOKENS_")
        || variable.equals("JAVA_TOOL_OPTIONS")
        || variable.equals("JDK_JAVA_OPTIONS")
        || variable.equals("_JAVA_OPTIONS");
  }
}
