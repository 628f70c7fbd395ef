package io.accesstokens.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Describes to operators why a file cannot be read. */
public final class ReadErrors {

  private ReadErrors() {}

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
    // The operating system names the reason, such as a loop of symbolic links.
    String reason = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
    return "cannot be read (" + (reason == null ? e.getClass().getSimpleName() : reason) + ')';
  }
}
