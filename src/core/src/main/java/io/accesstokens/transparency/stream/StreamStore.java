package io.accesstokens.transparency.stream;

import io.accesstokens.token.StoreUnavailableException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Stores the index of the next entry to send to each target, and grants claims on targets.
 * Thread-safe. Every method throws {@link StoreUnavailableException} if the store cannot be
 * reached, or if the outcome of a change is unknown.
 */
public interface StreamStore {

  /**
   * A claim on a target.
   *
   * @param target the name of the target
   * @param owner the process that holds the claim
   * @param next the index of the next entry to send
   * @param until the end of the claim
   */
  record Claim(String target, String owner, long next, Instant until) {}

  /**
   * Stores the index of the first entry to send to a target, unless the store already has an index
   * for this target.
   */
  void setPositionIfAbsent(String target, long first);

  /**
   * Claims a target, or extends a claim of the same owner. Ignores a claim that ends later than a
   * correct clock allows, because a process with a wrong clock wrote this claim.
   *
   * @return empty if another process holds a claim that has not ended, or if the store has no index
   *     for the target
   */
  Optional<Claim> claim(String target, String owner, Instant now, Instant until);

  /**
   * Stores the index of the next entry to send, and extends the claim.
   *
   * @return empty if another process has claimed the target or changed the index
   */
  Optional<Claim> advance(Claim claim, long next, Instant until);

  /** Ends a claim. Has no effect if another process has claimed the target. */
  void release(Claim claim);

  /** Returns the index of the next entry to send to each target, by the name of the target. */
  Map<String, Long> positions();
}
