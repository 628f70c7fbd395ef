package io.accesstokens.token;

import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.VerificationUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Counts the uses of known tokens in memory, accepted and refused ones, with the last of each, and
 * writes them in batches, off the request's path. {@link BackgroundWork} does the writing.
 *
 * <p>Noting a use does no I/O, takes no lock and waits for nobody, also when all requests come with
 * one token. Each use is written once: a crash loses at most what came since the last {@link
 * #flush()}, and nothing else. While the store is out of reach the counts are kept, one entry a
 * token and day (UTC), and written later. Memory is bounded: with uses of {@value #MOST_TOKENS}
 * tokens yet to be written, those of further tokens are not counted, which the log says.
 *
 * <p>A batch whose outcome is unknown, since the connection broke at its commit, is written again:
 * its uses may then be counted twice, but none is lost.
 */
public final class UsageRecorder implements VerificationListener {

  /** About two hundred bytes each. */
  static final int MOST_TOKENS = 200_000;

  /** As many as hold up neither a revocation of one of them nor, on H2, everybody else. */
  static final int BATCH = 100;

  private static final long DAY_MILLIS = 86_400_000;

  private static final int MOST_SPINS = 10_000;

  private static final Logger LOG = System.getLogger(UsageRecorder.class.getName());

  private final TokenStore store;
  private final Clock clock;
  private volatile UsageInterval present = new UsageInterval();

  /** How many tokens the present interval can count the uses of. */
  private volatile int room = MOST_TOKENS;

  // What follows is for the thread that flushes, and guarded by this.
  private final Deque<UsageInterval> ended = new ArrayDeque<>();
  private final SortedMap<Long, Map<UUID, TokenUsage>> unwritten = new TreeMap<>();

  public UsageRecorder(TokenStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {
    note(accepted.tokenId(), null, clientAddress);
  }

  /** Counts it if it is a known token, which was revoked or whose life is over. */
  @Override
  public void refused(Verification.Refused refused, @Nullable String clientAddress) {
    if (refused.tokenId().isPresent()) {
      note(refused.tokenId().get(), refused.reason(), clientAddress);
    }
  }

  /** Notes that a token was accepted just now, from an unknown address. Does no I/O. */
  public void of(UUID tokenId) {
    note(tokenId, null, null);
  }

  /**
   * @param refusal null if it was accepted
   */
  private void note(
      UUID tokenId, Verification.@Nullable Reason refusal, @Nullable String clientAddress) {
    long millis = clock.millis();
    while (true) {
      UsageInterval interval = present;
      int place = interval.enter();
      try {
        if (interval != present) {
          continue; // it ended just now, so its count may have been taken already
        }
        UsageCounter counter = interval.counter(tokenId, Math.floorDiv(millis, DAY_MILLIS), room);
        if (counter == null) {
          return;
        }
        if (refusal == null) {
          counter.accept(millis, clientAddress);
        } else {
          counter.refuse(refusal, millis, clientAddress);
        }
        return;
      } finally {
        interval.leave(place);
      }
    }
  }

  /**
   * Writes what was gathered since the last call. An outage is logged, and made up for later.
   *
   * @throws RuntimeException if the store failed for another reason; the other batches were tried
   */
  public synchronized void flush() {
    gather();
    makeRoom();
    try {
      write();
    } finally {
      makeRoom();
    }
  }

  private void makeRoom() {
    room = Math.max(0, MOST_TOKENS - leftToWrite());
  }

  private int leftToWrite() {
    return unwritten.values().stream().mapToInt(Map::size).sum();
  }

  private void write() {
    RuntimeException failure = null;
    for (Map<UUID, TokenUsage> day : List.copyOf(unwritten.values())) {
      List<UUID> tokens = new ArrayList<>(day.keySet());
      for (int from = 0; from < tokens.size(); from += BATCH) {
        Map<UUID, TokenUsage> batch = new HashMap<>();
        for (UUID token : tokens.subList(from, Math.min(from + BATCH, tokens.size()))) {
          batch.computeIfAbsent(token, day::get);
        }
        try {
          store.recordUses(batch);
          day.keySet().removeAll(batch.keySet());
        } catch (VerificationUnavailableException e) {
          LOG.log(
              Level.WARNING,
              "uses of {0} tokens not written yet: {1}",
              leftToWrite(),
              e.getMessage());
          return;
        } catch (RuntimeException e) {
          failure = e;
        }
      }
    }
    unwritten.values().removeIf(Map::isEmpty);
    if (failure != null) {
      throw failure;
    }
  }

  /** Begins another interval, and takes what was counted in those that are over. */
  private void gather() {
    if (!present.isEmpty()) {
      ended.add(present);
      present = new UsageInterval();
    }
    for (Iterator<UsageInterval> intervals = ended.iterator(); intervals.hasNext(); ) {
      UsageInterval interval = intervals.next();
      // A thread stays for less than a microsecond, unless it was stopped: then the next flush
      // does.
      for (int spins = 0; !interval.isQuiet() && spins < MOST_SPINS; spins++) {
        Thread.onSpinWait();
      }
      if (interval.isQuiet()) {
        interval.usages().forEach(this::gather);
        complainOf(interval.notCounted());
        intervals.remove();
      }
    }
  }

  private void gather(long day, Map<UUID, TokenUsage> usages) {
    Map<UUID, TokenUsage> sums = unwritten.computeIfAbsent(day, it -> new HashMap<>());
    usages.forEach((id, usage) -> sums.merge(id, usage, TokenUsage::plus));
  }

  private static void complainOf(long notCounted) {
    if (notCounted > 0) {
      LOG.log(
          Level.WARNING,
          "{0} uses were not counted: too many tokens have uses yet to be written",
          notCounted);
    }
  }
}
