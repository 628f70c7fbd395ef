package io.accesstokens.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Looks into a running JVM with the JDK's own tool. */
public final class JavaProcess {

  private JavaProcess() {}

  /** The names of all threads. */
  public static List<String> threads(long processId) throws IOException, InterruptedException {
    return jcmd(processId, "Thread.print")
        .lines()
        .filter(line -> line.startsWith("\""))
        .map(line -> line.substring(1, line.indexOf('"', 1)))
        .toList();
  }

  /**
   * What {@code jcmd} prints.
   *
   * @throws AssertionError if it does not succeed
   */
  static String jcmd(long processId, String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(processId),
                command)
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(out);
    }
    return out;
  }
}
