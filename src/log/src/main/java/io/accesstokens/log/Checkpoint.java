package io.accesstokens.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The statement of a log about its size and root (<a
 * href="https://c2sp.org/tlog-checkpoint">c2sp.org/tlog-checkpoint</a>). A checkpoint is the text
 * of a signed note.
 *
 * @param origin the name of the log
 * @param size the number of entries
 * @param root the root of the tree over the entries
 * @param extensions further lines, usually none
 */
public record Checkpoint(String origin, long size, MerkleHash root, List<String> extensions) {

  public Checkpoint {
    extensions = List.copyOf(extensions);
    List<String> lines = new ArrayList<>(extensions);
    lines.add(origin);
    if (size < 0 || lines.stream().anyMatch(line -> line.isEmpty() || line.contains("\n"))) {
      throw new LogFormatException("the lines of a checkpoint must not be empty");
    }
  }

  /** Creates a checkpoint without extensions. */
  public Checkpoint(String origin, long size, MerkleHash root) {
    this(origin, size, root, List.of());
  }

  /**
   * Parses the text of a signed note.
   *
   * @throws LogFormatException if the text is not a checkpoint
   */
  public static Checkpoint parse(String text) {
    if (!text.endsWith("\n")) {
      throw new LogFormatException("a checkpoint must end with a line break");
    }
    List<String> lines = Arrays.asList(text.substring(0, text.length() - 1).split("\n", -1));
    if (lines.size() < 3) {
      throw new LogFormatException("a checkpoint must have an origin, a size and a root");
    }
    Checkpoint checkpoint =
        new Checkpoint(
            lines.get(0),
            StrictText.number(lines.get(1), "the size of a checkpoint"),
            MerkleHash.parse(lines.get(2)),
            lines.subList(3, lines.size()));
    if (checkpoint.size() == 0 && !checkpoint.root().equals(MerkleHash.EMPTY_ROOT)) {
      throw new LogFormatException("the root of an empty checkpoint is wrong");
    }
    return checkpoint;
  }

  /**
   * Parses a signed note, and verifies that the log has signed it.
   *
   * @param keys the keys of the log, one of which must have signed the checkpoint
   * @throws LogFormatException if the note is not a checkpoint, if a signature by one of the keys
   *     is wrong, or if no Ed25519 key with the origin as its name has signed the note
   */
  public static Checkpoint verified(SignedNote note, List<VerifierKey> keys) {
    Checkpoint checkpoint = parse(note.text());
    boolean signed =
        note.verify(keys).stream()
            .anyMatch(
                key ->
                    key.type() == VerifierKey.Type.ED25519
                        && key.name().equals(checkpoint.origin()));
    if (!signed) {
      throw new LogFormatException(
          "no known key of the log has signed the checkpoint; if the key was replaced, the former or"
              + " the new verifier key is also needed");
    }
    return checkpoint;
  }

  /** Returns the text that the log signs. */
  public String text() {
    StringBuilder text = new StringBuilder(origin);
    text.append('\n').append(size).append('\n').append(root).append('\n');
    extensions.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
