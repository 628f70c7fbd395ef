package io.accesstokens.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A proof that an entry is in a log (<a
 * href="https://c2sp.org/tlog-proof">c2sp.org/tlog-proof</a>). The proof can be verified without
 * access to the log. The extra data of the proof is the entry itself.
 *
 * @param entry the entry, a text in UTF-8
 * @param index the index of the entry
 * @param hashes the hashes from the sibling of the leaf to the child of the root
 * @param checkpoint the signed checkpoint
 */
public record InclusionProof(
    String entry, long index, List<MerkleHash> hashes, SignedNote checkpoint) {

  /** Maximum number of bytes of a proof. */
  public static final int MAX_BYTES = SignedNote.MAX_BYTES + 100_000;

  private static final String HEADER = "c2sp.org/tlog-proof@v1";
  private static final String EXTRA = "extra ";
  private static final String INDEX = "index ";
  private static final int MAX_HASHES = 63;

  public InclusionProof {
    hashes = List.copyOf(hashes);
    if (hashes.size() > MAX_HASHES) {
      throw new LogFormatException("a proof must have at most " + MAX_HASHES + " hashes");
    }
  }

  /**
   * Parses a proof.
   *
   * @throws LogFormatException if the bytes are not a proof with an entry
   */
  public static InclusionProof parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new LogFormatException("a proof must have at most " + MAX_BYTES + " bytes");
    }
    String text = StrictText.utf8(bytes, "a proof");
    int end = text.indexOf("\n\n");
    List<String> lines = Arrays.asList(text.substring(0, Math.max(end, 0)).split("\n", -1));
    if (lines.size() < 3
        || lines.size() > 3 + MAX_HASHES
        || !lines.get(0).equals(HEADER)
        || !lines.get(1).startsWith(EXTRA)
        || !lines.get(2).startsWith(INDEX)) {
      throw new LogFormatException("a proof must have the lines of c2sp.org/tlog-proof@v1");
    }
    return new InclusionProof(
        StrictText.utf8(
            StrictText.base64(lines.get(1).substring(EXTRA.length()), "the entry of a proof"),
            "the entry of a proof"),
        StrictText.number(lines.get(2).substring(INDEX.length()), "the index of a proof"),
        lines.subList(3, lines.size()).stream().map(MerkleHash::parse).toList(),
        SignedNote.parse(text.substring(end + 2).getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Verifies the checkpoint, and that the tree of the checkpoint contains the entry.
   *
   * @param keys the keys of the log
   * @return the verified checkpoint
   * @throws LogFormatException if the proof is wrong
   */
  public Checkpoint verify(List<VerifierKey> keys) {
    Checkpoint verified = Checkpoint.verified(checkpoint, keys);
    if (!MerkleProofs.isIncluded(
        hashes, MerkleHash.ofLeaf(bytes()), index, verified.size(), verified.root())) {
      throw new LogFormatException("the checkpoint does not cover the entry");
    }
    return verified;
  }

  private byte[] bytes() {
    return entry.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the text of the proof, in the form that {@link #parse} accepts. */
  public String text() {
    List<String> lines = new ArrayList<>();
    lines.add(HEADER);
    lines.add(EXTRA + Base64.getEncoder().encodeToString(bytes()));
    lines.add(INDEX + index);
    hashes.forEach(hash -> lines.add(hash.toString()));
    return String.join("\n", lines) + "\n\n" + checkpoint;
  }
}
