package io.accesstokens.testing.host;

import io.accesstokens.testing.TemporaryFolders;
import io.accesstokens.testing.TestJvm;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process that runs commands of the WAR, one at a time. The process ends with this JVM. */
final class HostProcess {

  private static final int CONNECT_MILLIS = 120_000;

  private final Path folder;
  private final Process process;
  private final Socket connection;
  private final DataOutputStream messages;
  private final DataInputStream results;
  private int commands;

  /** The text that the process writes to standard output. */
  final Output out;

  /** The text that the process writes to standard error. */
  final Output err;

  private HostProcess(Path folder, Process process, Socket connection) throws IOException {
    this.folder = folder;
    this.process = process;
    this.connection = connection;
    this.messages = new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()));
    this.results = new DataInputStream(connection.getInputStream());
    this.out = new Output(folder.resolve("out.txt"));
    this.err = new Output(folder.resolve("err.txt"));
  }

  /** The text that a process has written to a file since the start of the last command. */
  static final class Output {

    private final Path file;
    private long start;

    private Output(Path file) {
      this.file = file;
    }

    private void markStart() throws IOException {
      start = Files.size(file);
    }

    String text() throws IOException {
      byte[] all = Files.readAllBytes(file);
      return new String(
          all, Math.toIntExact(start), all.length - Math.toIntExact(start), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return file.toString();
    }
  }

  /** Starts a process. The process keeps its files in a new folder next to the WAR. */
  static HostProcess start(Path war) throws IOException {
    Path folder =
        Files.createTempDirectory(Files.createDirectories(war.resolveSibling("it")), "host-");
    ClassArchive archive = ClassArchive.of(war);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(TestJvm.options("384m"));
    command.addAll(ProgramHost.JVM_OPTIONS);
    command.add("-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")));
    command.add(archive.option());
    command.add("-cp");
    command.add(archive.startJar() + File.pathSeparator + ownClasses());
    command.add(ProgramHost.class.getName());
    command.add(archive.war().toString());
    Path work = Files.createDirectory(folder.resolve("work"));
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listening.setSoTimeout(CONNECT_MILLIS);
      command.add(Integer.toString(listening.getLocalPort()));
      Process process =
          new ProcessBuilder(command)
              .directory(work.toFile())
              .redirectOutput(folder.resolve("out.txt").toFile())
              .redirectError(folder.resolve("err.txt").toFile())
              .start();
      HostProcess host = new HostProcess(folder, process, listening.accept());
      Runtime.getRuntime().addShutdownHook(new Thread(host::kill));
      return host;
    }
  }

  private static Path ownClasses() {
    try {
      return Path.of(ProgramHost.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Starts a command.
   *
   * @param environment all environment variables of the command
   * @param input the complete standard input of the command
   */
  void run(List<String> arguments, Map<String, String> environment, String input)
      throws IOException {
    out.markStart();
    err.markStart();
    messages.writeByte(ProgramHost.RUN);
    messages.writeInt(arguments.size());
    for (String argument : arguments) {
      messages.writeUTF(argument);
    }
    messages.writeInt(environment.size());
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      messages.writeUTF(variable.getKey());
      messages.writeUTF(variable.getValue());
    }
    messages.writeUTF(folder.resolve("server-" + ++commands).toString());
    messages.writeUTF(input);
    messages.flush();
  }

  /** Stops the running command. Does not wait for its end. */
  void stop() throws IOException {
    messages.writeByte(ProgramHost.STOP);
    messages.flush();
  }

  /**
   * Waits for the end of the command, and returns its exit code.
   *
   * @param timeout the maximum time; zero means no limit
   * @throws IOException if the timeout expires or the process ends
   */
  int awaitEnd(Duration timeout) throws IOException {
    connection.setSoTimeout(Math.toIntExact(timeout.toMillis()));
    return results.readInt();
  }

  /** Ends the process, and removes its files. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    TemporaryFolders.delete(folder);
  }
}
