package io.accesstokens.file;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Describes to operators why a file cannot be read or written. */
public final class FileErrors {

  /** The reason why directories, pipes and devices are not read. */
  static final String NOT_REGULAR = "is not a regular file";

  private FileErrors() {}

  /**
   * Returns the reason why a file cannot be read, as {@link #reasonOf(IOException)} does. Returns
   * empty if the file can be opened. A file that is not a regular file, such as a directory or a
   * pipe, is not opened, because a pipe would block the thread.
   */
  public static Optional<String> reasonOf(Path file) {
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
        return Optional.of(NOT_REGULAR);
      }
      Files.newInputStream(file).close();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(reasonOf(e));
    }
  }

  /**
   * Returns the reason of a failed read, as a predicate such as "does not exist". The reason
   * contains neither the path nor the content of the file.
   *
   * @param e an exception that the JDK has thrown
   */
  public static String reasonOf(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "does not exist";
    }
    if (e instanceof AccessDeniedException) {
      return "is not readable for the user of this process";
    }
    if (e instanceof CharacterCodingException) {
      return "is not UTF-8";
    }
    return "cannot be read (" + systemReason(e) + ')';
  }

  /**
   * Returns the reason of a failed read or write as the operating system names it, such as "No
   * space left on device". The reason contains neither the path nor the content of the file.
   *
   * @param e an exception that the JDK has thrown
   */
  public static String systemReason(IOException e) {
    // The JDK omits the reason in exceptions of these classes.
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    if (e instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "File exists";
    }
    String reason = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }
}
