package io.accesstokens.log;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Appends leaves to a tree, and computes the tiles. The memory use does not depend on the size of
 * the tree: only the partial tiles are kept. Not thread-safe.
 */
public final class TreeBuilder {

  private final BiConsumer<Tile, byte[]> fullTiles;
  private final List<ByteArrayOutputStream> partial = new ArrayList<>();
  private long size;
  private int changedLevels;

  private TreeBuilder(BiConsumer<Tile, byte[]> fullTiles) {
    this.fullTiles = fullTiles;
  }

  /**
   * Returns a builder that begins with an empty tree.
   *
   * @param fullTiles receives each full tile of hashes
   */
  public static TreeBuilder empty(BiConsumer<Tile, byte[]> fullTiles) {
    return new TreeBuilder(fullTiles);
  }

  /**
   * Returns a builder that begins with an existing tree.
   *
   * @param reader reads the partial tiles of the tree
   * @param size the number of leaves of the tree
   * @param fullTiles receives each tile that becomes full
   */
  public static TreeBuilder on(TileReader reader, long size, BiConsumer<Tile, byte[]> fullTiles) {
    TreeBuilder builder = new TreeBuilder(fullTiles);
    builder.size = size;
    for (int level = 0; Tile.hashesAt(level, size) > 0; level++) {
      ByteArrayOutputStream hashes = new ByteArrayOutputStream();
      long count = Tile.hashesAt(level, size);
      if (count % Tile.FULL_WIDTH > 0) {
        Tile tile = Tile.of(level, count / Tile.FULL_WIDTH, size);
        hashes.writeBytes(MerkleTree.hashes(tile, reader.read(tile)));
      }
      builder.partial.add(hashes);
    }
    return builder;
  }

  /** Appends a leaf. */
  public void add(MerkleHash leaf) {
    size++;
    add(0, leaf);
  }

  private void add(int level, MerkleHash hash) {
    if (level == partial.size()) {
      partial.add(new ByteArrayOutputStream());
    }
    ByteArrayOutputStream hashes = partial.get(level);
    hashes.writeBytes(hash.bytes());
    changedLevels = Math.max(changedLevels, level + 1);
    if (hashes.size() == Tile.FULL_WIDTH * MerkleHash.BYTES) {
      byte[] full = hashes.toByteArray();
      hashes.reset();
      fullTiles.accept(
          new Tile(level, Tile.hashesAt(level, size) / Tile.FULL_WIDTH - 1, Tile.FULL_WIDTH), full);
      add(level + 1, MerkleHash.root(hashes(full)));
    }
  }

  private static List<MerkleHash> hashes(byte[] tile) {
    List<MerkleHash> hashes = new ArrayList<>();
    for (int i = 0; i < tile.length / MerkleHash.BYTES; i++) {
      hashes.add(MerkleHash.at(tile, i));
    }
    return hashes;
  }

  /** Returns the number of leaves. */
  public long size() {
    return size;
  }

  /** Returns the partial tiles that the appended leaves have changed. */
  public Map<Tile, byte[]> partialTiles() {
    Map<Tile, byte[]> tiles = new LinkedHashMap<>();
    for (int level = 0; level < changedLevels; level++) {
      byte[] hashes = partial.get(level).toByteArray();
      if (hashes.length > 0) {
        tiles.put(Tile.of(level, Tile.hashesAt(level, size) / Tile.FULL_WIDTH, size), hashes);
      }
    }
    return tiles;
  }

  /** Returns the root of the tree. */
  public MerkleHash root() {
    List<MerkleHash> below = List.of();
    for (ByteArrayOutputStream level : partial) {
      List<MerkleHash> hashes = hashes(level.toByteArray());
      if (!below.isEmpty()) {
        hashes.add(MerkleHash.root(below));
      }
      below = hashes;
    }
    return MerkleHash.root(below);
  }
}
