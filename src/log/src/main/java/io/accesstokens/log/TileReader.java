package io.accesstokens.log;

/** Reads the tiles of a log. An implementation must bound the number of bytes that it reads. */
@FunctionalInterface
public interface TileReader {

  /**
   * Returns the content of a tile.
   *
   * @param tile the tile. If the reader has only the full tile, the result can be the content of
   *     the full tile
   * @throws LogFormatException if the log does not have the tile. If the tile cannot be read for
   *     another reason, an implementation throws another unchecked exception.
   */
  byte[] read(Tile tile);
}
