package io.accesstokens.token.usage;

import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLog;
import io.accesstokens.token.revocation.BackgroundWork;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.VerificationUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
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
 * Counts accepted and refused uses of known tokens in memory, with the last use of each kind.
 * Writes the counts in batches, outside of requests. {@link BackgroundWork} triggers the writes.
 *
 * <p>The methods that record a use do no I/O, take no lock and do not block, even if all requests
 * have the same token. A crash loses only the uses since the last successful {@link #flush()}.
 * While the store cannot be reached, the counts stay in memory and are written later. Memory is
 * bounded: if {@value #MAX_SECRETS} secrets have unwritten uses, the uses of further secrets are
 * not counted, and a warning is logged.
 *
 * <p>If a connection breaks during the commit, the outcome of a batch is unknown. The batch is then
 * written again. So its uses can be counted twice, but no use is lost.
 */
public final class UsageRecorder implements VerificationListener {

  /**
   * Maximum number of secrets with unwritten uses. Most tokens have one secret. Each of these
   * secrets takes about 200 bytes of memory.
   */
  public static final int MAX_SECRETS = 200_000;

  /**
   * Maximum number of secrets in one write. A larger write would delay a revocation of one of its
   * tokens. On H2, a larger write would delay all other transactions.
   */
  static final int BATCH = 100;

  private static final long DAY_MILLIS = 86_400_000;

  private static final int MAX_SPINS = 10_000;

  private static final Logger LOG = System.getLogger(UsageRecorder.class.getName());

  private final TokenStore store;
  private final AuditLog log;
  private final Clock clock;
  private volatile UsageInterval present = new UsageInterval();

  /** The last time at which all uses were written, in milliseconds since 1970-01-01T00:00Z. */
  private volatile long writtenAt;

  /** The maximum number of secrets with uses in the current interval. */
  private volatile int capacity = MAX_SECRETS;

  // Only the flushing thread uses the following fields. They are guarded by the lock of this
  // object.
  private final Deque<UsageInterval> ended = new ArrayDeque<>();
  private final SortedMap<Long, Map<SecretId, TokenUsage>> unwritten = new TreeMap<>();

  /** Creates a recorder without an audit log. */
  public UsageRecorder(TokenStore store, Clock clock) {
    this(store, AuditLog.NONE, clock);
  }

  /**
   * @param log receives the audit events that the store writes for recorded uses
   */
  public UsageRecorder(TokenStore store, AuditLog log, Clock clock) {
    this.store = store;
    this.log = log;
    this.clock = clock;
    this.writtenAt = clock.millis();
  }

  @Override
  public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {
    note(accepted.secret().id(), null, clientAddress);
  }

  /**
   * Counts a refused use, if the token is known, and was revoked, has expired, or is limited to
   * other addresses, or if the secret has ended. Ignores all other refused uses.
   */
  @Override
  public void refused(Verification.Refused refused, @Nullable String clientAddress) {
    if (refused.tokenId().isPresent() && UsageCounter.counts(refused.reason())) {
      note(
          new SecretId(refused.tokenId().get(), refused.secretNumber()),
          refused.reason(),
          clientAddress);
    }
  }

  /** Records an accepted use of a token from an unknown network address. Does no I/O. */
  public void of(UUID tokenId) {
    note(new SecretId(tokenId, SecretId.UNKNOWN), null, null);
  }

  /**
   * Records a use.
   *
   * @param refusal the reason of a refused use; null for an accepted use
   */
  private void note(
      SecretId secret, Verification.@Nullable Reason refusal, @Nullable String clientAddress) {
    long millis = clock.millis();
    while (true) {
      UsageInterval interval = present;
      int stripe = interval.enter();
      try {
        if (interval != present) {
          continue; // the interval has just ended, so its counts may already have been read
        }
        long day = Math.floorDiv(millis, DAY_MILLIS);
        UsageCounter counter = interval.counter(secret, day, capacity);
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
        interval.leave(stripe);
      }
    }
  }

  /**
   * Writes all unwritten uses to the store. An outage of the store is logged, and the next call
   * writes the uses again.
   *
   * @throws RuntimeException if the store failed for a reason other than an outage; all other
   *     batches were tried first
   */
  public synchronized void flush() {
    gather();
    updateCapacity();
    try {
      write();
    } finally {
      updateCapacity();
    }
  }

  /** Returns the approximate number of tokens with uses that are not written yet. */
  public int unwrittenTokens() {
    return MAX_SECRETS - capacity + present.secrets();
  }

  /**
   * Returns the time since all uses were written. The time is zero if no use waits to be written.
   */
  public Duration unwrittenFor() {
    return unwrittenTokens() == 0
        ? Duration.ZERO
        : Duration.ofMillis(Math.max(0, clock.millis() - writtenAt));
  }

  private void updateCapacity() {
    if (leftToWrite() == 0) {
      writtenAt = clock.millis();
    }
    capacity = Math.max(0, MAX_SECRETS - leftToWrite());
  }

  private int leftToWrite() {
    return unwritten.values().stream().mapToInt(Map::size).sum();
  }

  private void write() {
    RuntimeException failure = null;
    days:
    for (Map<SecretId, TokenUsage> day : List.copyOf(unwritten.values())) {
      List<SecretId> secrets = new ArrayList<>(day.keySet());
      for (int from = 0; from < secrets.size(); from += BATCH) {
        Map<SecretId, TokenUsage> batch = new HashMap<>();
        for (SecretId secret : secrets.subList(from, Math.min(from + BATCH, secrets.size()))) {
          batch.computeIfAbsent(secret, day::get);
        }
        try {
          List<AuditEvent> events = store.recordUses(batch);
          day.keySet().removeAll(batch.keySet());
          events.forEach(log::recordedBySystem);
        } catch (VerificationUnavailableException e) {
          LOG.log(
              Level.WARNING,
              "uses of {0} tokens not written yet: {1}",
              leftToWrite(),
              e.getMessage());
          break days;
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

  /** Starts a new interval, and reads the counts of the intervals that have ended. */
  private void gather() {
    if (!present.isEmpty()) {
      ended.add(present);
      present = new UsageInterval();
    }
    for (Iterator<UsageInterval> intervals = ended.iterator(); intervals.hasNext(); ) {
      UsageInterval interval = intervals.next();
      // A counting thread finishes within a microsecond. If the system suspends the thread, the
      // next flush reads the counts.
      for (int spins = 0; !interval.isQuiet() && spins < MAX_SPINS; spins++) {
        Thread.onSpinWait();
      }
      if (interval.isQuiet()) {
        interval.usages().forEach(this::gather);
        reportErrorsOf(interval.notCounted());
        intervals.remove();
      }
    }
  }

  private void gather(long day, Map<SecretId, TokenUsage> usages) {
    Map<SecretId, TokenUsage> sums = unwritten.computeIfAbsent(day, key -> new HashMap<>());
    usages.forEach((id, usage) -> sums.merge(id, usage, TokenUsage::plus));
  }

  private static void reportErrorsOf(long notCounted) {
    if (notCounted > 0) {
      LOG.log(
          Level.WARNING,
          "{0} uses were not counted, because {1} secrets have unwritten uses: check whether the"
              + " database accepts writes",
          notCounted,
          MAX_SECRETS);
    }
  }
}
