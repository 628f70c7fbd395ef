package io.accesstokens.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identifies a tile: a sequence of consecutive hashes at one level of a tree, or a bundle of
 * consecutive entries (<a href="https://c2sp.org/tlog-tiles">c2sp.org/tlog-tiles</a>).
 *
 * @param level the level: 0 for the hashes of leaves, and one more for each eight levels of the
 *     tree; {@link #ENTRIES} for a bundle of entries
 * @param index the number of full tiles before this tile at its level
 * @param width the number of hashes or entries: 1 to {@link #FULL_WIDTH}
 */
public record Tile(int level, long index, int width) {

  /** Number of hashes or entries in a full tile. */
  public static final int FULL_WIDTH = 256;

  /** The level of bundles of entries. */
  public static final int ENTRIES = -1;

  /** Number of levels of the tree in one tile. */
  static final int HEIGHT = 8;

  private static final int MAX_LEVEL = 63;

  /** The highest index of a tile in a tree with fewer than 2^62 leaves. */
  private static final long MAX_INDEX = (1L << 54) - 1;

  private static final int MAX_PATH = 60;

  private static final Pattern PATH =
      Pattern.compile(
          "tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}+[0-9]{3})(?:\\.p/([0-9]{1,3}))?+");

  public Tile {
    if (level < ENTRIES || level > MAX_LEVEL) {
      throw new LogFormatException("the level of a tile must be 0 to " + MAX_LEVEL);
    }
    if (index < 0 || index > MAX_INDEX) {
      throw new LogFormatException("the index of a tile must be 0 to 2^54 - 1");
    }
    if (width < 1 || width > FULL_WIDTH) {
      throw new LogFormatException("the width of a tile must be 1 to " + FULL_WIDTH);
    }
  }

  /**
   * Returns the tile at the given level and index of a tree.
   *
   * @param size the number of leaves of the tree
   * @throws LogFormatException if the tree has no such tile
   */
  public static Tile of(int level, long index, long size) {
    long width = hashesAt(Math.max(level, 0), size) - index * FULL_WIDTH;
    if (index < 0 || width < 1) {
      throw new LogFormatException("a tree of size " + size + " has no such tile");
    }
    return new Tile(level, index, (int) Math.min(width, FULL_WIDTH));
  }

  /** Returns the number of hashes at a level of tiles, in a tree with {@code size} leaves. */
  static long hashesAt(int level, long size) {
    return level * HEIGHT >= Long.SIZE ? 0 : size >> (level * HEIGHT);
  }

  /**
   * Parses the path of a tile, such as {@code tile/0/x001/234.p/5}.
   *
   * @throws LogFormatException if the text is not the path of a tile in canonical form
   */
  public static Tile parse(String path) {
    Matcher matcher = PATH.matcher(path.length() > MAX_PATH ? "" : path);
    if (!matcher.matches()) {
      throw new LogFormatException("the text is not the path of a tile");
    }
    int level =
        matcher.group(1).equals("entries")
            ? ENTRIES
            : (int) StrictText.number(matcher.group(1), "the level of a tile");
    long index = 0;
    for (String part : matcher.group(2).split("/", -1)) {
      index = index * 1000 + Integer.parseInt(part.substring(part.length() - 3));
    }
    String partial = matcher.group(3);
    Tile tile =
        new Tile(
            level,
            index,
            partial == null ? FULL_WIDTH : (int) StrictText.number(partial, "the width of a tile"));
    if (!tile.path().equals(path)) {
      throw new LogFormatException("the path of the tile is not in its canonical form");
    }
    return tile;
  }

  /** Returns the path of this tile below the prefix of the log. */
  public String path() {
    StringBuilder path = new StringBuilder("tile/");
    path.append(level == ENTRIES ? "entries" : Integer.toString(level)).append('/');
    List<String> parts = new ArrayList<>();
    parts.add(String.format(Locale.ROOT, "%03d", index % 1000));
    for (long rest = index / 1000; rest > 0; rest /= 1000) {
      parts.add(0, String.format(Locale.ROOT, "x%03d", rest % 1000));
    }
    path.append(String.join("/", parts));
    if (width < FULL_WIDTH) {
      path.append(".p/").append(width);
    }
    return path.toString();
  }

  /** Returns true if a tree with {@code size} leaves has all hashes or entries of this tile. */
  public boolean isIn(long size) {
    return index * FULL_WIDTH + width <= hashesAt(Math.max(level, 0), size);
  }

  /** Returns true if this tile is a bundle of entries. */
  public boolean hasEntries() {
    return level == ENTRIES;
  }

  /** Returns true if this tile has the full width. A full tile never changes. */
  public boolean isFull() {
    return width == FULL_WIDTH;
  }
}
