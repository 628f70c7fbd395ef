package io.accesstokens.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How {@code java -jar access-tokens.war …} is called: its arguments, environment and directories.
 *
 * <p>Immutable; each {@code with…} gives another one. The working directory and {@code
 * java.io.tmpdir} are below one new folder next to the WAR, so that nothing is found or left
 * elsewhere, and so that it can be looked at when a test failed.
 */
public final class WarProcess implements Deployment {

  private static final long COMMAND_SECONDS = 120;

  private final Path folder;
  private final List<String> arguments;
  private final Map<String, String> environment;
  private final List<String> options;

  private WarProcess(
      Path folder, List<String> arguments, Map<String, String> environment, List<String> options) {
    this.folder = folder;
    this.arguments = List.copyOf(arguments);
    this.options = List.copyOf(options);
    this.environment = Map.copyOf(environment);
  }

  /** A call without arguments, with a new folder of its own. */
  public static WarProcess inNewFolder() {
    try {
      Path parent = Files.createDirectories(war().resolveSibling("it"));
      return in(Files.createTempDirectory(parent, "run-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A call without arguments, in a folder that is there. */
  public static WarProcess in(Path folder) {
    try {
      Files.createDirectories(folder.resolve("tmp"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new WarProcess(folder, List.of(), Map.of(), ShortLife.options("256m"));
  }

  /** With these arguments after those that it has. */
  public WarProcess with(String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new WarProcess(folder, all, environment, options);
  }

  /** With a command before its arguments, which are that command's then. */
  public WarProcess after(String command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(arguments);
    return new WarProcess(folder, all, environment, options);
  }

  /** With an environment variable. */
  /** Takes groups from the sample file, which other people than the samples do not have. */
  public WarProcess withGroups() {
    return withEnvironment(
        "ACCESSTOKENS_DIRECTORY_GROUPSFILE",
        Path.of("config/groups.yaml").toAbsolutePath().toString());
  }

  public WarProcess withEnvironment(String name, String value) {
    Map<String, String> all = new HashMap<>(environment);
    all.put(name, value);
    return new WarProcess(folder, arguments, all, options);
  }

  /**
   * With options of the JVM in place of those that it has.
   *
   * @param all as {@code java} takes them
   */
  public WarProcess withJvmOptions(String... all) {
    return new WarProcess(folder, arguments, environment, List.of(all));
  }

  /** With {@code --config} and a file of this content. */
  public WarProcess withConfig(String yaml) {
    return with("--config", file("access-tokens.yaml", yaml).toString());
  }

  /** With {@code --data-dir} set to {@link #dataDirectory()}. */
  public WarProcess withDataDirectory() {
    return with("--data-dir", dataDirectory().toString());
  }

  /** With a database by the environment's variables, as a container's operator would. */
  public WarProcess withDatabase(String url, String user, String password) {
    return withEnvironment("ACCESSTOKENS_DATABASE_URL", url)
        .withEnvironment("ACCESSTOKENS_DATABASE_USER", user)
        .withEnvironment("ACCESSTOKENS_DATABASE_PASSWORD", password);
  }

  /** Writes a file into the folder. */
  public Path file(String name, String content) {
    try {
      return Files.writeString(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder of this call: working directory, temp directory, files, logs. */
  @Override
  public Path folder() {
    return folder;
  }

  /** Where {@link #withDataDirectory()} puts the data. */
  public Path dataDirectory() {
    return folder.resolve("data");
  }

  /** The process's {@code java.io.tmpdir}. */
  public Path temporaryDirectory() {
    return folder.resolve("tmp");
  }

  /** What a finished command said. */
  public record Outcome(int exitCode, String out, String err) {
    /** The non-empty lines of standard error. */
    public List<String> errorLines() {
      return err.lines().filter(line -> !line.isBlank()).toList();
    }
  }

  /**
   * Runs it until it ends by itself.
   *
   * @param input all of its standard input
   * @throws AssertionError if it still runs after two minutes
   */
  public Outcome run(String input) throws IOException, InterruptedException {
    Path in = file("in.txt", input);
    Path out = Files.createTempFile(folder, "out-", ".txt");
    Path err = Files.createTempFile(folder, "err-", ".txt");
    Process process =
        builder()
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(
          "still running: " + arguments + '\n' + Files.readString(out) + Files.readString(err));
    }
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  /** At the root. */
  @Override
  public String contextPath() {
    return "";
  }

  @Override
  public boolean hasOwnServer() {
    return true;
  }

  @Override
  public Process start(int port, Path log) throws IOException {
    return with("--port", Integer.toString(port)).start(log);
  }

  /** Starts it as it is, with standard output and error both appended to a file. */
  public Process start(Path log) throws IOException {
    return builder()
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private ProcessBuilder builder() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-Djava.io.tmpdir=" + temporaryDirectory());
    command.add("-jar");
    command.add(war().toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(WarProcess::changesTheTest);
    builder.environment().putAll(environment);
    return builder;
  }

  /** Whether a variable of the shell's would have an influence on what is tested. */
  static boolean changesTheTest(String variable) {
    return variable.startsWith("ACCESSTOKENS_")
        || variable.equals("JAVA_TOOL_OPTIONS")
        || variable.equals("JDK_JAVA_OPTIONS");
  }

  /** Copies a JAR out of the WAR, and gives the copy; its name starts as given. */
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

  /** The WAR that is shipped. */
  static Path war() {
    String war = System.getProperty("accesstokens.war");
    if (war == null || !Files.isRegularFile(Path.of(war))) {
      throw new IllegalStateException("the system property accesstokens.war names no file: " + war);
    }
    return Path.of(war).toAbsolutePath();
  }
}
