package io.accesstokens.log;

import java.util.List;

/** Verifies proofs about trees, by the algorithms of RFC 9162, section 2.1. */
public final class MerkleProofs {

  private MerkleProofs() {}

  /**
   * Returns true if a proof shows that a tree contains a leaf (RFC 9162, section 2.1.3.2).
   *
   * @param leaf the hash of the leaf
   * @param index the index of the leaf
   * @param size the number of leaves of the tree
   */
  public static boolean isIncluded(
      List<MerkleHash> proof, MerkleHash leaf, long index, long size, MerkleHash root) {
    if (index < 0 || index >= size) {
      return false;
    }
    long node = index;
    long last = size - 1;
    MerkleHash hash = leaf;
    for (MerkleHash sibling : proof) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = MerkleHash.ofChildren(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = MerkleHash.ofChildren(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && hash.equals(root);
  }

  /**
   * Returns true if a proof shows that a tree extends an earlier tree (RFC 9162, section 2.1.4.2).
   * Every tree extends the empty tree.
   */
  public static boolean isConsistent(
      List<MerkleHash> proof, long oldSize, MerkleHash oldRoot, long size, MerkleHash root) {
    if (oldSize < 0 || oldSize > size) {
      return false;
    }
    if (oldSize == 0) {
      return proof.isEmpty() && oldRoot.equals(MerkleHash.EMPTY_ROOT);
    }
    if (oldSize == size) {
      return proof.isEmpty() && oldRoot.equals(root);
    }
    boolean isSubtree = Long.bitCount(oldSize) == 1;
    if (proof.isEmpty() && !isSubtree) {
      return false;
    }
    long node = oldSize - 1;
    long last = size - 1;
    while ((node & 1) == 1) {
      node >>= 1;
      last >>= 1;
    }
    MerkleHash oldHash = isSubtree ? oldRoot : proof.get(0);
    MerkleHash hash = oldHash;
    for (MerkleHash next : isSubtree ? proof : proof.subList(1, proof.size())) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        oldHash = MerkleHash.ofChildren(next, oldHash);
        hash = MerkleHash.ofChildren(next, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = MerkleHash.ofChildren(hash, next);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && oldHash.equals(oldRoot) && hash.equals(root);
  }
}
