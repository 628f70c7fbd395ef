package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a Maven project that is no module of this project. A test builds the copy as a user
 * does, with the libraries of this build.
 *
 * <p>The libraries get the version {@value #VERSION} in a local repository of the copy. So an
 * earlier {@code mvn install} has no effect.
 */
final class MavenProject {

  /** The version of the libraries for the copy. */
  static final String VERSION = "0.1.0-TEST";

  private static final Pattern BOM =
      Pattern.compile("(?s)<dependencyManagement>.*?</dependencyManagement>");

  private static final int BUILD_SECONDS = 600;

  /** The maximum number of builds that a build waits for: one in each other test process. */
  private static final int OTHER_BUILDS = 3;

  private static final String TAIL = "maven.repo.local.tail";

  private final Path folder;
  private final Path libraries;

  private MavenProject(Path folder, Path libraries) {
    this.folder = folder;
    this.libraries = libraries;
  }

  /**
   * Copies a project.
   *
   * @param source the folder of the project
   * @param into an empty folder
   * @param modules the modules of the libraries that the project needs
   */
  static MavenProject copy(Path source, Path into, String... modules) throws IOException {
    Path libraries = into.resolve("libraries");
    addLibrary(libraries, "access-tokens-parent", Path.of("pom.xml"), null);
    addLibrary(libraries, "access-tokens-bom", Path.of("src/bom/target/bom.xml"), null);
    for (String module : modules) {
      addLibrary(
          libraries,
          LibraryJars.artifact(module),
          Path.of("src", module, "pom.xml"),
          LibraryJars.jar(module));
    }
    Path folder = into.resolve("project");
    try (Stream<Path> files = Files.walk(source)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> copyFile(file, folder.resolve(source.relativize(file).toString())));
    }
    return new MavenProject(folder, libraries);
  }

  private static void addLibrary(Path libraries, String artifact, Path pom, @Nullable Path jar)
      throws IOException {
    Path folder =
        Files.createDirectories(libraries.resolve("io/accesstokens/" + artifact + '/' + VERSION));
    String name = artifact + '-' + VERSION;
    String own = "<version>" + property("accesstokens.version") + "</version>";
    Files.writeString(
        folder.resolve(name + ".pom"),
        Files.readString(pom).replace(own, "<version>" + VERSION + "</version>"));
    if (jar != null) {
      Files.copy(jar, folder.resolve(name + ".jar"));
    }
  }

  private static void copyFile(Path file, Path target) {
    try {
      Files.createDirectories(target.resolveSibling("."));
      Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }

  /** Returns the folder of the copy. */
  Path folder() {
    return folder;
  }

  /** Replaces a text in {@code pom.xml}. The text must occur. */
  MavenProject change(String text, String replacement) throws IOException {
    Path pom = folder.resolve("pom.xml");
    String before = Files.readString(pom);
    assertTrue(before.contains(text), () -> text + " is not in " + before);
    Files.writeString(pom, before.replace(text, replacement));
    return this;
  }

  /** Imports the BOM, as the documents show, and removes the version of each library. */
  MavenProject importBom() throws IOException {
    Matcher documented =
        BOM.matcher(Files.readString(Path.of("src/docs/embed-in-an-application.md")));
    assertTrue(documented.find(), "the page has no import of the BOM");
    String own = "<version>" + property("accesstokens.version") + "</version>";
    String imported = documented.group().replace(own, "<version>" + VERSION + "</version>");
    return change("<dependencies>", imported + "<dependencies>")
        .change("<version>${access-tokens.version}</version>", "");
  }

  /**
   * Runs {@code mvn package}. Fails if the build fails.
   *
   * <p>Waits for the end of such builds in other test processes. Each build locks several files of
   * the local repository at the same time. The operating system can refuse such a lock as a
   * deadlock if two builds run.
   */
  void build() throws IOException, InterruptedException {
    Path lock = Files.createDirectories(Path.of("target", "it")).resolve("maven.lock");
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      // Closing the channel releases the lock.
      Awaitility.await("end of other builds, which lock " + lock)
          .atMost(Duration.ofSeconds(OTHER_BUILDS * BUILD_SECONDS))
          .until(() -> channel.tryLock() != null);
      buildAlone();
    }
  }

  private void buildAlone() throws IOException, InterruptedException {
    List<String> tail = new ArrayList<>(List.of(libraries.toAbsolutePath().toString()));
    String more = System.getProperty(TAIL);
    if (more != null) {
      tail.add(more);
    }
    Ended build =
        run(
            BUILD_SECONDS,
            Map.of("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"),
            Path.of(property("maven.home"), "bin", "mvn").toString(),
            "-B",
            "-ntp",
            "-Dmaven.repo.local=" + property("accesstokens.repository"),
            "-D" + TAIL + '=' + String.join(",", tail),
            "-Daccess-tokens.version=" + VERSION,
            "package");
    assertEquals(0, build.exitCode(), build.output());
  }

  /**
   * A process that has ended.
   *
   * @param output the standard output and the error output
   */
  record Ended(int exitCode, String output) {}

  /**
   * Runs a program in the folder of the copy, and waits for its end.
   *
   * @param seconds the maximum time
   * @param environment additional environment variables
   */
  Ended run(int seconds, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
      assertTrue(ended, () -> "still running: " + command[0]);
      return new Ended(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }
}
