package io.accesstokens.app.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.transparency.stream.StreamException;
import io.accesstokens.transparency.stream.StreamFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FileStreamSenderTest {

  @TempDir Path directory;

  private static List<String> texts(long... indexes) {
    return Arrays.stream(indexes).mapToObj(i -> Batches.item(i).text()).toList();
  }

  @Test
  void linesAreAppendedToTheFileWithTheName() throws Exception {
    Path file = directory.resolve("audit.ndjson");
    try (FileStreamSender stream = new FileStreamSender(file, StreamFormat.JSON)) {
      stream.send(Batches.of(0, 2));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      Path rotated = Files.move(file, directory.resolve("audit.ndjson.1"));
      stream.send(Batches.of(2, 1));
      stream.send(Batches.of(3, 1));
      assertEquals(texts(0, 1), Files.readAllLines(rotated));
      assertEquals(texts(2, 3), Files.readAllLines(file));
    }
  }

  @Test
  void lineThatWasCutIsEnded() throws Exception {
    Path file = directory.resolve("audit.ndjson");
    Files.writeString(file, "{\"cut");
    try (FileStreamSender stream = new FileStreamSender(file, StreamFormat.JSON)) {
      stream.send(Batches.of(7, 1));
    }
    assertEquals(List.of("{\"cut", Batches.item(7).text()), Files.readAllLines(file));
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void pipeInsteadOfTheFileIsReported() throws Exception {
    Path file = directory.resolve("audit.ndjson");
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor(), "mkfifo");
    try (FileStreamSender stream = new FileStreamSender(file, StreamFormat.JSON)) {
      StreamException failed =
          assertThrows(StreamException.class, () -> stream.send(Batches.of(0, 1)));
      assertEquals(
          "the file cannot be written: its path is not a regular file", failed.getMessage());
      Files.delete(file);
      stream.send(Batches.of(0, 1));
    }
    assertEquals(texts(0), Files.readAllLines(file));
  }

  @Test
  void missingFolderIsReported() throws IOException {
    FileStreamSender stream =
        new FileStreamSender(directory.resolve("missing").resolve("file"), StreamFormat.OCSF);
    StreamException failed =
        assertThrows(StreamException.class, () -> stream.send(Batches.of(0, 1)));
    assertTrue(
        String.valueOf(failed.getMessage()).startsWith("the file cannot be written: "),
        failed::toString);
  }
}
