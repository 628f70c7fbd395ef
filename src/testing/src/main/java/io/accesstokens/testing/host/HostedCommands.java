package io.accesstokens.testing.host;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs commands of the WAR in one process that all tests of this JVM share. */
public final class HostedCommands {

  private static @Nullable HostProcess shared;

  private HostedCommands() {}

  /**
   * Runs a command and waits until it ends.
   *
   * @param environment all environment variables of the command
   * @param input the complete standard input of the command
   * @throws AssertionError if the command still runs after the timeout, or if the process ends
   */
  public static synchronized Outcome run(
      Path war,
      List<String> arguments,
      Map<String, String> environment,
      String input,
      Duration timeout)
      throws IOException {
    HostProcess host = shared;
    if (host == null) {
      host = HostProcess.start(war);
      shared = host;
    }
    host.run(arguments, environment, input);
    try {
      return new Outcome(host.awaitEnd(timeout), host.out.text(), host.err.text());
    } catch (IOException e) {
      shared = null;
      String output = host.out.text() + host.err.text();
      host.kill();
      throw new AssertionError("the command did not end: " + arguments + '\n' + output, e);
    }
  }
}
