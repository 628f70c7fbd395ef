package io.accesstokens.testing.server;

import io.accesstokens.testing.ShortLife;
import io.accesstokens.testing.server.WarProcess.Outcome;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * A process that runs commands of the WAR, one at a time. A separate process for each command would
 * unpack the WAR and load the same classes each time. These steps take most of the time of a
 * command.
 *
 * <p>The environment of the process contains no settings. The process receives settings as system
 * properties.
 */
final class SharedCommands {

  /**
   * Maps the environment variables of the allowed settings to the system properties of these
   * settings.
   */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "ACCESSTOKENS_DATABASE_URL", "accessTokens.database.url",
          "ACCESSTOKENS_DATABASE_USER", "accessTokens.database.user",
          "ACCESSTOKENS_DATABASE_PASSWORD", "accessTokens.database.password",
          "ACCESSTOKENS_DIRECTORY_GROUPSFILE", "accessTokens.directory.groupsFile");

  private static @Nullable SharedCommands shared;

  private final Path folder;
  private final Process process;
  private final DataOutputStream calls;
  private final DataInputStream answers;

  private SharedCommands(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
    this.calls = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    this.answers = new DataInputStream(new BufferedInputStream(process.getInputStream()));
  }

  /**
   * Runs a command and waits until it ends.
   *
   * @param environment the settings of the command, as environment variables. Only the variables in
   *     {@link #PROPERTIES} are allowed
   */
  static synchronized Outcome run(
      List<String> arguments, Map<String, String> environment, String input)
      throws IOException, InterruptedException {
    SharedCommands commands = shared;
    if (commands == null) {
      commands = start();
      Runtime.getRuntime().addShutdownHook(new Thread(commands::close));
      shared = commands;
    }
    return commands.call(arguments, environment, input);
  }

  private static SharedCommands start() throws IOException {
    Path folder =
        Files.createTempDirectory(
            Files.createDirectories(WarProcess.war().resolveSibling("it")), "commands-");
    Path root = folder.resolve("root");
    unpack(root);
    Path work = Files.createDirectory(folder.resolve("work"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ShortLife.options("256m"));
    command.add("-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")));
    command.add("-cp");
    command.add(ownClasses().toString());
    command.add(CommandHost.class.getName());
    command.add(root.toString());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectError(folder.resolve("err.txt").toFile());
    builder.environment().keySet().removeIf(WarProcess::changesTheTest);
    return new SharedCommands(folder, builder.start());
  }

  private static Path ownClasses() {
    try {
      return Path.of(CommandHost.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void unpack(Path root) throws IOException {
    try (ZipFile war = new ZipFile(WarProcess.war().toFile())) {
      Enumeration<? extends ZipEntry> entries = war.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        Path file = root.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.resolveSibling(""));
          try (InputStream in = war.getInputStream(entry)) {
            Files.copy(in, file);
          }
        }
      }
    }
  }

  private Outcome call(List<String> arguments, Map<String, String> environment, String input)
      throws IOException {
    try {
      calls.writeInt(arguments.size());
      for (String argument : arguments) {
        calls.writeUTF(argument);
      }
      calls.writeInt(environment.size());
      for (Map.Entry<String, String> variable : environment.entrySet()) {
        calls.writeUTF(Objects.requireNonNull(PROPERTIES.get(variable.getKey()), variable::getKey));
        calls.writeUTF(variable.getValue());
      }
      calls.writeUTF(input);
      calls.flush();
      return new Outcome(answers.readInt(), readText(), readText());
    } catch (IOException e) {
      throw new IOException(Files.readString(folder.resolve("err.txt")), e);
    }
  }

  private String readText() throws IOException {
    return new String(answers.readNBytes(answers.readInt()), StandardCharsets.UTF_8);
  }

  private void close() {
    try {
      calls.close(); // The process ends at the end of its input.
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ServerProcess.delete(folder);
  }
}
