package io.accesstokens.app.stream;

import io.accesstokens.transparency.stream.StreamBatch;
import io.accesstokens.transparency.stream.StreamException;
import io.accesstokens.transparency.stream.StreamFormat;
import io.accesstokens.transparency.stream.StreamSender;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Appends events to a file, one on each line. Opens the file by its name for each batch, so that
 * another program can rename the file. A batch is accepted when it is on the storage device.
 */
final class FileStreamSender implements StreamSender {

  private static final byte LINE_FEED = '\n';

  private final Path file;
  private final StreamFormat format;

  FileStreamSender(Path file, StreamFormat format) {
    this.file = file;
    this.format = format;
  }

  @Override
  public void send(StreamBatch batch) throws StreamException {
    try {
      create();
      // A pipe would block the thread of this stream until another process opens the pipe.
      if (!Files.isRegularFile(file)) {
        throw new StreamException("the file cannot be written: its path is not a regular file");
      }
      StringBuilder lines = new StringBuilder(endsInLine() ? "" : "\n");
      batch.entries().forEach(item -> lines.append(format.text(item)).append('\n'));
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
    } catch (IOException e) {
      // The message of the exception contains only the path, which is in the settings.
      throw new StreamException("the file cannot be written: " + e);
    }
  }

  /**
   * Creates the file if it does not exist. On a POSIX file system, only the user of this process
   * can read the new file.
   */
  private void create() throws IOException {
    FileAttribute<?>[] attributes =
        file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      Files.newByteChannel(
              file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)
          .close();
    } catch (FileAlreadyExistsException e) {
      // the usual case
    }
  }

  /**
   * Returns true if the file is empty, or if its last line is complete. A crash or a full disk can
   * cut the last line.
   */
  private boolean endsInLine() throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      if (channel.size() == 0) {
        return true;
      }
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.position(channel.size() - 1).read(last);
      return last.get(0) == LINE_FEED;
    }
  }

  @Override
  public void close() {
    // no file is open between two batches
  }
}
