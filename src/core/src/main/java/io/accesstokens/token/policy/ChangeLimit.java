package io.accesstokens.token.policy;

import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.util.Optional;

/** Limits how fast a user creates and revokes personal tokens. Safe for use by many threads. */
@FunctionalInterface
public interface ChangeLimit {

  /** Allows all changes. */
  ChangeLimit NONE = user -> Optional.empty();

  /**
   * Counts one change by a user.
   *
   * @return the time to wait if the change exceeds the limit, in which case it is not counted
   */
  Optional<Duration> exceededBy(EntityRef user);
}
