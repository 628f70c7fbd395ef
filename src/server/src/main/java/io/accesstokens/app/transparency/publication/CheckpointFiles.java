package io.accesstokens.app.transparency.publication;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.VerifierKey;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory with one file for each published checkpoint, such as {@code checkpoint-000000001234}.
 * A complete file is never replaced, changed or deleted. Therefore, the directory can be on a file
 * system that allows only new files. Several processes can share the directory. After a failed
 * write, the incomplete file is deleted. The incomplete file stays if the process is killed, or if
 * the file system does not allow the deletion.
 */
final class CheckpointFiles {

  private static final Pattern NAME = Pattern.compile("checkpoint-\\d{12}");
  private static final Logger LOG = System.getLogger(CheckpointFiles.class.getPackageName());

  private final Path directory;

  CheckpointFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * Writes a checkpoint, unless there is a file for its size.
   *
   * @throws PublicationException if the file cannot be written, or if the existing file does not
   *     contain this checkpoint
   */
  void publish(SignedNote note) throws PublicationException {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    Path file = directory.resolve(nameOf(checkpoint));
    try {
      Files.createDirectories(directory);
      write(file, note);
    } catch (IOException e) {
      throw new PublicationException("the checkpoint cannot be written to " + file + ": " + e, e);
    }
  }

  private static String nameOf(Checkpoint checkpoint) {
    return String.format(Locale.ROOT, "checkpoint-%012d", checkpoint.size());
  }

  private static void write(Path file, SignedNote note) throws IOException, PublicationException {
    FileChannel created;
    try {
      created = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      requireSame(file, note);
      return;
    }
    try (created) {
      ByteBuffer bytes = ByteBuffer.wrap(note.bytes());
      while (bytes.hasRemaining()) {
        created.write(bytes);
      }
      // Otherwise, the file could be empty after a power failure, and would never be replaced.
      created.force(true);
    } catch (IOException e) { // for example, the disk is full
      try {
        Files.delete(file);
      } catch (IOException notDeleted) {
        e.addSuppressed(notDeleted);
      }
      throw e;
    }
  }

  private static void requireSame(Path file, SignedNote note)
      throws IOException, PublicationException {
    if (!canBeCheckpoint(file)) {
      throw new PublicationException(file + " is not a checkpoint", null);
    }
    String text;
    try {
      text = SignedNote.parse(Files.readAllBytes(file)).text();
    } catch (LogFormatException e) {
      throw new PublicationException(file + " is not a checkpoint", e);
    }
    if (!text.equals(note.text())) {
      throw new PublicationException(
          file
              + " has another checkpoint of the same size: the log was forked, or the database was"
              + " restored from a backup",
          null);
    }
  }

  /**
   * Returns the largest checkpoint in the directory; empty if there is no checkpoint, or if the
   * directory does not exist. Skips a file if it contains no checkpoint, or if its name contains
   * another size than its checkpoint. Skips a checkpoint with a wrong signature of one of the keys.
   *
   * <p>A checkpoint that none of the keys has signed is not skipped. After a restore of the
   * database from a backup, the log can have earlier keys. If the database has lost the log, a new
   * log has other keys and can have another name. In both cases, the caller must not extend the
   * log.
   *
   * @param keys the keys of the log
   * @throws IOException if the directory cannot be read
   */
  Optional<Checkpoint> largest(List<VerifierKey> keys) throws IOException {
    // If it is not known whether the directory exists, the list below throws an exception.
    if (Files.notExists(directory)) {
      return Optional.empty();
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files =
          all.filter(file -> NAME.matcher(file.getFileName().toString()).matches())
              .sorted(Comparator.reverseOrder())
              .toList();
    }
    for (Path file : files) {
      if (canBeCheckpoint(file)) {
        try {
          return Optional.of(checkpoint(file, keys));
        } catch (LogFormatException e) {
          LOG.log(Level.WARNING, "{0} is not used as a checkpoint: {1}", file, e.getMessage());
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Returns true if a file is a regular file and not too large. A pipe would block the thread
   * forever.
   *
   * @throws IOException if the type cannot be read. Such a file must not count as absent.
   */
  private static boolean canBeCheckpoint(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return attributes.isRegularFile() && attributes.size() <= SignedNote.MAX_BYTES;
  }

  private static Checkpoint checkpoint(Path file, List<VerifierKey> keys) throws IOException {
    SignedNote note = SignedNote.parse(Files.readAllBytes(file));
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    if (!nameOf(checkpoint).equals(file.getFileName().toString())) {
      throw new LogFormatException("it has the size " + checkpoint.size());
    }
    if (note.verify(keys).isEmpty()) { // throws an exception if a signature of a key is wrong
      LOG.log(
          Level.WARNING,
          "no key in the database has signed {0}: the key was replaced, or the database was restored"
              + " from a backup",
          file);
    }
    return checkpoint;
  }

  /** Returns the text of a checkpoint as a signed note. */
  static SignedNote parse(String note) {
    return SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
  }
}
