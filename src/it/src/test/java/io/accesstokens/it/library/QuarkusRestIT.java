package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that an application on Quarkus REST does not start, because it would serve methods
 * unguarded.
 */
class QuarkusRestIT {

  private static final Path PROJECT = Path.of("src/it/src/test/quarkus");
  private static final int START_SECONDS = 180;

  @Test
  void applicationWithTheFeatureDoesNotStart(@TempDir Path folder) throws Exception {
    MavenProject project = MavenProject.copy(PROJECT, folder, "verify", "auth");
    project.build();
    MavenProject.Ended start =
        project.run(
            START_SECONDS,
            Map.of(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dquarkus.http.host=127.0.0.1",
            "-Dquarkus.http.port=0",
            "-jar",
            "target/quarkus-app/quarkus-run.jar");
    assertNotEquals(0, start.exitCode(), start.output());
    assertTrue(
        start.output().contains("Quarkus REST (quarkus-rest) ignores the dynamic feature"),
        start.output());
  }
}
