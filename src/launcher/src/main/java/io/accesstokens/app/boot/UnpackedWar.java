package io.accesstokens.app.boot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The WAR's files in a temporary directory, which exists as long as this process. */
final class UnpackedWar implements AutoCloseable {

  private static final String NAME_PREFIX = "access-tokens-war-";
  private static final String LOCK_FILE = "lock";
  private static final Duration UNLOCKED_GRACE = Duration.ofMinutes(10);
  private static final long TOUCH_MILLIS = Duration.ofHours(12).toMillis();

  private final Path directory;
  private final FileChannel lock;
  private final Thread removal;
  private volatile AutoCloseable beforeRemoval = () -> {};

  private UnpackedWar(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
    this.removal = new Thread(this::remove, "access-tokens-exit");
  }

  static UnpackedWar of(Path war) throws IOException {
    Path directory = Files.createTempDirectory(NAME_PREFIX);
    removeAbandoned(directory);
    FileChannel lock =
        FileChannel.open(
            directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    lock.lock();
    UnpackedWar unpacked = new UnpackedWar(directory, lock);
    Runtime.getRuntime().addShutdownHook(unpacked.removal);
    unpack(war, unpacked.root());
    unpacked.keepFresh();
    return unpacked;
  }

  /** Returns the directory with the contents of the WAR's root. */
  Path root() {
    return directory.resolve("root");
  }

  /** Sets an object that is closed at exit, before the files are removed. */
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
          throw new IOException("the archive holds a path outside itself");
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
   * Touches the files every twelve hours. Systems remove unused files from their temporary
   * directory after some days, and a server runs for longer.
   */
  private void keepFresh() {
    Thread touch =
        new Thread(
            () -> {
              try {
                while (true) {
                  Thread.sleep(TOUCH_MILLIS);
                  FileTime now = FileTime.from(Instant.now());
                  try (Stream<Path> files = Files.walk(directory)) {
                    for (Path file : (Iterable<Path>) files::iterator) {
                      Files.setLastModifiedTime(file, now);
                    }
                  }
                }
              } catch (InterruptedException | IOException | UncheckedIOException e) {
                // The directory is being removed, so touching it is no longer necessary.
              }
            },
            "access-tokens-files");
    touch.setDaemon(true);
    touch.start();
  }

  /**
   * Removes the directories of killed processes. The temporary directory can be shared, so only
   * directories of this process's user are considered: see {@link OwnedDirectory}.
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
      // Another user owns it, or it was already removed. The next start tries again.
    }
  }

  private static boolean isAbandoned(OwnedDirectory directory) throws IOException {
    try (FileChannel channel = directory.openFile(LOCK_FILE);
        FileLock free = channel.tryLock()) {
      return free != null;
    } catch (NoSuchFileException e) {
      // Another process may be about to create its lock.
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
    try (Stream<Path> files = Files.walk(directory)) { // Only this user can write into it.
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // The next start tries again.
    }
  }

  /** Does nothing. The files are removed at exit, after the last class was loaded from them. */
  @Override
  public void close() {}
}
