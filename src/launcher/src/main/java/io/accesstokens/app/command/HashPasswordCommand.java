package io.accesstokens.app.command;

import io.accesstokens.login.password.PasswordHash;
import io.accesstokens.login.password.PasswordPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Reads a password from standard input, and prints its hash for the users file. */
@Command(
    name = "hash-password",
    description = {
      "Read a password from standard input and print its hash for the users file.",
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
      throw new IllegalStateException("run by picocli only");
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String password = in.readLine();
    if (password == null || password.isEmpty()) {
      return refuse(spec, "the password is empty: write it to standard input, on one line");
    }
    Optional<String> errorMessage = PasswordPolicy.load().errorMessage(password.toCharArray());
    if (errorMessage.isPresent()) {
      return refuse(spec, errorMessage.get());
    }
    spec.commandLine().getOut().println(PasswordHash.create(password.toCharArray()).text());
    return ExitCode.OK;
  }

  private static int refuse(CommandSpec spec, String reason) {
    spec.commandLine().getErr().println(reason);
    return ExitCode.USAGE;
  }
}
