package io.accesstokens.app.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedDirectoryTest {

  @TempDir Path temp;
  private Path directory;
  private Path outside;

  @BeforeEach
  void createDirectories() throws IOException {
    directory = Files.createDirectories(temp.resolve("unpacked/root/lib")).resolve("../..");
    directory = directory.normalize();
    Files.writeString(directory.resolve("root/lib/a.jar"), "a");
    outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "kept");
  }

  private OwnedDirectory open(Path path) throws IOException {
    return OwnedDirectory.open(path, Files.getOwner(temp));
  }

  @Test
  void deleteRemovesAllContent() throws IOException {
    try (OwnedDirectory opened = open(directory)) {
      opened.delete();
    }
    assertFalse(Files.exists(directory), "the directory is still there");
  }

  @Test
  void linksInsideAreNotFollowed() throws IOException {
    Files.createSymbolicLink(directory.resolve("root/link"), outside);
    Files.createSymbolicLink(directory.resolve("lock"), outside.resolve("precious"));
    try (OwnedDirectory opened = open(directory)) {
      assertThrows(IOException.class, () -> opened.openFile("lock").close());
      opened.delete();
    }
    assertFalse(Files.exists(directory), "the directory is still there");
    assertEquals("kept", Files.readString(outside.resolve("precious")));
  }

  @Test
  void linkToADirectoryIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(temp.resolve("link"), outside);
    assertThrows(IOException.class, () -> open(link).close());
    assertTrue(Files.exists(outside.resolve("precious")), "the link was followed");
  }

  @Test
  void directoryOfAnotherUserIsRefused() throws IOException {
    UserPrincipal other =
        temp.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("daemon");
    assertThrows(AccessDeniedException.class, () -> OwnedDirectory.open(directory, other).close());
  }

  /**
   * Tests that only the opened directory is deleted, even if a link replaces the name of the
   * directory after it was opened.
   */
  @Test
  void replacingTheNameDoesNotRedirectTheDeletion() throws IOException {
    Path moved = temp.resolve("moved");
    try (OwnedDirectory opened = open(directory)) {
      Files.move(directory, moved);
      Files.createSymbolicLink(directory, outside);
      assertThrows(IOException.class, opened::delete);
    }
    assertEquals("kept", Files.readString(outside.resolve("precious")));
    assertFalse(Files.exists(moved.resolve("root")), "what was opened is still there");
  }

  @Test
  void missingFileIsReported() throws IOException {
    try (OwnedDirectory opened = open(directory)) {
      assertThrows(NoSuchFileException.class, () -> opened.openFile("lock").close());
    }
  }
}
