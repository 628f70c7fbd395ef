package io.accesstokens.testing.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Inspects a running JVM with {@code jcmd}. */
public final class JavaProcess {

  private JavaProcess() {}

  /** Returns the names of all threads of the JVM. */
  public static List<String> threads(long processId) throws IOException, InterruptedException {
    return jcmd(processId, "Thread.print")
        .lines()
        .filter(line -> line.startsWith("\""))
        .map(line -> line.substring(1, line.indexOf('"', 1)))
        .toList();
  }

  /**
   * Returns the number of instances of each class, by class name. The JVM first runs a full garbage
   * collection.
   */
  public static Map<String, Integer> instances(long processId)
      throws IOException, InterruptedException {
    Map<String, Integer> all = new HashMap<>();
    for (String line : jcmd(processId, "GC.class_histogram").lines().toList()) {
      String[] columns = line.strip().split("\\s+", -1);
      if (columns.length >= 4 && columns[0].endsWith(":")) {
        all.merge(columns[3], Integer.parseInt(columns[1]), Integer::sum);
      }
    }
    return all;
  }

  /**
   * Runs a {@code jcmd} command in a JVM and returns the output.
   *
   * @throws AssertionError with the output, if the command fails
   */
  public static String jcmd(long processId, String command)
      throws IOException, InterruptedException {
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
