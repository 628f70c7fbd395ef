package io.accesstokens.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The result of a command.
 *
 * @param status the exit status
 * @param output the standard output and the standard error
 */
record ShellRun(int status, String output) {

  /** Runs a command without input, with additional environment variables. */
  static ShellRun of(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the command runs for two minutes");
    return new ShellRun(process.exitValue(), output);
  }
}
