package io.accesstokens.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of an export at any position. In CSV (RFC 4180), the first record contains the
 * names of the columns. Not thread-safe.
 */
final class ExportFile implements AutoCloseable {

  /** The name of the member or column that contains the owner of a service token. */
  static final String GROUP = "groupEntityRef";

  /** The name of the member or column that contains the owner of a personal token. */
  static final String USER = "userEntityRef";

  /** Returns the name of the member or column that contains the owner of a token. */
  static String ownerName(LogEntry entry) {
    return entry.kind().equals(LogEntry.PERSONAL) ? USER : GROUP;
  }

  /** An event of an export. */
  interface Event {

    /** Returns the id of the event; an empty text if there is none. */
    String id();

    /** Returns the time of the event; an empty text if there is none. */
    String occurredAt();

    /**
     * Returns true if the event has a log index. In this case, the event was added to the log
     * before it was exported.
     */
    boolean isLogged();

    /** Returns the names of the members or columns whose values differ from those of an entry. */
    List<String> differences(LogEntry entry);

    /**
     * Returns true if the entry has only a hash of the metadata, and this event does not contain
     * all metadata.
     */
    boolean isMetadataUnverifiable(LogEntry entry);

    /**
     * Returns true if the entry has the hash of a reason, and the event has no reason. Call this
     * method only if there are no differences.
     */
    boolean isReasonErased(LogEntry entry);

    /**
     * Returns true if the entry has the hash of a reason, and this event has the reason, but no
     * salt. The reason then cannot be verified. This occurs if the event was exported before it was
     * added to the log.
     */
    boolean isReasonUnverifiable(LogEntry entry);
  }

  /** Maximum number of bytes of a record. */
  private static final int MAX_RECORD = 1_000_000;

  private static final int WINDOW = 1 << 16;

  /** The start of a member that only OCSF events have. Identifies an export as OCSF. */
  private static final String OCSF = "\"class_uid\":";

  private final FileChannel channel;
  private final byte[] window = new byte[WINDOW];
  private long windowStart;
  private int windowLength;

  // Null if the file is NDJSON.
  private CsvEvent.@Nullable Header header;
  private long first;

  private ExportFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens an export. A file that begins with a brace, or is empty, is NDJSON.
   *
   * @throws LogFormatException if the first line has no names of columns, is an OCSF event, or is
   *     too long
   * @throws UncheckedIOException if the file cannot be read
   */
  static ExportFile open(Path path) {
    try {
      ExportFile file = new ExportFile(FileChannel.open(path, StandardOpenOption.READ));
      try {
        file.readHeader();
        return file;
      } catch (RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the file " + path + " cannot be read", e);
    }
  }

  private void readHeader() {
    int start = at(0);
    if (start == '{' && new String(record(0, false), StandardCharsets.UTF_8).contains(OCSF)) {
      throw new LogFormatException("exports as OCSF cannot be verified: export CSV or NDJSON");
    }
    if (start >= 0 && start != '{') {
      byte[] names = record(0, true);
      header = CsvEvent.header(names);
      first = names.length;
    }
  }

  /** Returns one sentence for each missing column. NDJSON has no columns. */
  List<String> problems() {
    return header == null ? List.of() : header.problems();
  }

  /** Returns the offset of the first event in the file, in bytes. */
  long first() {
    return first;
  }

  /** Returns the record number of the first event: 1 for NDJSON, 2 for CSV. */
  int firstNumber() {
    return header == null ? 1 : 2;
  }

  /**
   * Returns the record at an offset, with its line break.
   *
   * @return an empty array at the end of the file
   * @throws LogFormatException if the record is too long
   */
  byte[] record(long offset) {
    return record(offset, header != null);
  }

  private byte[] record(long offset, boolean csv) {
    byte[] record = new byte[256];
    int length = 0;
    boolean quoted = false;
    for (int next = at(offset); next >= 0; next = at(offset + length)) {
      if (length == MAX_RECORD) {
        throw new LogFormatException("a line of the export has more than " + MAX_RECORD + " bytes");
      }
      if (length == record.length) {
        record = Arrays.copyOf(record, length * 2);
      }
      record[length++] = (byte) next;
      quoted ^= csv && next == '"';
      if (next == '\n' && !quoted) {
        break;
      }
    }
    return Arrays.copyOf(record, length);
  }

  /** Returns the byte at an offset; -1 at the end of the file. */
  private int at(long offset) {
    if (offset < windowStart || offset >= windowStart + windowLength) {
      // The order of the log is usually the reverse order of the file.
      windowStart = Math.max(0, offset - WINDOW / 2);
      windowLength = 0;
      try {
        int read = 0;
        while (read >= 0 && windowLength < WINDOW) {
          read =
              channel.read(
                  ByteBuffer.wrap(window, windowLength, WINDOW - windowLength),
                  windowStart + windowLength);
          windowLength += Math.max(read, 0);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the export cannot be read", e);
      }
    }
    int position = (int) (offset - windowStart);
    return position < windowLength ? window[position] & 0xff : -1;
  }

  /**
   * Parses the event of a record.
   *
   * @throws LogFormatException if the record is not an event
   */
  Event event(byte[] record) {
    return header == null ? JsonEvent.parse(record) : header.event(record);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
