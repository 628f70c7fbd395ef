package io.accesstokens.app.boot;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Set;

/**
 * A directory with one owner, in a parent directory that many users can write to.
 *
 * <p>All operations are relative to open directories and do not follow symbolic links. Therefore
 * another user cannot redirect a deletion by replacing a file or directory with a symbolic link.
 *
 * <p>This class needs a file system that supports {@link SecureDirectoryStream}, for example on
 * Linux. On other systems, the program does not remove the files of killed processes.
 */
final class OwnedDirectory implements Closeable {

  private static final LinkOption NO_LINKS = LinkOption.NOFOLLOW_LINKS;

  private final SecureDirectoryStream<Path> parent;
  private final Path name;
  private final SecureDirectoryStream<Path> content;

  private OwnedDirectory(
      SecureDirectoryStream<Path> parent, Path name, SecureDirectoryStream<Path> content) {
    this.parent = parent;
    this.name = name;
    this.content = content;
  }

  /**
   * Opens a directory.
   *
   * @throws AccessDeniedException if another user owns the directory
   * @throws IOException if the path is not a directory, or if the file system does not support
   *     {@link SecureDirectoryStream}
   */
  @SuppressWarnings("StreamResourceLeak") // The returned object closes the stream.
  static OwnedDirectory open(Path directory, UserPrincipal owner) throws IOException {
    SecureDirectoryStream<Path> parent = secure(Files.newDirectoryStream(parentOf(directory)));
    try {
      Path name = directory.getFileName();
      SecureDirectoryStream<Path> content = parent.newDirectoryStream(name, NO_LINKS);
      if (attributes(content).owner().equals(owner)) {
        return new OwnedDirectory(parent, name, content);
      }
      content.close();
      throw new AccessDeniedException(directory.toString());
    } catch (IOException | RuntimeException e) {
      parent.close();
      throw e;
    }
  }

  private static Path parentOf(Path directory) {
    return directory.toAbsolutePath().resolveSibling("");
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream)
      throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new IOException("the file system has no secure directory streams");
  }

  private static PosixFileAttributes attributes(SecureDirectoryStream<Path> directory)
      throws IOException {
    return directory.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
  }

  Instant lastModified() throws IOException {
    return attributes(content).lastModifiedTime().toInstant();
  }

  /**
   * Opens a file in this directory for writing.
   *
   * @throws java.nio.file.NoSuchFileException if the file does not exist
   */
  FileChannel openFile(String file) throws IOException {
    return (FileChannel)
        content.newByteChannel(Path.of(file), Set.of(StandardOpenOption.WRITE, NO_LINKS));
  }

  /** Deletes this directory and its contents. */
  void delete() throws IOException {
    deleteContent(content);
    parent.deleteDirectory(name);
  }

  private static void deleteContent(SecureDirectoryStream<Path> directory) throws IOException {
    for (Path entry : directory) {
      Path name = entry.getFileName();
      boolean isDirectory =
          directory
              .getFileAttributeView(name, BasicFileAttributeView.class, NO_LINKS)
              .readAttributes()
              .isDirectory();
      if (isDirectory) {
        try (SecureDirectoryStream<Path> inner = directory.newDirectoryStream(name, NO_LINKS)) {
          deleteContent(inner);
        }
        directory.deleteDirectory(name);
      } else {
        directory.deleteFile(name);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (parent) {
      content.close();
    }
  }
}
