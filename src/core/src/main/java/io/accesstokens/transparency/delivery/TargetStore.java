package io.accesstokens.transparency.delivery;

import io.accesstokens.token.StoreUnavailableException;
import java.time.Instant;
import java.util.Map;

/**
 * Stores the delivery state of each target: of witnesses, and of other systems that receive
 * checkpoints. Implementations must be thread-safe. Every method throws {@link
 * StoreUnavailableException} if the store cannot be reached.
 */
public interface TargetStore {

  /** Returns the states of all targets that were called, by their ids. */
  Map<String, TargetState> states();

  /** Returns the states as {@link #states} does, and limits the number of concurrent reads. */
  default Map<String, TargetState> boundedStates() {
    return states();
  }

  /**
   * Claims a target for this process.
   *
   * @param now the current time
   * @param until the end of the claim; {@link #save} can set another end
   * @return false if the target must not be called yet
   */
  boolean claim(String target, Instant now, Instant until);

  /** Stores the state of a claimed target. */
  void save(TargetState state);
}
