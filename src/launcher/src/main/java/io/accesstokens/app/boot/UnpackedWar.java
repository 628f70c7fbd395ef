package io.accesstokens.app.boot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The files of the WAR, and a temporary directory. The temporary directory contains the files of
 * the server. It also contains the files of the WAR, unless the WAR was already unpacked elsewhere.
 * The temporary directory is removed when the process ends.
 */
final class UnpackedWar implements AutoCloseable {

  private static final String NAME_PREFIX = "access-tokens-war-";
  private static final String LOCK_FILE = "lock";
  private static final Duration UNLOCKED_GRACE = Duration.ofMinutes(10);
  private static final long TOUCH_MILLIS = Duration.ofHours(12).toMillis();

  private final Path directory;
  private final Path root;
  private final FileChannel lock;
  private final Thread removal;
  private volatile AutoCloseable beforeRemoval = () -> {};

  private UnpackedWar(Path directory, Path root, FileChannel lock) {
    this.directory = directory;
    this.root = root;
    this.lock = lock;
    this.removal = new Thread(this::remove, "access-tokens-exit");
  }

  /** Unpacks a WAR into a temporary directory. */
  static UnpackedWar of(Path war) throws IOException {
    Path directory = Files.createTempDirectory(NAME_PREFIX);
    UnpackedWar unpacked = in(directory, directory.resolve("root"));
    unpack(war, unpacked.root);
    unpacked.keepFresh();
    return unpacked;
  }

  /**
   * Uses a WAR that is already unpacked.
   *
   * @param root the directory with the files of the WAR, which are only read and never removed
   */
  static UnpackedWar at(Path root) throws IOException {
    UnpackedWar unpacked = in(Files.createTempDirectory(NAME_PREFIX), root.toAbsolutePath());
    unpacked.keepFresh();
    return unpacked;
  }

  private static UnpackedWar in(Path directory, Path root) throws IOException {
    removeAbandoned(directory);
    // Other processes remove a directory whose lock file is not locked. Therefore the file gets its
    // name after it is locked.
    Path unnamed = directory.resolve("new-lock");
    FileChannel lock =
        FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    lock.lock();
    Files.move(unnamed, directory.resolve(LOCK_FILE), StandardCopyOption.ATOMIC_MOVE);
    UnpackedWar unpacked = new UnpackedWar(directory, root, lock);
    Runtime.getRuntime().addShutdownHook(unpacked.removal);
    return unpacked;
  }

  /** Returns the directory that contains the unpacked files of the WAR. */
  Path root() {
    return root;
  }

  /** Returns a directory for the files of the server. The directory does not exist yet. */
  Path work() {
    return directory.resolve("server");
  }

  /**
   * Registers an object to close when the process ends. The object is closed before the files are
   * removed.
   */
  void beforeRemoval(AutoCloseable closeable) {
    beforeRemoval = closeable;
  }

  private static void unpack(Path war, Path root) throws IOException {
    try (ZipFile zip = new ZipFile(war.toFile())) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        Path target = root.resolve(entry.getName()).normalize();
        if (!target.startsWith(root)) {
          throw new IOException("the WAR has an entry outside of its root: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.resolveSibling("."));
          try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, target);
          }
        }
      }
    }
  }

  /**
   * Starts a thread that updates the modification times of the files every twelve hours. Operating
   * systems remove files from the temporary directory if nothing has changed the files for some
   * days. A server can run for a longer time.
   */
  private void keepFresh() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  Thread.sleep(TOUCH_MILLIS);
                  touchIfPossible();
                }
              } catch (InterruptedException e) {
                // Nothing interrupts this thread.
              }
            },
            "access-tokens-files");
    thread.setDaemon(true);
    thread.start();
  }

  private void touchIfPossible() {
    try {
      touch();
    } catch (IOException | UncheckedIOException e) {
      // The disk is full, or the directory is being removed. The next update can succeed.
    }
  }

  /** Updates the modification times of all files. */
  void touch() throws IOException {
    // On Linux, setLastModifiedTime opens and closes the file, which releases all locks of this
    // process on the file. Therefore a write to the open file updates the time of the lock file.
    lock.write(ByteBuffer.allocate(1), 0);
    Path lockFile = directory.resolve(LOCK_FILE);
    FileTime now = FileTime.from(Instant.now());
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (!file.equals(lockFile)) {
          Files.setLastModifiedTime(file, now);
        }
      }
    }
  }

  /**
   * Removes the directories of killed processes. Several users can share the temporary directory.
   * Therefore this method removes only directories that the user of this process owns. See {@link
   * OwnedDirectory}.
   *
   * @param own the directory of this process, which is not removed
   */
  private static void removeAbandoned(Path own) throws IOException {
    Path temp = own.resolveSibling("");
    try (DirectoryStream<Path> candidates = Files.newDirectoryStream(temp, NAME_PREFIX + "*")) {
      for (Path candidate : candidates) {
        if (!candidate.getFileName().equals(own.getFileName())) {
          removeIfAbandoned(candidate, own);
        }
      }
    }
  }

  private static void removeIfAbandoned(Path candidate, Path own) {
    try (OwnedDirectory directory = OwnedDirectory.open(candidate, Files.getOwner(own))) {
      if (isAbandoned(directory)) {
        directory.delete();
      }
    } catch (IOException e) {
      // Another user owns the directory, or another process has removed it. The next start tries
      // again.
    }
  }

  private static boolean isAbandoned(OwnedDirectory directory) throws IOException {
    try (FileChannel channel = directory.openFile(LOCK_FILE);
        FileLock free = channel.tryLock()) {
      return free != null;
    } catch (NoSuchFileException e) {
      // Another process may be about to create its lock file.
      return directory.lastModified().isBefore(Instant.now().minus(UNLOCKED_GRACE));
    }
  }

  private void remove() {
    try {
      beforeRemoval.close();
    } catch (Exception e) {
      System.err.println("access-tokens did not stop cleanly: " + e);
    }
    try {
      lock.close();
    } catch (IOException e) {
      // The lock ends with the process in any case.
    }
    // Only the owner can write to the directory, so it contains no links of other users.
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // The next start tries again.
    }
  }

  /**
   * Does nothing. The process loads classes from the files until the process ends. A shutdown hook
   * then removes the files.
   */
  @Override
  public void close() {}
}
