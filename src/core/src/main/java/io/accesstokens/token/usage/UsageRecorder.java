package io.accesstokens.token.usage;

import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.audit.SafeAuditListener;
import io.accesstokens.token.revocation.BackgroundWork;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.ClientInfo;
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
 * Counts accepted and refused uses of known tokens in memory, with the last accepted and the last
 * refused use. Writes the counts in batches, outside of requests. {@link BackgroundWork} triggers
 * the writes.
 *
 * <p>The methods that record a use do no I/O. After a write, the first use of a secret takes a lock
 * in memory for a short time. Further uses take no lock and do not block, even if all requests have
 * the same token. A crash loses only the uses since the last successful {@link #flush()}. While the
 * store cannot be reached, the counts stay in memory and are written later. Memory is bounded: if
 * {@value #MAX_SECRETS} secrets have unwritten uses, the uses of further secrets are not counted,
 * and a warning is logged.
 *
 * <p>For service tokens, this class also counts the uses by client ({@link TokenCaller}). The
 * number of clients in memory is bounded. Above this bound, the uses of further clients are counted
 * without their client. Refused uses have a separate bound, and therefore never displace clients
 * with accepted uses.
 *
 * <p>For service tokens, this class also records when a verifier last needed each scope. Only
 * scopes that the token has are recorded. A request without required scopes has no additional cost.
 *
 * <p>If a connection breaks during the commit, the outcome of a batch is unknown. The batch is then
 * written again. The uses in the batch can be counted twice, but no use is lost.
 */
public final class UsageRecorder implements VerificationListener {

  /**
   * Maximum number of secrets with unwritten uses. Most tokens have one secret. Each of these
   * secrets takes 200 to 400 bytes of memory.
   */
  public static final int MAX_SECRETS = 200_000;

  /** Maximum number of unwritten callers with accepted uses. A caller takes about 250 bytes. */
  static final int MAX_CALLERS = 100_000;

  /**
   * Maximum number of unwritten callers with refused uses. The bearer of a revoked token can send a
   * different address and product in each request. This bound limits the resulting writes.
   */
  static final int MAX_REFUSED_CALLERS = 2_000;

  /** Maximum number of unwritten needed scopes. A scope takes about 100 bytes. */
  static final int MAX_SCOPES = 100_000;

  /**
   * Number of callers and scopes at which a batch ends. A batch with this number of new callers
   * takes about as long as a batch with the maximum number of secrets.
   */
  static final int BATCH_ENTRIES = 500;

  /**
   * Maximum number of secrets in one write. A larger write would delay a revocation of one of its
   * tokens. On H2, a larger write would delay all other transactions.
   */
  static final int BATCH = 100;

  private static final long DAY_MILLIS = 86_400_000;

  private static final int MAX_SPINS = 10_000;

  private static final Logger LOG = System.getLogger(UsageRecorder.class.getName());

  private final TokenStore store;
  private final AuditListener auditListener;
  private final Clock clock;
  private final boolean gathersCallers;
  private volatile UsageInterval current = new UsageInterval();

  /** The last time at which all uses were written, in milliseconds since 1970-01-01T00:00Z. */
  private volatile long writtenAt;

  /** The maximum number of secrets with uses in the current interval. */
  private volatile int capacity = MAX_SECRETS;

  // Only the flushing thread uses the following fields. They are guarded by the lock of this
  // object.
  private final Deque<UsageInterval> ended = new ArrayDeque<>();
  private final SortedMap<Long, Map<SecretId, TokenUsage>> unwritten = new TreeMap<>();

  /** Creates a recorder without an audit listener. */
  public UsageRecorder(TokenStore store, Clock clock) {
    this(store, AuditListener.NONE, clock);
  }

  /** Creates a recorder that gathers the callers of service tokens. */
  public UsageRecorder(TokenStore store, AuditListener auditListener, Clock clock) {
    this(store, auditListener, clock, true);
  }

  /**
   * Creates a recorder.
   *
   * @param auditListener receives the audit events that the store writes for recorded uses
   * @param gathersCallers true to count the uses of service tokens by client, in addition to the
   *     total
   */
  public UsageRecorder(
      TokenStore store, AuditListener auditListener, Clock clock, boolean gathersCallers) {
    this.gathersCallers = gathersCallers;
    this.store = store;
    this.auditListener = SafeAuditListener.of(auditListener);
    this.clock = clock;
    this.writtenAt = clock.millis();
    limitEntries(current);
  }

  @Override
  public void accepted(Verification.Accepted accepted, ClientInfo client) {
    record(accepted.secret().id(), null, client, gathersCallers && !accepted.isPersonal());
  }

  /**
   * Counts a refused use of a known token that was revoked, has expired or is limited to other
   * addresses. Also counts a refused use of an ended secret. Ignores all other refused uses.
   */
  @Override
  public void refused(Verification.Refused refused, ClientInfo client) {
    if (refused.tokenId().isPresent() && UsageCounter.counts(refused.reason())) {
      record(
          new SecretId(refused.tokenId().get(), refused.secretNumber()),
          refused.reason(),
          client,
          gathersCallers);
    }
  }

  /** Records when the scopes of a service token were needed. Ignores personal tokens. */
  @Override
  public void scopesNeeded(Verification.Accepted accepted, List<String> scopes) {
    if (scopes.isEmpty() || accepted.isPersonal()) {
      return;
    }
    long millis = clock.millis();
    boolean recorded = false;
    while (!recorded) {
      UsageInterval interval = current;
      int stripe = interval.enter();
      try {
        recorded = interval == current; // otherwise the interval has just ended, as in record()
        if (recorded) {
          UsageCounter counter = interval.counter(accepted.secret().id(), day(millis), capacity);
          if (counter != null) {
            counter.need(accepted, scopes, millis, interval.neededScopes());
          }
        }
      } finally {
        interval.leave(stripe);
      }
    }
  }

  /** Records an accepted use of a token. The secret and the client are not known. Does no I/O. */
  public void recordUse(UUID tokenId) {
    record(new SecretId(tokenId, SecretId.UNKNOWN), null, ClientInfo.UNKNOWN, false);
  }

  /**
   * Records a use.
   *
   * @param refusal the reason of a refused use; null for an accepted use
   * @param byClient true to count the use by client, in addition to the total
   */
  private void record(
      SecretId secret, Verification.@Nullable Reason refusal, ClientInfo client, boolean byClient) {
    long millis = clock.millis();
    while (true) {
      UsageInterval interval = current;
      int stripe = interval.enter();
      try {
        if (interval != current) {
          continue; // the interval has just ended, so its counts may already have been read
        }
        UsageCounter counter = interval.counter(secret, day(millis), capacity);
        if (counter == null) {
          interval.addNotCounted();
          return;
        }
        if (refusal == null) {
          counter.accept(millis, client, byClient ? interval.acceptedCallers() : null);
        } else {
          counter.refuse(refusal, millis, client, byClient ? interval.refusedCallers() : null);
        }
        return;
      } finally {
        interval.leave(stripe);
      }
    }
  }

  private static long day(long millis) {
    return Math.floorDiv(millis, DAY_MILLIS);
  }

  /**
   * Writes all unwritten uses to the store. After an exception, the next call writes the uses that
   * are left.
   *
   * @throws VerificationUnavailableException if the store cannot be reached; no further batch was
   *     tried
   * @throws RuntimeException if the store failed for another reason; the other batches were tried
   *     first, unless the store could then not be reached
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

  /** Returns the approximate number of secrets with uses that are not written yet. */
  public int unwrittenTokens() {
    return MAX_SECRETS - capacity + current.secrets();
  }

  /** Returns the time since all uses were last written; zero if no use waits to be written. */
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
    limitEntries(current);
  }

  private void limitEntries(UsageInterval interval) {
    interval.acceptedCallers().limit(MAX_CALLERS - unwrittenCallers(true));
    interval.refusedCallers().limit(MAX_REFUSED_CALLERS - unwrittenCallers(false));
    interval.neededScopes().limit(MAX_SCOPES - unwrittenScopes());
  }

  private int leftToWrite() {
    return unwritten.values().stream().mapToInt(Map::size).sum();
  }

  private void write() {
    RuntimeException failure = null;
    days:
    for (Map<SecretId, TokenUsage> day : List.copyOf(unwritten.values())) {
      List<SecretId> secrets = new ArrayList<>(day.keySet());
      Iterator<SecretId> next = secrets.iterator();
      while (next.hasNext()) {
        Map<SecretId, TokenUsage> batch = batch(next, day);
        try {
          List<AuditEvent> events = store.recordUses(batch);
          day.keySet().removeAll(batch.keySet());
          events.forEach(auditListener::recordedBySystem);
        } catch (VerificationUnavailableException e) {
          failure = failure == null ? e : failure;
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

  /** Returns the next batch to write: secrets with their usages. */
  private static Map<SecretId, TokenUsage> batch(
      Iterator<SecretId> next, Map<SecretId, TokenUsage> day) {
    Map<SecretId, TokenUsage> batch = new HashMap<>();
    int entries = 0;
    while (next.hasNext() && batch.size() < BATCH && entries < BATCH_ENTRIES) {
      SecretId secret = next.next();
      TokenUsage usage = day.get(secret);
      if (usage != null) {
        batch.put(secret, usage);
        entries += usage.callers().size() + usage.neededScopes().size();
      }
    }
    return batch;
  }

  /** Starts a new interval, and reads the counts of the intervals that have ended. */
  private void gather() {
    if (!current.isEmpty()) {
      ended.add(current);
      UsageInterval next = new UsageInterval();
      limitEntries(next);
      current = next;
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

  /**
   * Returns the number of unwritten callers. Includes the intervals that have just ended, but not
   * the current interval.
   */
  private int unwrittenCallers(boolean accepted) {
    long gathered =
        unwritten.values().stream()
            .flatMap(day -> day.values().stream())
            .flatMap(usage -> usage.callers().stream())
            .filter(caller -> caller.key().accepted() == accepted)
            .count();
    return Math.toIntExact(gathered)
        + ended.stream()
            .map(accepted ? UsageInterval::acceptedCallers : UsageInterval::refusedCallers)
            .mapToInt(EntrySlots::taken)
            .sum();
  }

  /**
   * Returns the number of unwritten needed scopes. Includes the intervals that have just ended, but
   * not the current interval.
   */
  private int unwrittenScopes() {
    return unwritten.values().stream()
            .flatMap(day -> day.values().stream())
            .mapToInt(usage -> usage.neededScopes().size())
            .sum()
        + ended.stream().map(UsageInterval::neededScopes).mapToInt(EntrySlots::taken).sum();
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
          String.valueOf(notCounted),
          String.valueOf(MAX_SECRETS));
    }
  }
}
