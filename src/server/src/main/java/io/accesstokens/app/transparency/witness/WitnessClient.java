package io.accesstokens.app.transparency.witness;

import io.accesstokens.app.outbound.FailedCallException;
import io.accesstokens.app.outbound.PostClient;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.SignedNote.NoteSignature;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.transparency.delivery.Cosignatures;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * Calls {@code add-checkpoint} of one witness (<a
 * href="https://c2sp.org/tlog-witness">c2sp.org/tlog-witness</a>). Thread-safe.
 */
final class WitnessClient implements AutoCloseable {

  /** Maximum length of a response, in bytes. */
  static final int MAX_BODY = 65_536;

  private static final Pattern SIZE = Pattern.compile("(0|[1-9][0-9]{0,17})\n");

  /** The result of a call of {@code add-checkpoint}. */
  sealed interface Result {

    /**
     * The witness has cosigned the checkpoint.
     *
     * @param note the checkpoint with its signatures and the verified cosignature of the witness
     */
    record Cosigned(String note) implements Result {}

    /**
     * The witness has cosigned another checkpoint than the caller expects. There are two cases. In
     * the first case, the size of the latest cosigned checkpoint is not {@code oldSize}. In the
     * second case, the submitted checkpoint has the size {@code oldSize}, but the witness has
     * cosigned another tree of this size.
     *
     * @param size the size of the latest cosigned checkpoint; null if the response has none
     */
    record Conflict(@Nullable Long size) implements Result {}

    /** The witness has seen a tree that the checkpoint does not extend. */
    record Inconsistent() implements Result {}

    /** The witness has refused the checkpoint with a status other than 409 and 422. */
    record Refused(String problem) implements Result {}
  }

  private final VerifierKey key;
  private final PostClient client;

  WitnessClient(Witness witness, PostClient.Network network, Duration deadline) {
    this.key = witness.key();
    this.client = new PostClient(witness.url(), network, witness.allowed(), MAX_BODY, deadline);
  }

  /**
   * Submits a checkpoint.
   *
   * @param oldSize the size of the latest known checkpoint that the witness has cosigned; 0 if
   *     there is none
   * @param proof the proof that the checkpoint extends the tree of the size {@code oldSize}
   * @param note the checkpoint
   * @throws FailedCallException if there is no usable response
   */
  Result addCheckpoint(long oldSize, List<MerkleHash> proof, SignedNote note)
      throws FailedCallException {
    StringBuilder head = new StringBuilder("old ").append(oldSize).append('\n');
    proof.forEach(hash -> head.append(hash).append('\n'));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(head.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    body.writeBytes(note.bytes());
    PostClient.Response response =
        client.post(Map.of(), body.toByteArray(), ContentType.TEXT_PLAIN.withCharset("utf-8"));
    return switch (response.status()) {
      case 200 -> new Result.Cosigned(cosigned(note, response.body()));
      case 403 ->
          new Result.Refused(
              "the witness does not accept the signature (403): give its operator the verifier key"
                  + " of the log");
      case 404 ->
          new Result.Refused(
              "the witness does not know the log (404): give its operator the verifier key of the"
                  + " log");
      case 409 -> new Result.Conflict(size(response.body()));
      case 422 -> new Result.Inconsistent();
      default -> new Result.Refused("the witness responded with " + response.status());
    };
  }

  private static @Nullable Long size(byte[] body) {
    String text = new String(body, StandardCharsets.US_ASCII);
    return SIZE.matcher(text).matches() ? Long.valueOf(text.strip()) : null;
  }

  /**
   * Returns the note with the cosignature of the witness. Drops the signatures of other keys in the
   * response.
   */
  private String cosigned(SignedNote note, byte[] lines) throws FailedCallException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(note.bytes());
    all.writeBytes(lines);
    try {
      SignedNote answered = SignedNote.parse(all.toByteArray());
      if (!answered.text().equals(note.text()) || answered.cosignedAt(key).isEmpty()) {
        throw new FailedCallException("the response has no cosignature of the configured key");
      }
      List<NoteSignature> signatures = new ArrayList<>(note.signatures());
      signatures.add(Cosignatures.signatures(answered, key).get(0));
      return new SignedNote(note.text(), signatures).toString();
    } catch (LogFormatException e) {
      throw new FailedCallException("the response is not a valid cosignature: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
