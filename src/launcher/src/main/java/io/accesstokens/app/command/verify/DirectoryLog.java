package io.accesstokens.app.command.verify;

import io.accesstokens.file.FileErrors;
import io.accesstokens.log.EntryBundle;
import io.accesstokens.log.InclusionProof;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.Tile;
import io.accesstokens.log.TileReader;
import io.accesstokens.log.VerifierKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of a transparency log in a directory. If a partial tile is missing, reads the full
 * tile.
 */
final class DirectoryLog implements LogFiles {

  /**
   * Name of the file with the proof that the log records the earlier archive. The first archive
   * does not have this file.
   */
  static final String EARLIER_ARCHIVE = "earlier-archive";

  private final Path directory;
  private final @Nullable LogFiles rows;

  /**
   * Creates an instance that reads the files in a directory.
   *
   * @param rows compares the entries with the rows of a database, and is closed with the log; null
   *     without a database
   */
  DirectoryLog(Path directory, @Nullable LogFiles rows) {
    this.directory = directory;
    this.rows = rows;
  }

  @Override
  public EntryCheck rowCheck(LogVerifier verifier) {
    return rows == null ? EntryCheck.NONE : rows.rowCheck(verifier);
  }

  @Override
  public void close() {
    if (rows != null) {
      rows.close();
    }
  }

  @Override
  public byte[] checkpoint() {
    return content(directory.resolve("checkpoint"), MAX_NOTE_BYTES);
  }

  @Override
  public List<byte[]> cosignedCheckpoints(List<VerifierKey> witnesses) {
    List<byte[]> notes = new ArrayList<>();
    notes.add(checkpoint());
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, "cosigned-checkpoint*")) {
      files.forEach(file -> notes.add(content(file, MAX_NOTE_BYTES)));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the directory " + directory + ' ' + FileErrors.reasonOf(e), e);
    }
    return notes;
  }

  @Override
  public List<String> keys() {
    return new String(content(directory.resolve("key"), MAX_NOTE_BYTES), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }

  @Override
  public byte[] read(Tile tile) {
    Path file = directory.resolve(tile.path());
    if (!Files.exists(file)) {
      file = directory.resolve(new Tile(tile.level(), tile.index(), Tile.FULL_WIDTH).path());
    }
    return content(
        file, tile.hasEntries() ? EntryBundle.MAX_BYTES : Tile.FULL_WIDTH * MerkleHash.BYTES);
  }

  @Override
  public Optional<byte[]> earlierArchive() {
    Path file = directory.resolve(EARLIER_ARCHIVE);
    return Files.exists(file)
        ? Optional.of(content(file, InclusionProof.MAX_BYTES))
        : Optional.empty();
  }

  /**
   * Returns a reader that reads each bundle of entries from the first directory that contains the
   * bundle.
   */
  static TileReader ofArchives(List<Path> directories) {
    List<DirectoryLog> logs =
        directories.stream().map(directory -> new DirectoryLog(directory, null)).toList();
    return tile -> {
      LogFormatException missing = new LogFormatException("there is no archive");
      for (DirectoryLog log : logs) {
        try {
          return log.read(tile);
        } catch (LogFormatException e) {
          missing = e;
        }
      }
      throw missing;
    };
  }

  private static byte[] content(Path file, int most) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw new LogFormatException("the file " + file + " is not a regular file");
      }
      if (attributes.size() > most) {
        throw new LogFormatException("the file " + file + " is too long");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new LogFormatException("the file " + file + " is missing", e);
    } catch (IOException e) {
      throw new UncheckedIOException("the file " + file + ' ' + FileErrors.reasonOf(e), e);
    }
  }
}
