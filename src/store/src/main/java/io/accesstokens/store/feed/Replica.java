package io.accesstokens.store.feed;

import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.jdbc.CommitSettings;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.DatabaseRefusedException;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.Lease;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.hibernate.StatelessSession;
import org.hibernate.query.MutationQuery;

/**
 * Registers this process as a replica. A replica is a process that caches verdicts. All replicas
 * use the same lease durations. The list of replicas shows which processes ran recently. The lease
 * durations can be changed only if no process ran recently.
 */
public final class Replica implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Replica.class.getName());

  private static final Duration SEEN_EVERY = Duration.ofSeconds(4);

  /**
   * Maximum age of a replica's entry in the list. A replica with an older entry gets no lease. An
   * entry is too old after three failed updates in a row.
   */
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(12);

  /** Time for which the entry of a killed process is kept after the end of its last lease. */
  private static final Duration LISTED = Duration.ofDays(1);

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  /** The result of {@link #withheldReason} if the entry of this process in the list is too old. */
  static final String NOT_SEEN = "this process could not renew its entry in the list of processes";

  // The digits of %d would depend on the locale.
  private static final String OTHER_DURATIONS =
      "other processes use this database with leaseMillis %s and serveCachedSeconds"
          + " %s, but this process has %s and %s: to change them, stop all processes, and"
          + " wait %s s if one was killed";

  private final Database database;
  private final DataSource dataSource;
  private final ChangeCounter counter;
  private final Lease.Durations durations;
  private final boolean single;
  private final String id = UUID.randomUUID().toString();
  private final DaemonThreads threads = new DaemonThreads("access-tokens-replica");
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(threads);
  private final LocalDateTime enlistedAt;
  private final LongSupplier nanoTime;
  private volatile long seenAt;
  private boolean awaitedFormerLeases;
  private boolean othersReported;
  private volatile boolean closed;

  /**
   * Adds this process to the list of replicas, as {@link #enlist(Database, DataSource,
   * ChangeCounter, Lease.Durations, boolean)} does.
   *
   * @param nanoTime returns the current value of a monotonic clock, in nanoseconds; measures the
   *     age of the entry of this process
   */
  Replica(
      Database database,
      DataSource dataSource,
      ChangeCounter counter,
      Lease.Durations durations,
      boolean single,
      LongSupplier nanoTime) {
    this.database = database;
    this.dataSource = dataSource;
    this.counter = counter;
    this.durations = durations;
    this.single = single;
    this.nanoTime = nanoTime;
    try {
      enlistedAt = enlist();
    } catch (RuntimeException e) {
      executor.shutdownNow();
      throw e;
    }
    CommitSettings.warn(dataSource, database.databaseKind());
    if (single) {
      // Before this time, another process can still have a lease.
      counter.recordSoleReplica(id, System.nanoTime() + durations.untilFinal().toNanos());
    }
    var unused =
        executor.scheduleWithFixedDelay(
            DaemonThreads.repeatable(
                this::renewEntry, LOG, "the update of the list of processes", "and is tried again"),
            SEEN_EVERY.toMillis(),
            SEEN_EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /**
   * Adds this process to the list of replicas. If the lease is now shorter, first waits for the end
   * of former leases.
   *
   * @param durations the lease durations; all replicas must use the same durations
   * @param single true if this process must be the only process that caches verdicts
   * @throws DatabaseRefusedException if another replica may still have a lease with other durations
   * @throws StoreUnavailableException if the database cannot be reached
   */
  public static Replica enlist(
      Database database,
      DataSource dataSource,
      ChangeCounter counter,
      Lease.Durations durations,
      boolean single) {
    return new Replica(database, dataSource, counter, durations, single, System::nanoTime);
  }

  /**
   * The result of {@link #enlist(StatelessSession)}.
   *
   * @param pause how long this process must wait before it enlists again; zero if it is enlisted
   * @param at the time in the entry of this process
   */
  private record Enlistment(Duration pause, LocalDateTime at) {}

  /** Adds this process to the list of replicas, and returns the time in the entry. */
  private LocalDateTime enlist() {
    while (true) {
      seenAt = nanoTime.getAsLong(); // after the wait, because the wait can be long
      Enlistment enlistment = enlistOrRepeat();
      if (enlistment.pause().isZero()) {
        return enlistment.at();
      }
      awaitFormerLeases(enlistment.pause());
      awaitedFormerLeases = true;
    }
  }

  /**
   * Adds this process to the list of replicas. If the database is unavailable, for example because
   * it has ended the transaction, repeats the transaction once. The first transaction of a process
   * loads many classes between its statements. On a busy machine, this can take longer than the
   * database allows a transaction to be idle. The second attempt loads no more classes.
   */
  private Enlistment enlistOrRepeat() {
    try {
      return database.write(this::enlist);
    } catch (StoreUnavailableException e) {
      return database.write(this::enlist);
    }
  }

  private Enlistment enlist(StatelessSession session) {
    // This statement must come first, because it locks the row. If two replicas start at the same
    // time, the second replica waits and then finds the entry of the first.
    MutationQuery claim =
        session.createNativeMutationQuery(
            "update access_token_change_counter set owner_id = "
                + (single ? ":me" : "null")
                + " where id = 1");
    (single ? claim.setParameter("me", id) : claim).executeUpdate();
    Duration wait = agree(session, ChangeCounter.read(session));
    if (wait.isZero()) {
      // Other replicas can already have leases with these durations. The first revocation of this
      // process must wait for the end of these leases.
      counter.recordRow(ChangeCounter.read(session));
    }
    deleteOldEntries(session);
    writeEntry(session);
    LocalDateTime at =
        session
            .createNativeQuery(
                "select seen_at from access_token_replicas where id = :me", LocalDateTime.class)
            .setParameter("me", id)
            .getSingleResult();
    return new Enlistment(wait, at);
  }

  /**
   * Deletes the entries of processes that were killed long ago. All leases of these processes have
   * ended. Therefore {@link #requireNoActiveReplica} ignores these entries too. If a process was
   * only suspended, its next heartbeat adds its entry again.
   */
  private void deleteOldEntries(StatelessSession session) {
    session
        .createNativeMutationQuery("delete from access_token_replicas where seen_at < :before")
        .setParameter("before", databaseTime(session).minus(durations.untilFinal()).minus(LISTED))
        .executeUpdate();
  }

  private LocalDateTime databaseTime(StatelessSession session) {
    return session
        .createNativeQuery("select " + database.databaseKind().utcNow(), LocalDateTime.class)
        .getSingleResult();
  }

  private static void awaitFormerLeases(Duration wait) {
    LOG.log(
        Level.INFO,
        "the lease is shorter now, so this process waits {0} ms for the end of former leases",
        String.valueOf(wait.toMillis()));
    try {
      Thread.sleep(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while former leases were valid", e);
    }
  }

  /**
   * Compares the lease durations in the row of the change counter with the durations of this
   * process. If they differ, writes the durations of this process into the row, or {@link
   * #transition} if this process must wait.
   *
   * <p>If the lease becomes shorter, this process must first wait. A remote verifier can still have
   * a lease that a stopped process has granted. The list of replicas does not show this, because it
   * does not contain processes that have stopped normally. Without this wait, a revocation would
   * return before the end of this lease.
   *
   * <p>During the wait, the row contains {@link #transition}, and the list contains this process.
   * Therefore a process with the former durations gets no lease and cannot start. If this process
   * is killed during the wait, the next process waits again.
   *
   * @return how long this process must wait before it calls this method again; zero if no wait is
   *     needed
   * @throws DatabaseRefusedException if the durations differ and another replica may still have a
   *     lease
   */
  private Duration agree(StatelessSession session, ChangeCounter.Row row) {
    Lease.Durations stored = row.durationsOrNull();
    if (durations.equals(stored)) {
      return Duration.ZERO;
    }
    Duration wait = Duration.ZERO;
    // A process with other durations removes all entries from the list. If this process is still in
    // the list after the wait, no such process has started. Before the wait, this process can be in
    // the list too, if the response to a commit was lost.
    if (stored != null && !(awaitedFormerLeases && isListed(session))) {
      boolean othersWait = isTransition(stored);
      if (!othersWait) {
        requireNoActiveReplica(session, stored);
        session.createNativeMutationQuery("delete from access_token_replicas").executeUpdate();
      }
      // If the lease does not become shorter, each revocation already waits long enough.
      if (stored.untilFinalRemotely().compareTo(durations.untilFinalRemotely()) > 0) {
        wait = stored.untilFinalRemotely();
      }
    }
    write(session, wait.isZero() ? durations : transition(wait));
    return wait;
  }

  /**
   * Returns the durations that are in the row of the change counter while a process waits for the
   * end of former leases. No process gets a lease with these durations. Their {@link
   * Lease.Durations#untilFinalRemotely} is the length of the wait.
   */
  private Lease.Durations transition(Duration wait) {
    return new Lease.Durations(
        durations.length(), wait.minus(durations.length()), durations.outage());
  }

  /**
   * Returns true if the stored durations are a {@link #transition} to the durations of this
   * process.
   */
  private boolean isTransition(Lease.Durations stored) {
    return stored.length().equals(durations.length())
        && stored.outage().equals(durations.outage())
        && stored.margin().compareTo(durations.margin()) > 0;
  }

  private boolean isListed(StatelessSession session) {
    return session
            .createNativeQuery(
                "select count(*) from access_token_replicas where id = :me", Long.class)
            .setParameter("me", id)
            .getSingleResult()
        > 0;
  }

  private static void write(StatelessSession session, Lease.Durations written) {
    session
        .createNativeMutationQuery(
            "update access_token_change_counter set lease_millis = :lease,"
                + " margin_millis = :margin, outage_millis = :outage where id = 1")
        .setParameter("lease", written.length().toMillis())
        .setParameter("margin", written.margin().toMillis())
        .setParameter("outage", written.outage().toMillis())
        .executeUpdate();
  }

  private void requireNoActiveReplica(StatelessSession session, Lease.Durations stored) {
    Duration longest =
        stored.untilFinal().compareTo(durations.untilFinal()) > 0
            ? stored.untilFinal()
            : durations.untilFinal();
    Duration quiet = activeFor(longest);
    long active =
        session
            .createNativeQuery(
                "select count(*) from access_token_replicas where seen_at > :since", Long.class)
            .setParameter("since", databaseTime(session).minus(quiet))
            .getSingleResult();
    if (active > 0) {
      throw new DatabaseRefusedException(
          OTHER_DURATIONS.formatted(
              stored.length().toMillis(),
              stored.outage().toSeconds(),
              durations.length().toMillis(),
              durations.outage().toSeconds(),
              quiet.toSeconds() + 1),
          null);
    }
  }

  /**
   * Returns the time since its last entry for which a process counts as running.
   *
   * @param untilFinal how long a lease of the process can last
   */
  private static Duration activeFor(Duration untilFinal) {
    return SEEN_WITHIN.plus(untilFinal).plusSeconds(1);
  }

  /** Returns true if the entry of this replica in the list is recent enough for a lease. */
  boolean isSeen() {
    return nanoTime.getAsLong() - seenAt < SEEN_WITHIN.toNanos();
  }

  /**
   * Returns the reason why this process gets no lease. Returns an empty text if this process gets a
   * lease.
   *
   * @param row the row of the change counter
   */
  String withheldReason(ChangeCounter.Row row) {
    if (row.durations().filter(durations::equals).isEmpty()) {
      return "the lease in the database differs from that of this process";
    }
    if (single && !id.equals(row.owner())) {
      return "accessTokens.cluster.replicas is single, but another process has started on this"
          + " database: this process no longer accepts tokens";
    }
    if (!single && row.owner() != null) {
      return "another process has started on this database with accessTokens.cluster.replicas:"
          + " single: this process no longer accepts tokens";
    }
    return isSeen() ? "" : NOT_SEEN;
  }

  Lease.Durations durations() {
    return durations;
  }

  ChangeCounter counter() {
    return counter;
  }

  /** Returns a feed of the changes of all processes. The feed reads over a separate connection. */
  public ChangeFeed feed() {
    return new JdbcChangeFeed(database, dataSource, this);
  }

  /**
   * Updates the time in the entry of this replica immediately. This is the heartbeat of this
   * replica. A read of the feed also calls this method if the entry is too old, for example after
   * an outage. Without this call, the replica would get no lease until the next heartbeat, up to
   * four seconds later.
   *
   * @throws StoreUnavailableException if the database cannot be reached
   */
  synchronized void renewEntry() {
    long begun = nanoTime.getAsLong();
    long others = database.write(this::heartbeat);
    seenAt = begun;
    if (others > 0 && single && !othersReported) {
      othersReported = true;
      LOG.log(
          Level.ERROR,
          "accessTokens.cluster.replicas is single, but {0} other process(es) use"
              + " this database: stop them, or set many on all",
          String.valueOf(others));
    }
  }

  /**
   * Updates the time in the entry of this replica.
   *
   * @return the number of other replicas that have updated their entries since this replica started
   */
  private long heartbeat(StatelessSession session) {
    writeEntry(session);
    return session
        .createNativeQuery(
            "select count(*) from access_token_replicas where id <> :me and seen_at > :since",
            Long.class)
        .setParameter("me", id)
        .setParameter("since", enlistedAt)
        .getSingleResult();
  }

  /**
   * Sets the time in the entry of this replica, and adds the entry if it is missing. An entry that
   * {@link #close} has removed stays removed.
   */
  private void writeEntry(StatelessSession session) {
    String now = database.databaseKind().utcNow();
    int found =
        session
            .createNativeMutationQuery(
                "update access_token_replicas set seen_at = " + now + " where id = :me")
            .setParameter("me", id)
            .executeUpdate();
    if (found == 0 && !closed) {
      session
          .createNativeMutationQuery(
              "insert into access_token_replicas (id, seen_at) values (:me, " + now + ")")
          .setParameter("me", id)
          .executeUpdate();
    }
  }

  /**
   * Removes this process from the list of replicas. The caller must first close the readers of the
   * feed.
   */
  @Override
  public void close() {
    closed = true;
    threads.shutDown(executor, STOP_TIMEOUT);
    try {
      var unused =
          database.write(
              session ->
                  session
                      .createNativeMutationQuery("delete from access_token_replicas where id = :me")
                      .setParameter("me", id)
                      .executeUpdate());
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "this process could not be removed from the list of processes, and counts as running for"
              + " up to {0} seconds: {1}",
          String.valueOf(activeFor(durations.untilFinal()).toSeconds() + 1),
          e.getMessage());
    }
  }
}
