package io.accesstokens.token.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * Limits the rate of changes of tokens, for example the rate at which a user changes personal
 * tokens. Implementations must be thread-safe.
 *
 * @param <K> the type that identifies the callers, for example the ref of a user or the id of a
 *     token
 */
@FunctionalInterface
public interface ChangeLimit<K> {

  /** Returns a limit that allows all changes. */
  static <K> ChangeLimit<K> none() {
    return caller -> Optional.empty();
  }

  /**
   * Counts a change by a caller, unless the change exceeds the limit.
   *
   * @return the time to wait if the change exceeds the limit; empty if the change was counted
   */
  Optional<Duration> exceededBy(K caller);

  /**
   * Counts a change by a caller.
   *
   * @throws TooManyChangesException if the change exceeds the limit
   */
  default void require(K caller) {
    exceededBy(caller)
        .ifPresent(
            wait -> {
              throw new TooManyChangesException(wait);
            });
  }
}
