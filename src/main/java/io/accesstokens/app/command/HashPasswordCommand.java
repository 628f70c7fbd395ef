package io.accesstokens.app.command;

import io.accesstokens.app.StartRefused;
import io.accesstokens.login.PasswordHash;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Hashes one line of standard input, for the people file. */
@Command(
    name = "hash-password",
    description = "Read a password from standard input, print its hash for the people file.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
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
      throw new StartRefused("hash-password reads the password from standard input: it was empty");
    }
    try {
      spec.commandLine().getOut().println(PasswordHash.create(password.toCharArray()).text());
    } catch (IllegalArgumentException e) {
      throw new StartRefused(String.valueOf(e.getMessage()));
    }
    return 0;
  }
}
