package io.accesstokens.app.command;

import io.accesstokens.app.command.output.Version;
import io.accesstokens.login.password.PasswordHash;
import io.accesstokens.login.password.PasswordPolicy;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Reads a password from the terminal or from standard input, and prints its hash for the users
 * file.
 */
@Command(
    name = "hash-password",
    description = {
      "Read a password, and print its hash for the users file.",
      "A terminal asks for it and does not show it. Otherwise, it is the first line of standard input.",
      "It must have at least 12 characters and not be a common password."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:the hash is printed", "2:the password or the command line is refused"})
final class HashPasswordCommand implements Callable<Integer> {

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (spec == null) {
      throw new IllegalStateException("picocli has not injected the field spec");
    }
    Console terminal = terminal();
    char[] password = terminal == null ? firstLine() : prompt(terminal, "Password: ");
    if (password.length == 0) {
      return refuse(spec, "the password is empty: write it to standard input, on one line");
    }
    Optional<String> errorMessage = PasswordPolicy.load().errorMessage(password);
    if (errorMessage.isPresent()) {
      return refuse(spec, errorMessage.get());
    }
    if (terminal != null && !Arrays.equals(password, prompt(terminal, "Repeat password: "))) {
      return refuse(spec, "the two passwords are different");
    }
    spec.commandLine().getOut().println(PasswordHash.create(password).text());
    return ExitCode.OK;
  }

  private static char[] firstLine() throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return line == null ? new char[0] : line.toCharArray();
  }

  /** Reads a line that the terminal does not show. */
  private static char[] prompt(Console terminal, String text) {
    char[] typed = terminal.readPassword(text);
    return typed == null ? new char[0] : typed;
  }

  /** Returns the terminal of the process; null if standard input or output is redirected. */
  @SuppressWarnings("SystemConsoleNull") // this method calls isTerminal on later versions
  private static @Nullable Console terminal() {
    Console console = System.console();
    if (console == null) {
      return null;
    }
    try {
      // From Java 22 on, there is a console even if the streams are redirected.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console) ? console : null;
    } catch (NoSuchMethodException e) {
      return console;
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  private static int refuse(CommandSpec spec, String reason) {
    spec.commandLine().getErr().println(reason);
    return ExitCode.USAGE;
  }
}
