package io.accesstokens.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A database with tokens and a feed; its transactions consist of scheduled steps. */
final class SimulatedStore {

  private final Interleaving steps;
  private final boolean locked;
  private final int pageSize;
  private final Duration lease;
  private final Set<TokenDigest> revoked = new HashSet<>();
  private final TreeMap<Long, TokenDigest> feed = new TreeMap<>();
  private long lastNumber;
  private boolean held;

  /**
   * @param locked true if the number of an entry is taken under a lock that is held until the
   *     commit
   */
  SimulatedStore(Interleaving steps, boolean locked, int pageSize, Duration lease) {
    this.steps = steps;
    this.locked = locked;
    this.pageSize = pageSize;
    this.lease = lease;
  }

  boolean isRevoked(TokenDigest digest) {
    return revoked.contains(digest);
  }

  /** Takes a number, and commits in a later step. */
  void revoke(TokenDigest digest) {
    commit(List.of(digest), () -> revoked.add(digest));
  }

  /**
   * Takes a number for each entry, and commits in a later step.
   *
   * @param entries the digests of the new entries
   * @param change changes the rows at the commit
   */
  void commit(Collection<TokenDigest> entries, Runnable change) {
    if (locked) {
      steps.await(() -> !held);
      held = true;
    }
    long first = lastNumber + 1;
    lastNumber += entries.size();
    steps.step();
    change.run();
    long number = first;
    for (TokenDigest digest : entries) {
      feed.put(number++, digest);
    }
    held = false;
  }

  /** Reads one page of committed entries. */
  ChangeFeed.Page page(ChangeFeed.@Nullable Position after) {
    long last = feed.isEmpty() ? 0 : feed.lastKey();
    List<ChangeFeed.Entry> entries = new ArrayList<>();
    long from = after == null ? last - 1 : after.number();
    for (long number : feed.tailMap(from, false).keySet()) {
      if (entries.size() < pageSize) {
        entries.add(entry(number));
      }
    }
    boolean complete = entries.isEmpty() || entries.get(entries.size() - 1).number() == last;
    return new ChangeFeed.Page(
        last,
        after == null || !feed.containsKey(after.number())
            ? Optional.empty()
            : Optional.of(entry(after.number()).nonce()),
        entries,
        complete,
        "simulated",
        Instant.ofEpochMilli(steps.now()),
        lease,
        Optional.empty());
  }

  private ChangeFeed.Entry entry(long number) {
    return new ChangeFeed.Entry(
        number,
        new ChangeFeed.EntryNonce("nonce-" + number),
        Objects.requireNonNull(feed.get(number)),
        ChangeFeed.REVOKED);
  }
}
