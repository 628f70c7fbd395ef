package io.accesstokens.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tree over the first entries of a log, read from tiles. The number of tiles that a method
 * reads grows with the logarithm of the size. An object keeps all tiles that it has read. Use one
 * object only for one proof or a few proofs. Not thread-safe.
 */
public final class MerkleTree {

  private final TileReader reader;
  private final long size;
  private final Map<Tile, byte[]> tiles = new HashMap<>();

  /**
   * Creates a tree.
   *
   * @param reader reads the tiles of the log, which can have more entries than the tree
   * @param size the number of entries of the tree
   * @throws LogFormatException if the size is negative, or is 2^62 or more
   */
  public MerkleTree(TileReader reader, long size) {
    if (size < 0 || size >= 1L << 62) {
      throw new LogFormatException("the size of a tree must be 0 to 2^62 - 1");
    }
    this.reader = reader;
    this.size = size;
  }

  /** Returns the root of the tree. */
  public MerkleHash root() {
    return size == 0 ? MerkleHash.EMPTY_ROOT : range(0, size);
  }

  /**
   * Returns the inclusion proof of a leaf (RFC 6962, section 2.1.1).
   *
   * @return the hashes from the sibling of the leaf to the child of the root
   * @throws LogFormatException if the tree has no leaf with this index
   */
  public List<MerkleHash> inclusionProof(long index) {
    if (index < 0 || index >= size) {
      throw new LogFormatException("a tree of size " + size + " has no leaf " + index);
    }
    List<MerkleHash> fromRoot = new ArrayList<>();
    long first = 0;
    long end = size;
    while (end - first > 1) {
      long middle = first + Long.highestOneBit(end - first - 1);
      if (index < middle) {
        fromRoot.add(range(middle, end));
        end = middle;
      } else {
        fromRoot.add(range(first, middle));
        first = middle;
      }
    }
    Collections.reverse(fromRoot);
    return List.copyOf(fromRoot);
  }

  /**
   * Returns the proof that this tree extends an earlier tree (RFC 6962, section 2.1.2).
   *
   * @param oldSize the number of entries of the earlier tree. The proof is empty if this number is
   *     0 or the size of this tree
   * @throws LogFormatException if the earlier tree is larger than this tree
   */
  public List<MerkleHash> consistencyProof(long oldSize) {
    if (oldSize < 0 || oldSize > size) {
      throw new LogFormatException("a tree of size " + size + " does not extend " + oldSize);
    }
    if (oldSize == 0 || oldSize == size) {
      return List.of();
    }
    List<MerkleHash> fromRoot = new ArrayList<>();
    long first = 0;
    long end = size;
    boolean isOldRoot = true;
    while (end != oldSize) {
      long middle = first + Long.highestOneBit(end - first - 1);
      if (oldSize <= middle) {
        fromRoot.add(range(middle, end));
        end = middle;
      } else {
        fromRoot.add(range(first, middle));
        first = middle;
        isOldRoot = false;
      }
    }
    if (!isOldRoot) {
      fromRoot.add(range(first, end));
    }
    Collections.reverse(fromRoot);
    return List.copyOf(fromRoot);
  }

  /**
   * Returns the root over the leaves from {@code first} (inclusive) to {@code end} (exclusive).
   * {@code first} is a multiple of a power of two that is not less than the number of leaves.
   */
  private MerkleHash range(long first, long end) {
    List<MerkleHash> subtrees = new ArrayList<>();
    for (long at = first; at < end; ) {
      int height = 63 - Long.numberOfLeadingZeros(end - at);
      subtrees.add(subtree(height, at >> height));
      at += 1L << height;
    }
    MerkleHash hash = subtrees.get(subtrees.size() - 1);
    for (int i = subtrees.size() - 2; i >= 0; i--) {
      hash = MerkleHash.ofChildren(subtrees.get(i), hash);
    }
    return hash;
  }

  /** Returns the root of a full subtree of 2^height leaves. */
  private MerkleHash subtree(int height, long index) {
    int level = height / Tile.HEIGHT;
    int inside = height % Tile.HEIGHT;
    long firstHash = index << inside;
    byte[] content = content(Tile.of(level, firstHash / Tile.FULL_WIDTH, size));
    int position = (int) (firstHash % Tile.FULL_WIDTH);
    List<MerkleHash> hashes = new ArrayList<>();
    for (int i = 0; i < 1 << inside; i++) {
      hashes.add(MerkleHash.at(content, position + i));
    }
    return MerkleHash.root(hashes);
  }

  private byte[] content(Tile tile) {
    byte[] known = tiles.get(tile);
    if (known != null) {
      return known;
    }
    byte[] content = hashes(tile, reader.read(tile));
    tiles.put(tile, content);
    return content;
  }

  /**
   * Returns the hashes of a tile.
   *
   * @param content the hashes of the tile; can contain further hashes of the full tile
   * @throws LogFormatException if the content is too short, is longer than a full tile, or ends
   *     within a hash
   */
  static byte[] hashes(Tile tile, byte[] content) {
    int length = tile.width() * MerkleHash.BYTES;
    if (content.length < length
        || content.length > Tile.FULL_WIDTH * MerkleHash.BYTES
        || content.length % MerkleHash.BYTES != 0) {
      throw new LogFormatException(
          tile.path() + " must have " + length + " bytes, but has " + content.length);
    }
    return content.length == length ? content : Arrays.copyOf(content, length);
  }
}
