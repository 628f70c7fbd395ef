package io.accesstokens.store.feed;

import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.jdbc.CommitAction;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.DatabaseKind;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.hibernate.StatelessSession;
import org.hibernate.jdbc.ReturningWork;
import org.jspecify.annotations.Nullable;

/**
 * Runs the transactions that change verdicts. Each transaction first writes its rows, then its feed
 * entries, and then commits.
 */
public final class VerdictChanges {

  private static final Logger LOG = System.getLogger(VerdictChanges.class.getName());

  private final Database database;
  private final ChangeCounter counter;
  private final RandomGenerator random;

  /**
   * Creates an instance that writes changes of verdicts to a database.
   *
   * @param random a cryptographically strong source of random numbers, for the nonces of feed
   *     entries
   */
  public VerdictChanges(Database database, ChangeCounter counter, RandomGenerator random) {
    this.database = database;
    this.counter = counter;
    this.random = random;
  }

  /**
   * The result of a change before its feed entries are written.
   *
   * @param result the result for the caller of the change
   * @param entries the feed entries that the change must still write; null if no verdict changed
   * @param counterRow the row of the change counter, if the change has read it; otherwise null
   */
  public record ChangeResult<T>(
      T result, @Nullable FeedEntries entries, ChangeCounter.@Nullable Row counterRow) {

    public static <T> ChangeResult<T> changed(T result, FeedEntries entries) {
      return new ChangeResult<>(result, entries, null);
    }

    /**
     * Returns the result of a transaction that changes no verdict, because an earlier change has
     * already had the same effect.
     *
     * @param counterRow the row of the change counter that this transaction has read
     */
    public static <T> ChangeResult<T> alreadyDone(T result, ChangeCounter.Row counterRow) {
      return new ChangeResult<>(result, null, counterRow);
    }

    public static <T> ChangeResult<T> unchanged(T result) {
      return new ChangeResult<>(result, null, null);
    }
  }

  private record Committed<T>(T result, ChangeCounter.@Nullable Row row) {}

  /**
   * Runs a transaction that changes verdicts. {@code work} writes all rows except the feed entries.
   * After a conflict, {@code work} is called again.
   */
  public <T> T change(Function<StatelessSession, ChangeResult<T>> work) {
    Committed<T> committed = database.change(session -> commitAction(session, work.apply(session)));
    ChangeCounter.Row row = committed.row();
    if (row != null) {
      counter.recordRow(row);
      counter.recordCommitted(row.lastNumber());
    }
    return committed.result();
  }

  private <T> CommitAction<Committed<T>> commitAction(
      StatelessSession session, ChangeResult<T> change) {
    FeedEntries entries = change.entries();
    DatabaseKind databaseKind = database.databaseKind();
    if (entries == null) {
      return databaseKind == DatabaseKind.POSTGRESQL && change.counterRow() != null
          ? (same, commit) -> commitWith(same, commit, change.result(), FeedEntries::confirm)
          : CommitAction.with(new Committed<>(change.result(), change.counterRow()));
    }
    return switch (databaseKind) {
      case MARIADB, POSTGRESQL ->
          (same, commit) ->
              commitWith(
                  same,
                  commit,
                  change.result(),
                  connection -> entries.commit(connection, databaseKind, random));
      case H2 ->
          CommitAction.with(new Committed<>(change.result(), entries.write(session, random)));
    };
  }

  private <T> Committed<T> commitWith(
      StatelessSession session,
      Runnable commit,
      T result,
      ReturningWork<ChangeCounter.Row> ending) {
    ChangeCounter.Row row = session.doReturningWork(ending);
    try {
      // The server has already committed. This call only updates Hibernate and the connection.
      commit.run();
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "a connection failed after a commit", e);
    }
    return new Committed<>(result, row);
  }
}
