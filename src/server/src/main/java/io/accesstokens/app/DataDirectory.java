package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.file.FileErrors;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Creates and checks the data directory and the file of the embedded database. */
public final class DataDirectory {

  private static final Logger LOG = System.getLogger(DataDirectory.class.getName());

  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");

  private DataDirectory() {}

  /**
   * Creates the directory (mode 0700) and the file (mode 0600) of an embedded database if they do
   * not exist. Logs a warning if other users of the machine have access to an existing directory or
   * file. Does nothing for other databases.
   *
   * <p>This method creates an empty file, because H2 would create a file that other users can read.
   * H2 treats an empty file as a new database.
   *
   * @throws StartupException if the directory or the file cannot be created or written
   */
  static void prepare(Storage.Jdbc jdbc) {
    Optional<Path> database = jdbc.file();
    if (database.isEmpty()) {
      return;
    }
    Path file = database.get().toAbsolutePath();
    Path directory = file.resolveSibling("").normalize();
    create(directory);
    if (!Files.isWritable(directory)) {
      throw new StartupException("the data directory " + directory + " is not writable");
    }
    try {
      Files.createFile(file, ownerOnly(file, OWNER_FILE));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isWritable(file)) {
        throw new StartupException("the database file " + file + " is not writable");
      }
      warnIfOpen(file, "600");
    } catch (IOException e) {
      throw new StartupException(
          "the database file " + file + " cannot be created: " + FileErrors.systemReason(e));
    }
    warnIfOpen(directory, "700");
  }

  /**
   * Creates a directory (mode 0700) if it does not exist.
   *
   * @throws StartupException if the directory cannot be created
   */
  static void create(Path directory) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory, ownerOnly(directory, OWNER_DIRECTORY));
      }
    } catch (IOException e) {
      throw new StartupException(
          "the data directory " + directory + " cannot be created: " + FileErrors.systemReason(e));
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path path, Set<PosixFilePermission> permissions) {
    return isPosix(path)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  /**
   * Logs a warning if users other than the owner have access to a file or directory. Does not throw
   * an exception, because a container engine can set these permissions when it mounts a volume.
   */
  private static void warnIfOpen(Path path, String mode) {
    if (!isPosix(path)) {
      return;
    }
    try {
      Set<PosixFilePermission> open = EnumSet.noneOf(PosixFilePermission.class);
      open.addAll(Files.getPosixFilePermissions(path));
      open.removeAll(OWNER_DIRECTORY);
      if (!open.isEmpty()) {
        LOG.log(
            Level.WARNING,
            "other users of this machine have access to {0}: run chmod {1} on it",
            path,
            mode);
      }
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "the permissions of {0} cannot be read: {1}",
          path,
          FileErrors.systemReason(e));
    }
  }

  /**
   * Writes the names in a directory to the disk. Does nothing on systems without POSIX attributes,
   * because these systems cannot open a directory as a file.
   */
  public static void sync(Path directory) throws IOException {
    if (isPosix(directory)) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Returns one line for the operator with the location of the data. */
  public static String dataLocation(Configuration configuration) {
    Storage storage = configuration.storage();
    if (storage instanceof Storage.Memory) {
      return "Data: in memory, lost when this process ends";
    }
    return storage instanceof Storage.ContainerDataSource container
        ? "Data: the container's DataSource " + container.jndiName()
        : "Data: " + storage;
  }
}
