package io.accesstokens.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.file.WatchedFile.ParsedContent;
import io.accesstokens.testing.RecordedLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path directory;
  private Path path;
  private Instant now = START;
  private boolean lacksMemory;
  private final AtomicInteger readings = new AtomicInteger();
  private final RecordedLog log = new RecordedLog(WatchedFile.class);

  @BeforeEach
  void file() throws IOException {
    path = directory.resolve("some.yaml");
    write("one", START.minusSeconds(60));
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  private void write(String text, Instant modifiedAt) throws IOException {
    Files.writeString(path, text);
    Files.setLastModifiedTime(path, FileTime.from(modifiedAt));
  }

  private WatchedFile<String> open() {
    return WatchedFile.at(path, () -> now, this::read);
  }

  private ParsedContent<String> read(String text) {
    readings.incrementAndGet();
    if (lacksMemory) {
      throw new OutOfMemoryError("Java heap space");
    }
    if (text.contains("bad")) {
      throw new MalformedFileException(List.of("line 1: is bad", "line 2: is worse"));
    }
    return new ParsedContent<>(text, text.contains("odd") ? List.of("line 1: is odd") : List.of());
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void changeIsReadOnceWithinASecond() throws IOException {
    WatchedFile<String> file = open();
    assertEquals("one", file.get());
    write("two", START);
    pass(Duration.ofMillis(900));
    assertEquals("one", file.get());
    pass(Duration.ofMillis(100));
    assertEquals("two", file.get());
    pass(Duration.ofSeconds(10));
    assertEquals("two", file.get());
    pass(Duration.ofSeconds(10));
    assertEquals("two", file.get());
    assertEquals(2, readings.get());
    assertEquals(List.of("INFO reloaded " + path), log.lines());
  }

  @Test
  void fileIsReadOnlyAfterWritingHasStopped() throws IOException {
    WatchedFile<String> file = open();
    pass(Duration.ofSeconds(1));
    write("half", now.minusMillis(100));
    assertEquals("one", file.get());
    write("whole", now.plusMillis(50));
    pass(Duration.ofSeconds(1));
    assertEquals("whole", file.get());
  }

  @Test
  void twoChangesWithTheSameTimestampAreBothRead() throws IOException {
    WatchedFile<String> file = open();
    pass(Duration.ofSeconds(1));
    Instant tick = now.minusMillis(500);
    write("two", tick);
    assertEquals("two", file.get());
    write("six", tick);
    pass(Duration.ofSeconds(1));
    assertEquals("six", file.get());
  }

  @Test
  void invalidContentKeepsTheLastValidContentAndIsLoggedOnce() throws IOException {
    WatchedFile<String> file = open();
    write("bad", START);
    for (int i = 0; i < 5; i++) {
      pass(Duration.ofSeconds(1));
      assertEquals("one", file.get());
    }
    assertEquals(1, log.lines().size(), log.lines().toString());
    String line = log.lines().get(0);
    assertEquals(
        "SEVERE "
            + path
            + " cannot be used, so its last valid content stays in use: line 1: is bad; line 2: is"
            + " worse",
        line);
    assertFalse(file.isUsable(), "an invalid file is usable");

    write("one", now);
    pass(Duration.ofSeconds(1));
    assertTrue(file.isUsable(), "a repaired file is not usable");
    assertEquals("one", file.get());
    assertEquals("INFO recovered: reloaded " + path, log.lines().get(1));
  }

  @Test
  void changeIsReadAgainAfterALackOfMemory() throws IOException {
    WatchedFile<String> file = open();
    pass(Duration.ofSeconds(10));
    write("two", now.minusSeconds(5));
    lacksMemory = true;
    assertEquals("one", file.get());
    assertFalse(file.isUsable());
    lacksMemory = false;
    pass(Duration.ofSeconds(1));
    assertEquals("two", file.get());
    assertTrue(file.isUsable());
    assertEquals(
        List.of(
            "SEVERE "
                + path
                + " cannot be used, so its last valid content stays in use: cannot be read"
                + " (OutOfMemoryError)",
            "INFO recovered: reloaded " + path),
        log.lines());
  }

  @Test
  void deletedFileKeepsTheLastValidContent() throws IOException {
    WatchedFile<String> file = open();
    Path aside = directory.resolve("aside");
    Files.move(path, aside);
    for (int i = 0; i < 3; i++) {
      pass(Duration.ofSeconds(1));
      assertEquals("one", file.get());
    }
    assertEquals(1, log.lines().size());
    assertTrue(log.lines().get(0).endsWith(" in use: does not exist"), log.lines().get(0));
    Files.move(aside, path);
    pass(Duration.ofSeconds(1));
    assertEquals("one", file.get());
    assertEquals(2, log.lines().size());
  }

  @Test
  void replacedFileOfTheSameSizeAndTimeIsRead() throws IOException {
    WatchedFile<String> file = open();
    Path other = directory.resolve("other");
    Files.writeString(other, "two");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(path));
    Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
    pass(Duration.ofSeconds(1));
    assertEquals("two", file.get());
  }

  @Test
  void changedSymbolicLinkIsFollowed() throws IOException {
    Path second = directory.resolve("second");
    Files.writeString(second, "two");
    Path link = directory.resolve("link");
    Files.createSymbolicLink(link, path);
    WatchedFile<String> file = WatchedFile.at(link, () -> now, this::read);
    Files.delete(link);
    Files.createSymbolicLink(link, second);
    pass(Duration.ofSeconds(1));
    assertEquals("two", file.get());
  }

  @Test
  void clockSetBackDoesNotStopReading() throws IOException {
    WatchedFile<String> file = open();
    now = START.minus(Duration.ofDays(1));
    write("two", now.minusSeconds(5));
    assertEquals("two", file.get());
  }

  @Test
  void warningsAreLoggedWhenTheFileIsRead() throws IOException {
    write("odd", START.minusSeconds(60));
    open();
    assertEquals(List.of("WARNING " + path + ": line 1: is odd"), log.lines());
  }

  @Test
  void invalidFileFailsTheFirstRead() throws IOException {
    write("bad", START);
    MalformedFileException bad = assertThrows(MalformedFileException.class, this::open);
    assertEquals(List.of(path + ": line 1: is bad", path + ": line 2: is worse"), bad.problems());
    Files.write(path, new byte[] {'a', '\n', (byte) 0xff});
    MalformedFileException latin = assertThrows(MalformedFileException.class, this::open);
    assertEquals(path + ": line 2: is not UTF-8", latin.getMessage());
    Files.delete(path);
    MalformedFileException gone = assertThrows(MalformedFileException.class, this::open);
    assertEquals(path + ": does not exist", gone.getMessage());
    Files.createDirectory(path);
    MalformedFileException folder = assertThrows(MalformedFileException.class, this::open);
    assertEquals(path + ": is not a regular file", folder.getMessage());
    Files.delete(path);
    Files.createSymbolicLink(path, path);
    MalformedFileException loop = assertThrows(MalformedFileException.class, this::open);
    assertTrue(loop.problems().get(0).contains("symbolic link"), loop::toString);
    assertThrows(
        MalformedFileException.class,
        () -> WatchedFile.ofResource(getClass().getClassLoader(), "no/such", this::read));
  }

  @Test
  void byteOrderMarkIsRemoved() throws IOException {
    Files.write(path, "\uFEFFone".getBytes(StandardCharsets.UTF_8));
    assertEquals("one", open().get());
  }

  @Test
  void tooLargeFileIsRefused() throws IOException {
    Files.write(path, new byte[WatchedFile.MAX_BYTES + 1]);
    assertThrows(MalformedFileException.class, this::open);
  }
}
