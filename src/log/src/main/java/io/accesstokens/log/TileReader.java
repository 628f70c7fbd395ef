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
   * @param tile the tile. If the reader has only the full tile, the result can be the content of
   *     the full tile
   */
  byte[] read(Tile tile);
}
