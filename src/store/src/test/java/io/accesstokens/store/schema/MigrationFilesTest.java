package io.accesstokens.store.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MigrationFilesTest {

  private static final Path FOLDER =
      Path.of("src/store/src/main/resources/io/accesstokens/store/migrations");

  /** Number of the baseline migration. A new database gets no migration with a lower number. */
  private static final int BASELINE = 416;

  private static final String DIGEST =
      "c73d0f97916675fabd1563d7c9b5545278ceca8286331e24199f47e38698e520";

  @Test
  void migrationsUpToTheBaselineDoNotChange() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (Path file : files()) {
      String name = file.getFileName().toString();
      if (Integer.parseInt(name.substring(1, 4)) <= BASELINE) {
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
    }
    assertEquals(
        DIGEST,
        HexFormat.of().formatHex(digest.digest()),
        "Databases exist that will not get this change: add a migration above " + BASELINE);
  }

  /**
   * The class loader of Open Liberty finds no directories. Flyway then looks for this file, and its
   * directory becomes the location of the migrations.
   */
  @Test
  void openLibertyFindsTheMigrations() throws Exception {
    assertEquals(0, Files.size(FOLDER.resolve("flyway.location")));
  }

  private static List<Path> files() throws Exception {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
  }
}
