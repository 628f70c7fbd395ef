package io.accesstokens.token.policy;

import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits the rate at which a user creates and revokes personal tokens. Implementations must be
 * thread-safe.
 */
@FunctionalInterface
public interface ChangeLimit {

  /** A limit that allows all changes. */
  ChangeLimit NONE = user -> Optional.empty();

  /**
   * Counts a change by a user, unless the change exceeds the limit.
   *
   * @return the time to wait if the change exceeds the limit; empty if the change was counted
   */
  Optional<Duration> exceededBy(EntityRef user);
}
