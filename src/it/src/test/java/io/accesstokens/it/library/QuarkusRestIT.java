package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that an application on Quarkus REST does not start, because it would serve methods
 * unguarded.
 */
class QuarkusRestIT {

  private static final Path PROJECT = Path.of("src/it/src/test/quarkus");
  private static final int BUILD_SECONDS = 600;
  private static final int START_SECONDS = 60;

  @Test
  void applicationWithTheFeatureDoesNotStart(@TempDir Path folder) throws Exception {
    Path project = folder.resolve("project");
    copy(PROJECT, project);
    for (String module : List.of("verify", "auth")) {
      try (FileSystem jar = FileSystems.newFileSystem(LibraryJars.jar(module))) {
        copy(jar.getPath("/io"), project.resolve("target/classes/io"));
      }
    }
    Ended build =
        run(
            project,
            BUILD_SECONDS,
            Path.of(property("maven.home"), "bin", "mvn").toString(),
            "-B",
            "-ntp",
            "-Dmaven.repo.local=" + property("accesstokens.repository"),
            "package");
    assertEquals(0, build.exitCode(), build.output());

    Ended start =
        run(
            project,
            START_SECONDS,
            Path.of(property("java.home"), "bin", "java").toString(),
            "-Dquarkus.http.host=127.0.0.1",
            "-Dquarkus.http.port=0",
            "-jar",
            "target/quarkus-app/quarkus-run.jar");
    assertNotEquals(0, start.exitCode(), start.output());
    assertTrue(
        start.output().contains("Quarkus REST (quarkus-rest) ignores the dynamic feature"),
        start.output());
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> copyFile(file, to.resolve(from.relativize(file).toString())));
    }
  }

  private static void copyFile(Path file, Path target) {
    try {
      Files.createDirectories(target.resolveSibling("."));
      Files.copy(file, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process that has ended. */
  private record Ended(int exitCode, String output) {}

  private static Ended run(Path directory, int seconds, String... command)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(List.of(command))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
      assertTrue(ended, () -> "still running: " + command[0]);
      return new Ended(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }
}
