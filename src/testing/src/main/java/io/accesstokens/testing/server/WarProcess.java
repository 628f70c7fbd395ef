package io.accesstokens.testing.server;

import io.accesstokens.testing.TestJvm;
import io.accesstokens.testing.host.ClassArchive;
import io.accesstokens.testing.host.HostedCommands;
import io.accesstokens.testing.host.HostedServer;
import io.accesstokens.testing.host.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A call of the application in the WAR, with its arguments, environment and directories.
 *
 * <p>Instances are immutable. Each {@code with…} method returns a copy. The files of a call are in
 * a folder, which is not removed after a test.
 *
 * <p>Servers and commands run in processes that tests share (see {@link HostedServer}). A call with
 * {@link #inSeparateProcess()}, {@link #fromWar()} or JVM options has a process of its own, and so
 * has each command that {@link #start(Path)} or {@link #start(Path, Path)} starts. In a separate
 * process, the working directory is the folder of the call, and {@code java.io.tmpdir} is inside
 * that folder.
 */
public final class WarProcess implements Deployment {

  private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(2);

  /** The kind of process in which the application runs. */
  private enum Form {
    /** In a process that tests share. */
    SHARED,
    /** In a process of its own, from the unpacked WAR with an archive of its classes. */
    UNPACKED,
    /** In a process of its own, which unpacks the WAR. */
    WAR
  }

  private final Path folder;
  private final List<String> arguments;
  private final Map<String, String> environment;
  private final List<String> options;
  private final Form form;

  private WarProcess(
      Path folder,
      List<String> arguments,
      Map<String, String> environment,
      List<String> options,
      Form form) {
    this.folder = folder;
    this.arguments = List.copyOf(arguments);
    this.options = List.copyOf(options);
    this.environment = Map.copyOf(environment);
    this.form = form;
  }

  /** Returns a call without arguments, with its files in a new folder. */
  public static WarProcess inNewFolder() {
    try {
      Path parent = Files.createDirectories(war().resolveSibling("it"));
      return in(Files.createTempDirectory(parent, "run-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a call without arguments, with its files in the given folder. */
  public static WarProcess in(Path folder) {
    try {
      Files.createDirectories(folder.resolve("tmp"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new WarProcess(folder, List.of(), Map.of(), List.of(), Form.SHARED);
  }

  /** Returns a copy with these additional arguments. */
  public WarProcess with(String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new WarProcess(folder, all, environment, options, form);
  }

  /** Returns a copy with a command before all arguments. */
  public WarProcess command(String command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(arguments);
    return new WarProcess(folder, all, environment, options, form);
  }

  /**
   * Returns a copy that runs in a process of its own. A test that kills, pauses or measures the
   * process needs a process of its own. The process runs the unpacked WAR (see {@link
   * ClassArchive}), except after {@link #fromWar()}.
   */
  public WarProcess inSeparateProcess() {
    Form own = form == Form.SHARED ? Form.UNPACKED : form;
    return new WarProcess(folder, arguments, environment, options, own);
  }

  /**
   * Returns a copy that runs {@code java -jar access-tokens.war} in a process of its own. Use the
   * copy in a test of this command. Each library that looks up providers at run time also needs one
   * test with this command, because the command has its own class loader.
   */
  public WarProcess fromWar() {
    return new WarProcess(folder, arguments, environment, options, Form.WAR);
  }

  /**
   * Returns a copy that reads groups from the sample groups file. Without this file, only the
   * sample users have groups.
   */
  public WarProcess withGroups() {
    return withEnvironment(
        "ACCESSTOKENS_DIRECTORY_GROUPSFILE",
        Path.of("config/groups.yaml").toAbsolutePath().toString());
  }

  /** Returns a copy with an additional environment variable. */
  public WarProcess withEnvironment(String name, String value) {
    return withEnvironment(Map.of(name, value));
  }

  /** Returns a copy with additional environment variables. */
  public WarProcess withEnvironment(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    return new WarProcess(folder, arguments, all, options, form);
  }

  /**
   * Returns a copy with additional JVM options, which runs in a process of its own. These options
   * take precedence over earlier options.
   *
   * @param more the options, as {@code java} accepts them
   */
  public WarProcess withJvmOptions(String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return new WarProcess(folder, arguments, environment, all, form).inSeparateProcess();
  }

  /** Returns a copy with the option {@code --config} and a configuration file with this content. */
  public WarProcess withConfig(String yaml) {
    return with("--config", file("access-tokens.yaml", yaml).toString());
  }

  /** Returns a copy with the option {@code --data-dir} and the folder {@link #dataDirectory()}. */
  public WarProcess withDataDirectory() {
    return with("--data-dir", dataDirectory().toString());
  }

  /**
   * Returns a copy that uses the given database, see {@link #withDatabase(String,String,String)}.
   */
  public WarProcess withDatabase(TestDatabase database) {
    return withDatabase(database.url(), database.user(), database.password());
  }

  /**
   * Returns a copy that uses the given database. Environment variables contain the URL, the user
   * and the password.
   */
  public WarProcess withDatabase(String url, String user, String password) {
    return withEnvironment("ACCESSTOKENS_DATABASE_URL", url)
        .withEnvironment("ACCESSTOKENS_DATABASE_USER", user)
        .withEnvironment("ACCESSTOKENS_DATABASE_PASSWORD", password);
  }

  /** Writes a file into the folder of this call, and returns the path of the file. */
  public Path file(String name, String content) {
    try {
      return Files.writeString(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the folder for the files of the application. The folder contains the files from {@link
   * #file}, the logs, and the temporary directory of a separate process. A separate process also
   * has this folder as its working directory.
   */
  @Override
  public Path folder() {
    return folder;
  }

  /** Returns the data directory that {@link #withDataDirectory()} sets. */
  public Path dataDirectory() {
    return folder.resolve("data");
  }

  /** Returns the temporary directory of a separate process ({@code java.io.tmpdir}). */
  public Path temporaryDirectory() {
    return folder.resolve("tmp");
  }

  /**
   * Runs the command and waits until the command ends. In a shared process, the working directory
   * is not {@link #folder()}.
   *
   * @param input the complete standard input of the command
   * @throws AssertionError if the command still runs after two minutes
   */
  public Outcome run(String input) throws IOException, InterruptedException {
    return form == Form.SHARED
        ? HostedCommands.run(war(), arguments, variables(), input, COMMAND_TIMEOUT)
        : runSeparately(input);
  }

  private Outcome runSeparately(String input) throws IOException, InterruptedException {
    Path in = file("in.txt", input);
    Path out = Files.createTempFile(folder, "out-", ".txt");
    Path err = Files.createTempFile(folder, "err-", ".txt");
    Process process =
        builder()
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(COMMAND_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(
          "still running: " + arguments + '\n' + Files.readString(out) + Files.readString(err));
    }
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  @Override
  public boolean isStandalone() {
    return true;
  }

  @Override
  public Process start(int port, Path log) throws IOException {
    WarProcess call = with("--port", Integer.toString(port));
    if (form != Form.SHARED) {
      return call.start(log);
    }
    if (!arguments.contains("--data-dir")) {
      call = call.withDataDirectory(); // the working directory is not the folder of this call
    }
    return HostedServer.start(war(), call.arguments, call.variables(), log);
  }

  /**
   * Starts the command in a separate process. Appends standard output and standard error to the
   * given file.
   */
  public Process start(Path log) throws IOException {
    return builder()
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /**
   * Starts the command in a separate process. Appends standard output and standard error to one
   * file each.
   */
  public Process start(Path output, Path errors) throws IOException {
    return builder()
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
        .start();
  }

  private ProcessBuilder builder() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(TestJvm.options("256m"));
    command.addAll(options);
    command.add("-Djava.io.tmpdir=" + temporaryDirectory());
    command.addAll(
        form == Form.WAR ? List.of("-jar", war().toString()) : ClassArchive.of(war()).arguments());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(variables());
    return builder;
  }

  /** Returns all environment variables of the process. */
  private Map<String, String> variables() {
    Map<String, String> all = TestJvm.environment();
    all.putAll(environment);
    return all;
  }

  /**
   * Copies a JAR from the WAR into a folder, and returns the path of the copy.
   *
   * @param start the start of the JAR's file name
   */
  static Path copyLibrary(String start, Path folder) {
    try (FileSystem war = FileSystems.newFileSystem(war());
        Stream<Path> jars = Files.list(war.getPath("WEB-INF/lib"))) {
      Path jar =
          jars.filter(file -> file.getFileName().toString().startsWith(start))
              .findFirst()
              .orElseThrow();
      return Files.copy(
          jar, folder.resolve(jar.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the path of the shipped WAR file.
   *
   * @throws IllegalStateException if the system property {@code accesstokens.war} does not contain
   *     the path of an existing file
   */
  static Path war() {
    String war = System.getProperty("accesstokens.war");
    if (war == null || !Files.isRegularFile(Path.of(war))) {
      throw new IllegalStateException(
          "the system property accesstokens.war must contain the path of an existing file, but is: "
              + war);
    }
    return Path.of(war).toAbsolutePath();
  }
}
