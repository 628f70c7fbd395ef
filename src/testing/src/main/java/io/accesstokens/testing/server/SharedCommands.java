package io.accesstokens.testing.server;

import io.accesstokens.testing.ShortLife;
import io.accesstokens.testing.server.WarProcess.Outcome;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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

  private static final String OUT = "out.txt";
  private static final String ERR = "err.txt";

  private static @Nullable SharedCommands shared;

  private static final int TIMEOUT_MILLIS = 120_000;

  private final Path folder;
  private final Process process;
  private final Socket connection;
  private final DataOutputStream calls;
  private final DataInputStream answers;
  private final Output out;
  private final Output err;

  private SharedCommands(Path folder, Process process, Socket connection) throws IOException {
    this.folder = folder;
    this.process = process;
    this.connection = connection;
    this.calls = new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()));
    this.answers = new DataInputStream(connection.getInputStream());
    this.out = new Output(folder.resolve(OUT));
    this.err = new Output(folder.resolve(ERR));
  }

  /** The text that the process has written to a file. */
  private static final class Output {

    private final Path file;
    private int read;

    private Output(Path file) {
      this.file = file;
    }

    /** Returns the text since the last call. */
    private String next() throws IOException {
      byte[] all = Files.readAllBytes(file);
      String text = new String(all, read, all.length - read, StandardCharsets.UTF_8);
      read = all.length;
      return text;
    }
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
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listening.setSoTimeout(TIMEOUT_MILLIS);
      command.add(Integer.toString(listening.getLocalPort()));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(work.toFile())
              .redirectOutput(folder.resolve(OUT).toFile())
              .redirectError(folder.resolve(ERR).toFile());
      builder.environment().keySet().removeIf(WarProcess::changesTheTest);
      return new SharedCommands(folder, builder.start(), listening.accept());
    }
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
      int exitCode = answers.readInt();
      return new Outcome(exitCode, out.next(), err.next());
    } catch (IOException e) {
      throw new IOException(err.next(), e);
    }
  }

  private void close() {
    try {
      connection.close(); // The process ends when it has no more input.
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
