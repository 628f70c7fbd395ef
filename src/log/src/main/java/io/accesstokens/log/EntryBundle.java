package io.accesstokens.log;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encodes and decodes bundles of entries (<a
 * href="https://c2sp.org/tlog-tiles">c2sp.org/tlog-tiles</a>, log entries). Each entry has its
 * length before it, as an unsigned number of 16 bits in network byte order.
 */
public final class EntryBundle {

  /** Maximum number of bytes of an entry. */
  public static final int MAX_ENTRY_BYTES = 65_535;

  /** Maximum number of bytes of a bundle. */
  public static final int MAX_BYTES = Tile.FULL_WIDTH * (MAX_ENTRY_BYTES + 2);

  private EntryBundle() {}

  /**
   * Returns the content of a bundle.
   *
   * @throws LogFormatException if an entry is too long
   */
  public static byte[] encode(List<byte[]> entries) {
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      if (entry.length > MAX_ENTRY_BYTES) {
        throw new LogFormatException("an entry has more than " + MAX_ENTRY_BYTES + " bytes");
      }
      bundle.write(entry.length >> 8);
      bundle.write(entry.length);
      bundle.writeBytes(entry);
    }
    return bundle.toByteArray();
  }

  /**
   * Returns the entries of a bundle.
   *
   * @param content the content of the bundle
   * @param tile the bundle; the content can have more entries, which are ignored
   * @throws LogFormatException if the content has fewer entries or another form
   */
  public static List<byte[]> decode(byte[] content, Tile tile) {
    List<byte[]> entries = new ArrayList<>();
    int at = 0;
    while (at < content.length) {
      int end = at + 2;
      if (end <= content.length) {
        end += (content[at] & 0xff) << 8 | (content[at + 1] & 0xff);
      }
      if (end > content.length || entries.size() == Tile.FULL_WIDTH) {
        throw new LogFormatException(tile.path() + " does not end with an entry");
      }
      entries.add(Arrays.copyOfRange(content, at + 2, end));
      at = end;
    }
    if (entries.size() < tile.width()) {
      throw new LogFormatException(
          tile.path() + " must have " + tile.width() + " entries, but has " + entries.size());
    }
    return entries.subList(0, tile.width());
  }
}
