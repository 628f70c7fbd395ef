package io.accesstokens.app.command.verify;

import io.accesstokens.app.DataDirectory;
import io.accesstokens.log.EntryBundle;
import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.Tile;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.store.log.LoggedRow;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Writes an archive of the transparency log (c2sp.org/tlog-tiles): the tiles up to an index, and
 * the bundles of the entries that this archive adds. All files are on the disk before the directory
 * gets its final name. On a POSIX file system, only the owner can read the directory, because
 * entries have personal data.
 */
final class ArchiveWriter {

  /**
   * Name of the file with the metadata that is in the audit log, but not in the entries of the
   * transparency log.
   */
  static final String METADATA = "metadata.ndjson";

  private final JdbcLogStore log;
  private final Progress progress;

  ArchiveWriter(JdbcLogStore log, Progress progress) {
    this.log = log;
    this.progress = progress;
  }

  /**
   * Writes the files to a new directory beside the target.
   *
   * @param first the index of the first entry in the archive
   * @param end the index after the last entry
   * @param notes the contents of the files with signed notes and keys, by file name
   * @return the new directory
   */
  Path write(Path target, long first, long end, Map<String, byte[]> notes) {
    Path absolute = target.toAbsolutePath().normalize();
    Path incomplete =
        absolute.resolveSibling(target.getFileName() + ".incomplete-" + UUID.randomUUID());
    progress.begin("writing the archive", end - first);
    try {
      createParents(absolute);
      createPrivate(incomplete);
      for (Map.Entry<String, byte[]> note : notes.entrySet()) {
        put(incomplete.resolve(note.getKey()), note.getValue());
      }
      for (int level = 0; end >> (8 * level) > 0; level++) {
        for (long index = 0; index * Tile.FULL_WIDTH < end >> (8 * level); index++) {
          Tile tile = Tile.of(level, index, end);
          byte[] hashes = log.tiles().read(tile);
          put(
              incomplete.resolve(tile.path()),
              Arrays.copyOf(hashes, tile.width() * MerkleHash.BYTES));
        }
      }
      writeEntries(incomplete, first, end);
      syncDirectories(incomplete);
      return incomplete;
    } catch (IOException e) {
      throw new UncheckedIOException("the archive " + incomplete + ": " + e, e);
    }
  }

  private void writeEntries(Path directory, long first, long end) throws IOException {
    try (FileChannel file =
            FileChannel.open(
                directory.resolve(METADATA),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE);
        OutputStream metadata = Channels.newOutputStream(file)) {
      for (long at = first; at < end; at += Tile.FULL_WIDTH) {
        List<byte[]> entries =
            log.entries(at, Tile.FULL_WIDTH).stream()
                .map(entry -> entry.getBytes(StandardCharsets.UTF_8))
                .toList();
        Tile tile = new Tile(Tile.ENTRIES, at / Tile.FULL_WIDTH, Tile.FULL_WIDTH);
        if (entries.size() != Tile.FULL_WIDTH) {
          throw new LogFormatException(tile.path() + " is not complete");
        }
        put(directory.resolve(tile.path()), EntryBundle.encode(entries));
        Map<Long, LoggedRow> rows = new HashMap<>();
        log.rows(at, at + Tile.FULL_WIDTH)
            .forEach(row -> Optional.ofNullable(row.logIndex()).ifPresent(i -> rows.put(i, row)));
        for (byte[] bytes : entries) {
          LogEntry entry = LogEntry.parse(bytes);
          LoggedRow row = rows.get(entry.logIndex());
          if (row != null && !row.event().metadata().equals(entry.metadata())) {
            metadata.write(line(row, entry.logIndex()));
          }
        }
        progress.accept(at + Tile.FULL_WIDTH - first);
      }
      file.force(true);
    }
  }

  /**
   * Returns one line of JSON with the metadata of a row. The entry of this row lacks a part of the
   * metadata, for example the text of a reason.
   */
  private static byte[] line(LoggedRow row, long index) {
    JsonObjectBuilder facts = Json.createObjectBuilder();
    row.event().metadata().forEach(facts::add);
    String json =
        Json.createObjectBuilder()
            .add("id", row.id())
            .add("logIndex", index)
            .add("metadata", facts)
            .build()
            .toString();
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Renames a completely written directory to its final name. */
  static void rename(Path incomplete, Path target) {
    try {
      Path absolute = target.toAbsolutePath().normalize();
      Files.move(incomplete, absolute, StandardCopyOption.ATOMIC_MOVE);
      DataDirectory.sync(absolute.resolveSibling("."));
    } catch (IOException e) {
      throw new UncheckedIOException("the archive " + target + ": " + e, e);
    }
  }

  /** Creates the missing parents of a path, and writes their names to the disk. */
  private static void createParents(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent != null && !Files.exists(parent)) {
      createParents(parent);
      Files.createDirectories(parent);
      DataDirectory.sync(parent.resolveSibling("."));
    }
  }

  private static void createPrivate(Path directory) throws IOException {
    if (isPosix(directory)) {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectory(directory);
    }
  }

  private static void put(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = Channels.newOutputStream(channel)) {
      out.write(content);
      channel.force(true);
    }
  }

  private static void syncDirectories(Path root) throws IOException {
    TreeSet<Path> directories = new TreeSet<>();
    try (var all = Files.walk(root)) {
      all.filter(Files::isDirectory).forEach(directories::add);
    }
    for (Path directory : directories.descendingSet()) {
      DataDirectory.sync(directory);
    }
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
