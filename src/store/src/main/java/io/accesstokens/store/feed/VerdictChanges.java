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
 * Runs changes of verdicts. Each change first writes its rows and then its feed entries, and then
 * commits.
 */
public final class VerdictChanges {

  private static final Logger LOG = System.getLogger(VerdictChanges.class.getName());

  private final Database database;
  private final ChangeCounter counter;
  private final RandomGenerator random;

  /**
   * Creates an object that runs changes.
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
   * @param news the feed entries that the change must still write; null if no verdict changed
   * @param found the row of the change counter, if the change has read it; otherwise null
   */
  public record Written<T>(
      T result, @Nullable FeedEntries news, ChangeCounter.@Nullable Row found) {

    public static <T> Written<T> changed(T result, FeedEntries news) {
      return new Written<>(result, news, null);
    }

    /**
     * Returns the result of a change that writes nothing, because an earlier change has already had
     * the same effect.
     *
     * @param found the row of the change counter that this change has read
     */
    public static <T> Written<T> before(T result, ChangeCounter.Row found) {
      return new Written<>(result, null, found);
    }

    public static <T> Written<T> unchanged(T result) {
      return new Written<>(result, null, null);
    }
  }

  private record Committed<T>(T result, ChangeCounter.@Nullable Row row) {}

  /** Runs a change. After a conflict, {@code work} is called again. */
  public <T> T change(Function<StatelessSession, Written<T>> work) {
    Committed<T> committed = database.change(session -> ending(session, work.apply(session)));
    ChangeCounter.Row row = committed.row();
    if (row != null) {
      counter.found(row);
      counter.committed(row.lastNumber());
    }
    return committed.result();
  }

  private <T> CommitAction<Committed<T>> ending(StatelessSession session, Written<T> written) {
    FeedEntries news = written.news();
    DatabaseKind vendor = database.vendor();
    if (news == null) {
      return vendor == DatabaseKind.POSTGRESQL && written.found() != null
          ? (same, commit) -> committed(same, commit, written.result(), FeedEntries::confirm)
          : CommitAction.with(new Committed<>(written.result(), written.found()));
    }
    return switch (vendor) {
      case MARIADB, POSTGRESQL ->
          (same, commit) ->
              committed(
                  same,
                  commit,
                  written.result(),
                  connection -> news.commit(connection, vendor, random));
      case H2 -> CommitAction.with(new Committed<>(written.result(), news.write(session, random)));
    };
  }

  private <T> Committed<T> committed(
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
