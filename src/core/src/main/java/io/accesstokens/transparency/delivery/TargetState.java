package io.accesstokens.transparency.delivery;

import io.accesstokens.log.MerkleHash;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The delivery state of a target: its latest accepted checkpoint, and the time of the next call. A
 * target is a witness, or another system that receives checkpoints.
 *
 * @param target the id of the target, see {@link #id}
 * @param size the number of entries of the latest checkpoint that the target has accepted; 0 if the
 *     target has accepted none
 * @param note that checkpoint as a signed note, with the cosignatures of the target if it is a
 *     witness; null if the target has accepted none
 * @param problem the reason for which the last call failed; null if no call failed since the last
 *     success
 * @param forked true if the target has seen another history of the log
 * @param failures the number of calls that failed since the last success
 * @param nextAt the earliest time of the next call, with a precision of milliseconds
 */
public record TargetState(
    String target,
    long size,
    @Nullable String note,
    @Nullable String problem,
    boolean forked,
    int failures,
    Instant nextAt) {

  /**
   * Maximum time until the next call. If a later time is stored, a process with a wrong clock has
   * stored it. The target is then called at once.
   */
  public static final Duration MAX_DELAY = Duration.ofDays(2);

  /** Maximum number of characters of {@link #problem}. A longer text is cut off. */
  public static final int MAX_PROBLEM = 500;

  public TargetState {
    if (problem != null && problem.length() > MAX_PROBLEM) {
      problem = problem.substring(0, MAX_PROBLEM);
    }
  }

  /** Returns the state of a target that was never called. */
  public static TargetState initial(String target) {
    return new TargetState(target, 0, null, null, false, 0, Instant.EPOCH);
  }

  /**
   * Returns the id of a target: 64 hexadecimal digits, which do not reveal the address of the
   * target.
   *
   * @param kind the kind of the target
   * @param address the address or key of the target
   */
  public static String id(String kind, String address) {
    byte[] text = (kind + "\n" + address).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MerkleHash.ofLeaf(text).bytes());
  }

  /** Returns true if the target can be called now. */
  public boolean isDue(Instant now) {
    return !nextAt.isAfter(now) || nextAt.isAfter(now.plus(MAX_DELAY));
  }

  /** Returns the state after a call that succeeded. */
  public TargetState accepted(long acceptedSize, String acceptedNote, Instant next) {
    return new TargetState(target, acceptedSize, acceptedNote, null, false, 0, next);
  }

  /** Returns the state after a call that failed. */
  public TargetState failed(String cause, boolean isFork, Instant next) {
    return new TargetState(target, size, note, cause, isFork, failures + 1, next);
  }
}
