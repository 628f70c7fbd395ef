package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.util.Optional;

/** Says when a user makes and revokes too many personal tokens. Safe for use by many threads. */
@FunctionalInterface
public interface ChangeLimit {

  /** Lets everything through. */
  ChangeLimit NONE = user -> Optional.empty();

  /**
   * Counts one write of a user's.
   *
   * @return how long to wait if it is one too many; it is not counted then
   */
  Optional<Duration> exceededBy(EntityRef user);
}
