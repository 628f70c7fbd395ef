package io.accesstokens.it;

import io.accesstokens.testing.server.Deployment;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The files of the container image, in a folder of this machine. The steps of the Dockerfile create
 * them without a container engine, except for the build of the WAR.
 */
final class ContainerImage {

  /** The user id in the Dockerfile. */
  static final int USER = 10_001;

  private static final Path DOCKERFILE = Path.of("config/Dockerfile");
  private static final String FILES = "/opt/access-tokens";
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final Pattern PAIR = Pattern.compile("(\\w+)=(\\S+)");

  private final Path folder;

  private ContainerImage(Path folder) {
    this.folder = folder;
  }

  /**
   * Returns the instructions of the Dockerfile with this name, without the name. Continued lines
   * are joined, and comments are removed.
   */
  static List<String> instructions(String name) throws IOException {
    String text =
        Files.readString(DOCKERFILE).replaceAll("(?m)^#.*\\n", "").replaceAll("\\\\\\n", " ");
    return text.lines()
        .filter(line -> line.startsWith(name + ' '))
        .map(line -> line.substring(name.length()).strip())
        .toList();
  }

  /** Returns the words of the exec form, a JSON array of strings, which is also YAML. */
  static List<String> words(String array) {
    List<String> words = new ArrayList<>();
    Object parsed = new Yaml(new SafeConstructor(new LoaderOptions())).load(array);
    for (Object word : (List<?>) parsed) {
      words.add((String) word);
    }
    return words;
  }

  /** Returns the environment variables of the image. */
  static Map<String, String> environment() throws IOException {
    Map<String, String> environment = new TreeMap<>();
    Matcher pairs = PAIR.matcher(instructions("ENV").get(0));
    while (pairs.find()) {
      environment.put(pairs.group(1), pairs.group(2));
    }
    return environment;
  }

  /**
   * Returns the image of the WAR of this build. The first call of a build creates the image, and
   * all later calls use it, including calls in other test processes.
   */
  static ContainerImage ofBuild() throws Exception {
    Path war = Path.of(System.getProperty("accesstokens.war")).toAbsolutePath();
    Path folder = Files.createDirectories(war.resolveSibling("it").resolve("image"));
    String version = Files.size(war) + " " + Files.getLastModifiedTime(war).toMillis();
    Path done = folder.resolve("version");
    try (FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock.lock(); // closing the channel releases the lock
      ContainerImage image = new ContainerImage(folder);
      if (!Files.exists(done) || !Files.readString(done).equals(version)) {
        image.build(war);
        Files.writeString(done, version);
      }
      return image;
    }
  }

  private void build(Path war) throws Exception {
    run(List.of("rm", "-rf", folder.resolve("build").toString(), files().toString()), folder);
    Path build = Files.createDirectories(folder.resolve("build"));
    Files.createSymbolicLink(
        Files.createDirectory(build.resolve("target")).resolve("access-tokens.war"), war);
    List<String> steps = instructions("RUN");
    String unpack = step(steps, "jar -xf");
    run(shell(unpack), build);
    Files.createDirectories(files());
    for (String copy : instructions("COPY")) {
      List<String> paths = List.of(copy.split(" +"));
      if (paths.get(0).equals("--from=build")) {
        Files.move(folder.resolve(paths.get(1).substring(1)), Path.of(here(paths.get(2))));
      }
    }
    run(shell(here(step(steps, "ArchiveClassesAtExit"))), folder);
  }

  /** Returns the command that runs a step in the shell form, with the JDK of this machine. */
  private static List<String> shell(String step) {
    Path programs = Path.of(System.getProperty("java.home"), "bin");
    return List.of("sh", "-c", "PATH=" + programs + ":$PATH; " + step);
  }

  private static String step(List<String> steps, String part) {
    return steps.stream()
        .filter(step -> step.contains(part))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no step of the Dockerfile has " + part));
  }

  private void run(List<String> command, Path directory) throws Exception {
    Path log = folder.resolve("build.log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new AssertionError(command + " failed:\n" + Files.readString(log));
    }
  }

  /** Returns the folder that stands for the folder of the image's own files. */
  Path files() {
    return folder.resolve("opt");
  }

  private String here(String path) {
    return path.replace(FILES, files().toString());
  }

  /** Returns a command of the image, with the paths of this machine. */
  private List<String> local(List<String> command) {
    List<String> local = new ArrayList<>();
    local.add(JAVA);
    command.subList(1, command.size()).forEach(word -> local.add(here(word)));
    return local;
  }

  /** Returns the command that starts the server. */
  List<String> entryPoint() throws IOException {
    return local(words(instructions("ENTRYPOINT").get(0)));
  }

  /**
   * Returns a container of this image. The process can write only into the temporary directory, as
   * with a read-only file system. If the test runs as root, the process has the user of the image.
   *
   * @param folder the folder of the process; other users must be able to enter it
   * @param environment the environment variables in addition to those of the image
   * @param arguments the arguments of the container; none for the server
   */
  Deployment container(Path folder, Map<String, String> environment, List<String> arguments)
      throws Exception {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    Path work = Files.createDirectories(folder.resolve("work"));
    boolean root = System.getProperty("user.name").equals("root");
    if (root) {
      run(List.of("chmod", "0755", folder.toString()), folder);
      run(List.of("chown", USER + ":" + USER, temporary.toString()), folder);
    }
    run(List.of("chmod", "0555", work.toString()), folder);
    List<String> command = new ArrayList<>();
    if (root) {
      command.addAll(
          List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--"));
    }
    List<String> start = entryPoint();
    command.add(start.get(0));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(start.subList(1, start.size()));
    command.addAll(arguments);
    Map<String, String> variables = new HashMap<>(environment());
    variables.putAll(environment);
    return new Container(folder, work, command, variables);
  }

  private record Container(
      Path folder, Path work, List<String> command, Map<String, String> environment)
      implements Deployment {

    @Override
    public boolean isStandalone() {
      return true;
    }

    @Override
    public Process start(int port, Path log) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(work.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().clear();
      builder.environment().put("LC_ALL", "C.UTF-8");
      builder.environment().put("PATH", System.getenv("PATH"));
      builder.environment().putAll(environment);
      builder.environment().put("ACCESSTOKENS_PORT", Integer.toString(port));
      return builder.start();
    }
  }

  /** Writes a file that the process can read. */
  static Path file(Path folder, String name, String content) throws IOException {
    Files.createDirectories(folder);
    return Files.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
  }
}
