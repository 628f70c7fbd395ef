package io.accesstokens.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A feed in one process that several verifiers read. A verifier gets the last page again if the
 * page is for its position and is not too old.
 */
final class SharedFeed {

  private final Interleaving steps;
  private final SimulatedStore store;
  private final long maxAgeMillis;
  private final boolean shortens;

  private ChangeFeed.@Nullable Page page;
  private ChangeFeed.@Nullable Position after;
  private long begun;

  /**
   * @param shortens true if the lease of a page that is used again is shorter by the age of the
   *     page
   */
  SharedFeed(Interleaving steps, SimulatedStore store, long maxAgeMillis, boolean shortens) {
    this.steps = steps;
    this.store = store;
    this.maxAgeMillis = maxAgeMillis;
    this.shortens = shortens;
  }

  ChangeFeed.Page read(ChangeFeed.@Nullable Position position) {
    ChangeFeed.Page last = page;
    long age = steps.now() - begun;
    steps.step();
    if (last != null && Objects.equals(position, after) && last.complete() && age <= maxAgeMillis) {
      return shortens ? withLease(last, last.lease().minusMillis(age)) : last;
    }
    long now = steps.now();
    steps.step();
    ChangeFeed.Page read = store.page(position);
    steps.step();
    page = read;
    after = position;
    begun = now;
    return read;
  }

  private ChangeFeed.Page withLease(ChangeFeed.Page old, Duration lease) {
    return new ChangeFeed.Page(
        old.lastNumber(),
        old.nonceAtPosition(),
        old.entries(),
        old.complete(),
        old.server(),
        Instant.ofEpochMilli(steps.now()),
        lease,
        old.withheld());
  }
}
