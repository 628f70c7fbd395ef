package io.accesstokens.app.settings.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RecordedLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {

  private static final String SETTING = "accessTokens.database.passwordFile";

  @TempDir Path directory;

  private SecretFile open(String name) {
    return new SecretFile(SETTING, directory, Path.of(name));
  }

  @Test
  void oneLineBreakAtTheEndIsNotPartOfTheSecret() throws Exception {
    Files.writeString(directory.resolve("unix"), " pass word \n");
    Files.writeString(directory.resolve("windows"), "ä\r\n");
    Files.writeString(directory.resolve("none"), "x".repeat(SecretFile.MAX_BYTES));
    assertEquals(" pass word ", open("unix").text());
    assertEquals("ä", open("windows").text());
    assertEquals(SecretFile.MAX_BYTES, open("none").text().length());
  }

  @Test
  void changedFileCountsAtTheNextUse() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "old\n");
    Secret secret = Secret.of(open("password"));
    assertEquals("old", secret.reveal());
    Files.writeString(file, "new\n");
    assertEquals("new", secret.reveal());
    assertEquals("[secret]", secret.toString());
  }

  /**
   * In a Kubernetes volume, each file is a link to a path below the link {@code ..data}. Kubernetes
   * replaces the link {@code ..data} when the secret changes.
   */
  @Test
  void replacedLinkOfKubernetesCounts() throws Exception {
    Path first = Files.createDirectory(directory.resolve("..1"));
    Path second = Files.createDirectory(directory.resolve("..2"));
    Files.writeString(first.resolve("password"), "old");
    Files.writeString(second.resolve("password"), "new");
    Path data = directory.resolve("..data");
    Files.createSymbolicLink(data, first.getFileName());
    Files.createSymbolicLink(directory.resolve("password"), Path.of("..data/password"));
    SecretFile file = open("password");
    assertEquals("old", file.text());
    Path next = Files.createSymbolicLink(directory.resolve("..tmp"), second.getFileName());
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
    assertEquals("new", file.text());
  }

  @Test
  void unusableChangeKeepsTheLastSecretAndIsLoggedOnce() throws Exception {
    Path path = Files.writeString(directory.resolve("password"), "hunter2");
    SecretFile file = open("password");
    try (RecordedLog log = new RecordedLog(SecretFile.class)) {
      Files.writeString(path, "two\nhunter3");
      assertEquals("hunter2", file.text());
      assertEquals("hunter2", file.text());
      assertEquals(1, log.lines().size(), log.lines().toString());
      assertFalse(file.isUsable(), "two lines are usable");
      Files.delete(path);
      assertEquals("hunter2", file.text());
      assertEquals(2, log.lines().size(), log.lines().toString());
      assertFalse(log.lines().toString().contains("hunter"), log.lines().toString());
      assertTrue(log.lines().get(1).contains(SETTING), log.lines().get(1));
      assertTrue(log.lines().get(1).contains(path + " does not exist"), log.lines().get(1));
      Files.writeString(path, "hunter4");
      assertTrue(file.isUsable(), "the repaired file is not usable");
      assertEquals("hunter4", file.text());
      assertEquals(3, log.lines().size(), log.lines().toString());
      assertTrue(log.lines().get(2).contains("recovered: "), log.lines().get(2));
    }
  }

  @Test
  void directoryIsRefused() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> open("."));
    assertTrue(
        String.valueOf(refused.getMessage()).endsWith("is not a regular file"), refused::toString);
  }

  @Test
  void loopOfSymbolicLinksIsRefused() throws Exception {
    Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> open("loop"));
    assertTrue(String.valueOf(refused.getMessage()).contains("symbolic link"), refused::toString);
  }
}
