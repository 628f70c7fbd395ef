package io.accesstokens.log;

/**
 * Reads the tiles of a log. An implementation throws an unchecked exception if it cannot read the
 * tile. An implementation must also bound the number of bytes that it reads.
 */
@FunctionalInterface
public interface TileReader {

  /**
   * Returns the content of a tile.
   *
   * @param tile the tile; a reader that has only the full tile can return its full content
   */
  byte[] read(Tile tile);
}
