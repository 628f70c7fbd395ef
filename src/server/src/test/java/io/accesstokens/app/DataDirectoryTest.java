package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.SettingsLoader;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.testing.RecordedLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryTest {

  @TempDir Path temp;

  private static Storage.Jdbc storage(Map<String, String> settings, Path base) {
    Configuration configuration = SettingsLoader.ofProcess(settings, base).load();
    return (Storage.Jdbc) configuration.storage();
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"data", "12:30", "a?b", "zip:x", "%20"})
  void newDirectoryAndFileAreAccessibleToTheOwnerOnly(String name) throws IOException {
    Path data = temp.resolve("state").resolve(name);
    Storage.Jdbc jdbc = storage(Map.of("accessTokens.dataDir", data.toString()), temp);
    try (RecordedLog log = new RecordedLog(DataDirectory.class);
        ConfiguredDatabase database = ConfiguredDatabase.open(jdbc)) {
      database.migrate();
      assertEquals(List.of(), log.lines());
    }
    assertEquals("rwx------", permissions(temp.resolve("state")));
    assertEquals("rwx------", permissions(data));
    Path file = data.resolve("access-tokens.mv.db");
    assertEquals("rw-------", permissions(file));
    try (ConfiguredDatabase again = ConfiguredDatabase.open(jdbc)) {
      assertEquals(List.of(), again.pendingMigrations());
    }
    assertEquals("rw-------", permissions(file));
  }

  @Test
  void databaseThatMustExistIsNotCreated() {
    Path data = temp.resolve("state/data");
    Storage.Jdbc jdbc = storage(Map.of("accessTokens.dataDir", data.toString()), temp);
    StartupException refused =
        assertThrows(StartupException.class, () -> ConfiguredDatabase.openExisting(jdbc));
    assertEquals(
        List.of(
            "the database jdbc:h2:file:"
                + data.resolve("access-tokens")
                + " does not exist: start the server, or run migrate"),
        refused.lines());
    assertFalse(Files.exists(temp.resolve("state")), "the directory was created");
    try (ConfiguredDatabase created = ConfiguredDatabase.open(jdbc)) {
      created.migrate();
    }
    try (ConfiguredDatabase existing = ConfiguredDatabase.openExisting(jdbc)) {
      assertEquals(List.of(), existing.pendingMigrations());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:h2:%s/own", "jdbc:h2:file:%s/own;AUTO_SERVER=FALSE"})
  void fileOfAnExplicitUrlIsAccessibleToTheOwnerOnly(String url) throws IOException {
    Path data = temp.resolve("12:30?");
    Storage.Jdbc jdbc = storage(Map.of("accessTokens.database.url", url.formatted(data)), temp);
    ConfiguredDatabase.open(jdbc).close();
    assertEquals("rwx------", permissions(data));
    assertEquals("rw-------", permissions(data.resolve("own.mv.db")));
  }

  @Test
  void openDirectoryAndFileAreReported() throws IOException {
    Path data = Files.createDirectory(temp.resolve("data"));
    Storage.Jdbc jdbc = storage(Map.of(), temp);
    ConfiguredDatabase.open(jdbc).close();
    Path file = data.resolve("access-tokens.mv.db");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (RecordedLog log = new RecordedLog(DataDirectory.class)) {
      ConfiguredDatabase.open(jdbc).close();
      assertEquals(
          List.of(
              "WARNING other users of this machine have access to "
                  + file
                  + ": run chmod 600 on it",
              "WARNING other users of this machine have access to "
                  + data
                  + ": run chmod 700 on it"),
          log.lines());
    }
    assertEquals("rwxr-xr-x", permissions(data), "the operator's permissions are kept");
  }

  @Test
  void inMemoryDatabaseCreatesNoFile() throws IOException {
    ConfiguredDatabase.open(storage(Map.of("accessTokens.database.url", "jdbc:h2:mem:x"), temp))
        .close();
    try (var files = Files.list(temp)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void keyFileIsInANewDataDirectoryIfTheDatabaseIsElsewhere() throws IOException {
    String url = "jdbc:h2:" + temp.resolve("elsewhere/own");
    Configuration configuration =
        SettingsLoader.ofProcess(Map.of("accessTokens.database.url", url), temp).load();
    assertTrue(SigningKeySeal.of(configuration, new SecureRandom()).isPresent());
    assertEquals("rwx------", permissions(temp.resolve("data")));
    assertEquals("rw-------", permissions(temp.resolve("data/signing-keys.secret")));
  }

  @Test
  void keyFileOfAnotherProcessIsNotReplaced() throws IOException {
    Path data = Files.createDirectory(temp.resolve("data"));
    Path file = data.resolve("signing-keys.secret");
    String others = KeySeal.randomText(new SecureRandom());
    @SuppressWarnings("serial")
    SecureRandom duringTheirStart =
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            super.nextBytes(bytes);
            try {
              Files.writeString(file, others);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    Configuration configuration = SettingsLoader.ofProcess(Map.of(), temp).load();
    assertTrue(SigningKeySeal.of(configuration, duringTheirStart).isPresent());
    assertEquals(others, Files.readString(file));
    try (var files = Files.list(data)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lostDatabaseBesideTheKeyFileIsRefused(boolean isEmptyFile) throws IOException {
    Configuration configuration = SettingsLoader.ofProcess(Map.of(), temp).load();
    Storage.Jdbc jdbc = (Storage.Jdbc) configuration.storage();
    try (ConfiguredDatabase database = ConfiguredDatabase.open(jdbc)) {
      database.migrate();
    }
    assertTrue(SigningKeySeal.of(configuration, new SecureRandom()).isPresent());
    try (ConfiguredDatabase database = ConfiguredDatabase.open(jdbc)) {
      assertEquals(List.of(), database.migrate());
    }
    Path file = temp.resolve("data/access-tokens.mv.db");
    Files.delete(file);
    if (isEmptyFile) {
      Files.createFile(file);
    }
    for (int start = 0; start < 2; start++) { // the first start writes to the file
      try (ConfiguredDatabase database = ConfiguredDatabase.open(jdbc)) {
        StartupException refused = assertThrows(StartupException.class, database::migrate);
        assertTrue(
            refused.lines().get(0).startsWith("the database file " + file + " is new or empty"),
            refused::toString);
      }
    }
    Files.delete(temp.resolve("data/signing-keys.secret"));
    try (ConfiguredDatabase database = ConfiguredDatabase.open(jdbc)) {
      assertFalse(database.migrate().isEmpty());
    }
  }

  /** The link can lead to a volume that is not mounted yet. */
  @Test
  void linkInPlaceOfTheKeyFileIsFollowed() throws IOException {
    String url = "jdbc:h2:" + temp.resolve("elsewhere/own");
    Configuration configuration =
        SettingsLoader.ofProcess(Map.of("accessTokens.database.url", url), temp).load();
    Path link = Files.createDirectory(temp.resolve("data")).resolve("signing-keys.secret");
    Path target = temp.resolve("target");
    Files.createSymbolicLink(link, target);
    StartupException missing =
        assertThrows(
            StartupException.class, () -> SigningKeySeal.of(configuration, new SecureRandom()));
    assertEquals(
        "the file " + link + " cannot be read or written: No such file or directory",
        missing.getMessage());
    assertTrue(Files.isSymbolicLink(link), "the link was replaced");

    Files.writeString(target, KeySeal.randomText(new SecureRandom()));
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
    try (RecordedLog log = new RecordedLog(SigningKeySeal.class)) {
      assertTrue(SigningKeySeal.of(configuration, new SecureRandom()).isPresent());
      assertEquals(List.of(), log.lines());
    }
  }

  @Test
  void damagedKeyFileIsReportedWithTheRemedy() throws Exception {
    Configuration configuration = SettingsLoader.ofProcess(Map.of(), temp).load();
    Path file = Files.createDirectory(temp.resolve("data")).resolve("signing-keys.secret");
    for (byte[] content : new byte[][] {{}, {'A', 'A'}, {(byte) 0xff, 0, 'A'}}) {
      Files.write(file, content);
      StartupException refused =
          assertThrows(
              StartupException.class, () -> SigningKeySeal.of(configuration, new SecureRandom()));
      assertEquals(
          "the file "
              + file
              + " must contain base64 of 32 bytes; restore it from a backup, or remove it and run"
              + " rotate-keys --withdraw",
          refused.getMessage());
    }
  }

  @Test
  void pipeInPlaceOfTheKeyFileIsRefused() throws Exception {
    Configuration configuration = SettingsLoader.ofProcess(Map.of(), temp).load();
    Path pipe = Files.createDirectory(temp.resolve("data")).resolve("signing-keys.secret");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(), "mkfifo");
    StartupException refused =
        assertTimeoutPreemptively(
            Duration.ofMinutes(1),
            () ->
                assertThrows(
                    StartupException.class,
                    () -> SigningKeySeal.of(configuration, new SecureRandom())));
    assertEquals("the file " + pipe + " is not a regular file", refused.getMessage());
  }

  @Test
  void inMemoryDatabaseNeedsNoKeyFile() throws IOException {
    Configuration configuration =
        SettingsLoader.ofProcess(Map.of("accessTokens.database.url", "jdbc:h2:mem:x"), temp).load();
    assertTrue(SigningKeySeal.of(configuration, new SecureRandom()).isPresent());
    try (var files = Files.list(temp)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void fileInPlaceOfTheDirectoryIsReported() throws IOException {
    Files.createFile(temp.resolve("data"));
    StartupException refused =
        assertThrows(
            StartupException.class, () -> ConfiguredDatabase.open(storage(Map.of(), temp)));
    assertEquals(
        List.of("the data directory " + temp.resolve("data") + " cannot be created: File exists"),
        refused.lines());
  }
}
