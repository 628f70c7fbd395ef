package io.accesstokens.app.command.input;

import io.accesstokens.app.StartupException;
import io.accesstokens.app.settings.source.LocaleCheck;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads passwords from the terminal, which does not show them, or from standard input. */
public final class PasswordInput {

  private final @Nullable Console terminal;

  private PasswordInput(@Nullable Console terminal) {
    this.terminal = terminal;
  }

  /** Returns the terminal, or standard input if standard input or output is redirected. */
  public static PasswordInput open() {
    return new PasswordInput(terminal());
  }

  /** Returns true if the password comes from a terminal. A user can then mistype the password. */
  public boolean isTerminal() {
    return terminal != null;
  }

  /**
   * Reads one line.
   *
   * @param prompt the text that a terminal shows before the line
   * @return the line; empty if the input has ended
   * @throws StartupException if a character of the line cannot be decoded
   */
  public char[] read(String prompt) throws IOException {
    char[] password = terminal == null ? readInput() : terminal.readPassword(prompt);
    if (password == null) {
      return new char[0];
    }
    Optional<String> error = LocaleCheck.errorMessage(CharBuffer.wrap(password));
    if (error.isPresent()) {
      throw new StartupException(
          "the password " + (terminal == null ? "is not UTF-8" : error.get()));
    }
    return password;
  }

  private static char @Nullable [] readInput() throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return line == null ? null : line.toCharArray();
  }

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
}
