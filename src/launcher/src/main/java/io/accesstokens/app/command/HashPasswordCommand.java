package io.accesstokens.app.command;

import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.input.PasswordInput;
import io.accesstokens.app.command.output.VersionProvider;
import io.accesstokens.login.password.PasswordHash;
import io.accesstokens.login.password.PasswordPolicy;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
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
    versionProvider = VersionProvider.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:the hash is printed", "2:the password or the command line is refused"})
final class HashPasswordCommand implements Callable<Integer> {

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try {
      return printHash();
    } catch (StartupException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
  }

  private int printHash() throws IOException {
    PasswordInput input = PasswordInput.open();
    char[] password = input.read("Password: ");
    if (password.length == 0) {
      return refuse("the password is empty: write it to standard input, on one line");
    }
    Optional<String> errorMessage = PasswordPolicy.load().errorMessage(password);
    if (errorMessage.isPresent()) {
      return refuse(errorMessage.get());
    }
    if (input.isTerminal() && !Arrays.equals(password, input.read("Repeat password: "))) {
      return refuse("the two passwords are different");
    }
    spec.commandLine().getOut().println(PasswordHash.create(password).text());
    return ExitCode.OK;
  }

  private int refuse(String reason) {
    spec.commandLine().getErr().println(reason);
    return ExitCode.USAGE;
  }
}
