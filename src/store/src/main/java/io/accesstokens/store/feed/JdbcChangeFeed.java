package io.accesstokens.store.feed;

import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.DatabaseFailures;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.MariaDbSession;
import io.accesstokens.store.jdbc.PostgresSession;
import io.accesstokens.store.jdbc.Statements;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.VerificationUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the change feed from the database. Each read is one statement, at READ COMMITTED and in
 * autocommit mode, over a separate connection. After an outage, for example, the entry of this
 * process in the list of replicas can be too old. The read then renews the entry and repeats the
 * statement.
 *
 * <p>With a {@link ConnectionPool}, the connection is outside of the pool. With the {@code
 * DataSource} of a host application, this class takes one connection and keeps it.
 *
 * <p>On MariaDB, a read waits for a response at most as long as a lease. On PostgreSQL, the driver
 * cancels a read after the length of a lease, rounded down to seconds, with a minimum of one
 * second.
 *
 * <p>On PostgreSQL with synchronous replication, each read also proves that the server was the
 * primary server when the read began ({@link DatabaseKind#proofExpression}). After a later
 * failover, this read therefore contains all changes on the new primary server that were committed
 * before the read began.
 */
final class JdbcChangeFeed implements ChangeFeed {

  private static final Logger LOG = System.getLogger(JdbcChangeFeed.class.getName());

  /** Minimum age of the connection before {@link #leaveServer} closes it. */
  private static final Duration RECONNECT_EVERY = Duration.ofSeconds(1);

  /** Maximum number of entries in a page. A full page has about 80 KB. */
  static final int PAGE = 1_000;

  private final Database database;
  private final DataSource dataSource;
  private final Replica replica;
  private @Nullable Connection connection;
  private final Deque<SettingRestorer> undone = new ArrayDeque<>(); // the latest setting first
  private String sql = "";
  private String staleReadReason = "";
  private long connectedAt;

  JdbcChangeFeed(Database database, DataSource dataSource, Replica replica) {
    this.database = database;
    this.dataSource = dataSource;
    this.replica = replica;
  }

  @Override
  public Page read(@Nullable Position after) {
    Page page = readOnce(after);
    if (page.withheld().filter(Replica.NOT_SEEN::equals).isEmpty()) {
      return page;
    }
    replica.renewEntry();
    // The first page is of no use. Before the renewal, a process with other lease durations may
    // have started. Only a later read proves that there is no such process.
    return readOnce(after);
  }

  private Page readOnce(@Nullable Position after) {
    // The number must be read before the feed. The feed must then contain all commits of this
    // process up to this number.
    long committed = replica.counter().committed();
    try {
      Page page = database.readDirectly(() -> readPage(after, committed));
      if (!staleReadReason.isEmpty()) {
        leaveServer();
      }
      return page;
    } catch (ReadFailedException e) {
      disconnect();
      throw new VerificationUnavailableException(
          String.valueOf(DatabaseFailures.unavailable(e).getMessage()), e.getCause());
    } catch (RuntimeException | Error e) {
      // The connection may lack some of its settings. With the isolation level REPEATABLE READ, it
      // would read the same old rows again and again.
      disconnect();
      throw e;
    }
  }

  /**
   * Closes the connections, so that new connections can lead to another server. For example, a
   * former primary server keeps its connections open after a switch-over, and is then read-only.
   */
  private void leaveServer() {
    if (System.nanoTime() - connectedAt < RECONNECT_EVERY.toNanos()) {
      return;
    }
    disconnect();
    if (dataSource instanceof ConnectionPool pool) {
      pool.closeConnections();
    }
  }

  /**
   * Wraps a JDBC exception, because {@link Database#readDirectly} cannot throw a checked exception.
   */
  private static final class ReadFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReadFailedException(SQLException cause) {
      super(cause);
    }
  }

  private Page readPage(@Nullable Position after, long committed) {
    try (PreparedStatement statement = connected().prepareStatement(sql)) {
      if (after == null) {
        statement.setNull(1, Types.BIGINT);
      } else {
        statement.setLong(1, after.number());
      }
      statement.setInt(2, PAGE + 1);
      if (database.databaseKind() == DatabaseKind.POSTGRESQL) {
        statement.setQueryTimeout(queryTimeoutSeconds());
      }
      Page page;
      try (ResultSet rows = statement.executeQuery()) {
        page = page(rows, after, committed);
      }
      if (database.databaseKind() == DatabaseKind.POSTGRESQL) {
        PostgresSession.requireNoWarning(statement.getWarnings());
      }
      // This call is needed even if this process gets no lease, because other work needs the new
      // primary server immediately. The call comes before the reader clears its cache.
      Lease.Durations durations = replica.durations();
      if (staleReadReason.isEmpty()
          && !database.follow(page.server(), durations.length().plus(durations.margin()))) {
        throw new VerificationUnavailableException(
            "the change feed was read from a former primary server");
      }
      return page;
    } catch (SQLException e) {
      throw new ReadFailedException(e);
    }
  }

  private Page page(ResultSet rows, @Nullable Position after, long committed) throws SQLException {
    if (!rows.next()) {
      throw ChangeCounter.unusable(null);
    }
    ChangeCounter.Row row = ChangeCounter.Row.of(rows);
    Instant databaseTime = rows.getObject(6, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    String server = rows.getString(7);
    staleReadReason = rows.getString(8);
    String withheld = withheldReason(row, committed);
    List<Entry> entries = new ArrayList<>();
    int read = 0;
    do {
      long number = rows.getLong(9);
      if (!rows.wasNull()) {
        read++;
        entries.add(
            new Entry(
                number,
                EntryNonce.of(rows.getBytes(11)),
                TokenDigest.of(rows.getBytes(10)),
                rows.getString(12)));
      }
    } while (rows.next());
    // One statement reads the row and the entries, so they are from the same instant.
    if (!entries.isEmpty() && entries.get(entries.size() - 1).number() > row.lastNumber()) {
      throw ChangeCounter.unusable(null);
    }
    Optional<EntryNonce> nonceAtPosition = Optional.empty();
    if (after != null && !entries.isEmpty() && entries.get(0).number() == after.number()) {
      nonceAtPosition = Optional.of(entries.remove(0).nonce());
    }
    boolean complete = read <= PAGE || entries.get(entries.size() - 1).number() >= row.lastNumber();
    return new Page(
        row.lastNumber(),
        nonceAtPosition,
        entries,
        complete,
        server,
        databaseTime,
        withheld.isEmpty() ? replica.durations().length() : Duration.ZERO,
        withheld.isEmpty() ? Optional.empty() : Optional.of(withheld));
  }

  private String withheldReason(ChangeCounter.Row row, long committed) {
    if (row.lastNumber() < committed) {
      return "a committed change cannot be read: reads must go to the server that writes, and no"
          + " commit may be lost";
    }
    return staleReadReason.isEmpty() ? replica.withheldReason(row) : staleReadReason;
  }

  private Connection connected() throws SQLException {
    Connection present = connection;
    if (present != null) {
      return present;
    }
    boolean own = dataSource instanceof ConnectionPool;
    Connection made =
        dataSource instanceof ConnectionPool pool ? pool.unpooled() : dataSource.getConnection();
    connection = made;
    connectedAt = System.nanoTime();
    undone.clear();
    DatabaseKind databaseKind = database.databaseKind();
    if (databaseKind != DatabaseKind.H2) { // first, because the timeout limits later statements
      int timeout = made.getNetworkTimeout();
      undone.push(target -> target.setNetworkTimeout(Runnable::run, timeout));
      made.setNetworkTimeout(Runnable::run, networkTimeoutMillis(databaseKind));
    }
    boolean autoCommit = made.getAutoCommit();
    undone.push(target -> target.setAutoCommit(autoCommit));
    made.setAutoCommit(true);
    int isolation = made.getTransactionIsolation();
    undone.push(target -> target.setTransactionIsolation(isolation));
    made.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    boolean causal = databaseKind == DatabaseKind.MARIADB && MariaDbSession.isGalera(made);
    if (causal) {
      undone.push(target -> Statements.execute(target, MariaDbSession.NOT_CAUSAL));
      Statements.execute(made, MariaDbSession.CAUSAL);
    }
    if (databaseKind == DatabaseKind.POSTGRESQL) {
      undone.push(target -> Statements.execute(target, PostgresSession.NOT_CONFIRMED));
      Statements.execute(made, PostgresSession.CONFIRMED);
    }
    if (own) {
      undone.clear(); // the feed owns and closes this connection
    }
    sql = select(databaseKind, causal);
    return made;
  }

  private int networkTimeoutMillis(DatabaseKind databaseKind) {
    return databaseKind == DatabaseKind.POSTGRESQL
        ? (queryTimeoutSeconds() + 1) * 1_000
        : (int) replica.durations().length().toMillis();
  }

  /**
   * Returns the time after which the driver cancels a read on PostgreSQL, in seconds, at least 1.
   * Only a cancel request of the driver ends a wait for a standby on the server. While no standby
   * responds, each read without a cancel request would leave a waiting process on the server.
   */
  private int queryTimeoutSeconds() {
    return (int) Math.max(1, replica.durations().length().toSeconds());
  }

  private static String select(DatabaseKind databaseKind, boolean causal) {
    return "select c.last_number, c.owner_id, c.lease_millis, c.margin_millis, c.outage_millis, "
        + databaseKind.utcNow()
        + ", "
        + databaseKind.serverExpression()
        + ", "
        + databaseKind.staleReadReasonExpression(causal)
        + ", e.change_number, e.token_hash, e.random_mark, e.kind, "
        + databaseKind.proofExpression()
        + " from access_token_change_counter c left join access_token_changes e"
        + " on e.change_number >= coalesce(?, c.last_number)"
        + " where c.id = 1 order by e.change_number limit ?";
  }

  /**
   * Closes the connection. If the connection belongs to a host application, this method first
   * restores its earlier settings, and resets the session variables to their defaults.
   */
  private void disconnect() {
    Connection current = connection;
    connection = null;
    if (current == null) {
      return;
    }
    try (current) {
      for (SettingRestorer each : undone) {
        each.applyTo(current);
      }
    } catch (SQLException e) {
      LOG.log(Level.DEBUG, "the connection of the change feed is closed", e);
    }
  }

  /** Restores one setting of a connection. */
  @FunctionalInterface
  private interface SettingRestorer {
    void applyTo(Connection connection) throws SQLException;
  }

  @Override
  public void close() {
    disconnect();
  }
}
