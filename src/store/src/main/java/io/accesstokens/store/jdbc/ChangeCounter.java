package io.accesstokens.store.jdbc;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.Lease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Stores how long this process must wait until one of its changes is final. Also stores the highest
 * change number of which this process knows that it is committed.
 *
 * <p>The lease durations in the row of the change counter determine the wait. A change reads this
 * row while it holds the lock of the row. A process also reads the row when it starts as a replica,
 * and before it waits for the change of another process.
 */
public final class ChangeCounter {

  /** The columns of {@link Row}, separated by commas. */
  public static final String COLUMNS =
      "last_number, owner_id, lease_millis, margin_millis, outage_millis";

  /** SQL query for the columns of {@link Row}. */
  public static final String ROW =
      "select " + COLUMNS + " from access_token_change_counter where id = 1";

  private static final String UNUSABLE =
      "the row of access_token_change_counter is missing, or its last_number is less than a"
          + " change_number of access_token_changes: stop all processes, and repair the row";

  /**
   * Maximum wait for the standbys in {@link #confirmed}, in seconds. The wait holds one connection.
   */
  private static final int CONFIRMATION_SECONDS = 3;

  /**
   * The row of the change counter.
   *
   * @param lastNumber the change number of the last change
   * @param owner the id of the only process that may cache verdicts; null if all processes may
   *     cache verdicts
   * @param durationsOrNull the lease durations that all processes use; null if no process has
   *     cached a verdict yet
   */
  public record Row(
      long lastNumber, @Nullable String owner, Lease.@Nullable Durations durationsOrNull) {

    public static Row of(@Nullable Object[] columns) {
      return new Row(
          number(columns[0]),
          (String) columns[1],
          columns[2] == null
              ? null
              : new Lease.Durations(millis(columns[2]), millis(columns[3]), millis(columns[4])));
    }

    /**
     * Creates a row from the current row of a query result. The first columns of the result must be
     * the columns of {@link #ROW}.
     */
    public static Row of(ResultSet row) throws SQLException {
      return of(
          new @Nullable Object[] {
            row.getObject(1), row.getString(2), row.getObject(3), row.getObject(4), row.getObject(5)
          });
    }

    private static long number(@Nullable Object column) {
      return column instanceof Number number ? number.longValue() : 0;
    }

    private static Duration millis(@Nullable Object column) {
      return Duration.ofMillis(number(column));
    }

    public Optional<Lease.Durations> durations() {
      return Optional.ofNullable(durationsOrNull);
    }
  }

  /**
   * The state in which no other process may cache verdicts.
   *
   * @param id the id of this process
   * @param finalSinceNanos the time at which the last lease of another process expires, as a value
   *     of {@code System.nanoTime()}; can be in the future. After this time, a change is final when
   *     it is committed.
   */
  private record SoleReplica(String id, long finalSinceNanos) {}

  private final AtomicLong committed = new AtomicLong();

  // This value never decreases, because the order of two concurrent changes is not known.
  private final AtomicLong maxNanos = new AtomicLong();

  private volatile @Nullable SoleReplica soleReplica;

  /**
   * Reads the row of the change counter.
   *
   * @throws StoreUnavailableException if the row is missing
   */
  public static Row read(StatelessSession session) {
    return session
        .createNativeQuery(ROW, Object[].class)
        .uniqueResultOptional()
        .map(Row::of)
        .orElseThrow(() -> unusable(null));
  }

  /**
   * Returns the exception for an unusable row: the row is missing, or its last number is less than
   * a change number of the feed.
   */
  public static StoreUnavailableException unusable(@Nullable Throwable cause) {
    return new StoreUnavailableException(UNUSABLE, cause);
  }

  /**
   * Reads the row. Use this method if an earlier change has already had the desired effect, and the
   * caller therefore commits nothing. On PostgreSQL with synchronous replication, the read succeeds
   * only when the synchronous standbys have all earlier changes ({@link
   * DatabaseKind#proofExpression}). The read locks no row. A host application can have changed the
   * settings of the connection; they do not affect the read.
   *
   * @param connection a connection in autocommit mode
   * @throws SQLException if the read fails, or if the standbys do not confirm the read in time
   * @throws StoreUnavailableException if the row is missing
   */
  public static Row confirmed(Connection connection, DatabaseKind databaseKind)
      throws SQLException {
    String sql =
        "select "
            + COLUMNS
            + ", "
            + databaseKind.proofExpression()
            + (databaseKind == DatabaseKind.POSTGRESQL
                ? PostgresSession.CONFIRMED_IN_STATEMENT
                : "")
            + " from access_token_change_counter where id = 1";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (databaseKind == DatabaseKind.POSTGRESQL) {
        // Only a cancel request of the driver ends the wait for a standby on the server.
        statement.setQueryTimeout(CONFIRMATION_SECONDS);
      }
      Row confirmed;
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw unusable(null);
        }
        confirmed = Row.of(row);
      }
      if (databaseKind == DatabaseKind.POSTGRESQL) {
        PostgresSession.requireNoWarning(statement.getWarnings());
      }
      return confirmed;
    }
  }

  /**
   * Records that no other process may cache verdicts.
   *
   * @param id the id of this process
   * @param finalSinceNanos the time at which the last lease of another process expires, as a value
   *     of {@code System.nanoTime()}; can be in the future. After this time, a change is final when
   *     it is committed.
   */
  public void recordSoleReplica(String id, long finalSinceNanos) {
    soleReplica = new SoleReplica(id, finalSinceNanos);
  }

  /**
   * Records the row of the change counter. A change passes the row that it has read under the lock.
   * A caller that waits for an earlier change must read the row after that change.
   */
  public void recordRow(Row row) {
    row.durations()
        .ifPresent(
            durations -> maxNanos.accumulateAndGet(durations.untilFinal().toNanos(), Math::max));
    SoleReplica claimed = soleReplica;
    if (claimed != null && !claimed.id().equals(row.owner())) {
      soleReplica = null;
    }
  }

  /** Records that the change with the given change number was committed. */
  public void recordCommitted(long number) {
    committed.accumulateAndGet(number, Math::max);
  }

  /**
   * Returns the highest change number that this process has committed, or has read in a transaction
   * that found its change already done. A read of the feed that starts after this call must include
   * the change with this number.
   */
  public long committed() {
    return committed.get();
  }

  /**
   * Returns how long another process may use old data after a change of this process. Old data is
   * data that the other process has read before the change. Returns zero if no other process may
   * cache verdicts.
   */
  public Duration untilFinal() {
    SoleReplica claimed = soleReplica;
    return claimed != null && System.nanoTime() - claimed.finalSinceNanos() >= 0
        ? Duration.ZERO
        : Duration.ofNanos(maxNanos.get());
  }
}
