package io.accesstokens.log;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of a Merkle tree (RFC 6962, section 2.1): 32 bytes of SHA-256. Immutable. */
public final class MerkleHash {

  /** Number of bytes of a hash. */
  public static final int BYTES = 32;

  /** The root of the tree without leaves. */
  public static final MerkleHash EMPTY_ROOT = new MerkleHash(sha256().digest());

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private final byte[] bytes;

  private MerkleHash(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns the hash with these bytes.
   *
   * @throws LogFormatException if the number of bytes is not 32
   */
  public static MerkleHash of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new LogFormatException("a hash must have " + BYTES + " bytes");
    }
    return new MerkleHash(bytes.clone());
  }

  /** Returns the hash at a position of a tile. The tile must contain this position. */
  public static MerkleHash at(byte[] tile, int position) {
    return new MerkleHash(Arrays.copyOfRange(tile, position * BYTES, position * BYTES + BYTES));
  }

  /**
   * Parses a hash.
   *
   * @param base64 the hash in base64 with padding (RFC 4648, section 4)
   * @throws LogFormatException if the text has another form
   */
  public static MerkleHash parse(String base64) {
    return of(StrictText.base64(base64, "a hash"));
  }

  /** Returns the hash of a leaf. */
  public static MerkleHash ofLeaf(byte[] entry) {
    MessageDigest digest = sha256();
    digest.update(LEAF);
    return new MerkleHash(digest.digest(entry));
  }

  /** Returns the hash of the node with the given children. */
  public static MerkleHash ofChildren(MerkleHash left, MerkleHash right) {
    MessageDigest digest = sha256();
    digest.update(NODE);
    digest.update(left.bytes);
    return new MerkleHash(digest.digest(right.bytes));
  }

  /**
   * Returns the root over consecutive subtrees of one size. The last subtree can be smaller than
   * the others.
   */
  static MerkleHash root(List<MerkleHash> subtrees) {
    int count = subtrees.size();
    if (count == 0) {
      return EMPTY_ROOT;
    }
    if (count == 1) {
      return subtrees.get(0);
    }
    int split = Integer.highestOneBit(count - 1);
    return ofChildren(root(subtrees.subList(0, split)), root(subtrees.subList(split, count)));
  }

  /** Returns a new instance of SHA-256. */
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /** Returns a copy of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MerkleHash hash && Arrays.equals(bytes, hash.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Returns the hash in base64 with padding (RFC 4648, section 4). */
  @Override
  public String toString() {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
