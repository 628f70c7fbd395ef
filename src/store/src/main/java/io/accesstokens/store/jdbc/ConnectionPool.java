package io.accesstokens.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.limit.OutageLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A pool of READ COMMITTED connections. After an outage of the database, the pool works again
 * without a restart.
 *
 * <p>After a failed connection attempt, only one thread at a time tries to get a connection. The
 * calls of all other threads fail immediately. Therefore waiting threads do not accumulate during
 * an outage. The first call after the outage succeeds.
 *
 * <p>The thread that tries uses an idle connection of the pool if there is one, and otherwise a new
 * connection. If the server refuses only new connections, for example because it has too many, the
 * open connections of the pool therefore stay in use.
 *
 * <p>The pool has no minimum number of idle connections. With a minimum, Hikari would try to open
 * connections at growing intervals, and would detect the end of an outage too late.
 */
public final class ConnectionPool extends DelegatingDataSource implements AutoCloseable {

  private static final Logger LOG = System.getLogger(ConnectionPool.class.getName());

  /**
   * Maximum wait for a connection of the pool, in milliseconds. During a known outage, one call at
   * a time tries to connect, and all other calls fail immediately.
   */
  private static final int CONNECTION_WAIT_MILLIS = 3_000;

  /**
   * Maximum number of connections that one call tries, until a connection leads to the server that
   * the change feed was read from. See {@link FollowedServer}.
   */
  private static final int MAX_ATTEMPTS = 4;

  /**
   * Error codes of H2 after which the database is closed, although its connections still look
   * valid. H2 closes a database after a failed write, for example if the disk is full.
   */
  private static final Set<Integer> H2_CLOSED = Set.of(90028, 90031, 90098, 90121);

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final DriverConnections driver;
  private final HikariDataSource pool;
  private final DaemonThreads threads;
  private final ScheduledThreadPoolExecutor housekeeper;

  /**
   * A connection outside of the pool. On H2 only, this connection stays open. Without an open
   * connection, embedded H2 would close the database file, and another process could open the file.
   */
  private volatile Connection anchor;

  private final ReentrantLock probing = new ReentrantLock();
  private volatile boolean out;
  private final ClosedDatabase closed;

  private final OutageLog outages;

  /** The last failure of the current outage. */
  private volatile @Nullable SQLException reason;

  private ConnectionPool(
      DriverConnections driver,
      HikariDataSource pool,
      DaemonThreads threads,
      ScheduledThreadPoolExecutor housekeeper,
      Connection anchor,
      ClosedDatabase closed,
      OutageLog outages) {
    super(pool);
    this.driver = driver;
    this.pool = pool;
    this.threads = threads;
    this.housekeeper = housekeeper;
    this.anchor = anchor;
    this.closed = closed;
    this.outages = outages;
  }

  /**
   * Connects to the database once and creates a pool.
   *
   * @param url {@code jdbc:mariadb:…}, {@code jdbc:postgresql:…} or {@code jdbc:h2:…}. Unless the
   *     URL sets other values, MariaDB and PostgreSQL have one second to accept a connection and
   *     five seconds to respond to a statement.
   * @param maximumPoolSize the maximum number of connections, at least 1
   * @throws IllegalArgumentException if {@code maximumPoolSize} is less than 1
   * @throws DatabaseRefusedException if the database cannot be used as configured
   * @throws StoreUnavailableException if the database cannot be reached now
   */
  public static ConnectionPool open(String url, String user, String password, int maximumPoolSize) {
    return open(url, user, () -> password, maximumPoolSize);
  }

  /**
   * Connects to the database once and creates a pool, as {@link #open(String, String, String, int)}
   * does. The password can change while the pool is open.
   *
   * @param password returns the current password, for each new connection
   * @throws IllegalArgumentException if {@code maximumPoolSize} is less than 1
   * @throws DatabaseRefusedException if the database cannot be used as configured
   * @throws StoreUnavailableException if the database cannot be reached now
   */
  public static ConnectionPool open(
      String url, String user, Supplier<String> password, int maximumPoolSize) {
    if (maximumPoolSize < 1) {
      throw new IllegalArgumentException("maximumPoolSize must be at least 1");
    }
    DriverConnections driver = new DriverConnections(url, user, password);
    try {
      Connection anchor = driver.getConnection();
      try {
        return open(driver, anchor, maximumPoolSize);
      } catch (SQLException | RuntimeException | Error e) {
        try (anchor) { // closes it
          throw e;
        }
      }
    } catch (SQLException e) {
      throw DatabaseErrorMessages.translated(e);
    }
  }

  private static ConnectionPool open(
      DriverConnections driver, Connection anchor, int maximumPoolSize) throws SQLException {
    HikariConfig config = new HikariConfig();
    if (driver.isMariaDb()) {
      driver.setSessionVariables(
          MariaDbSession.guardVariables(MariaDbSession.isGalera(anchor), driver.statementMillis()));
      anchor.close();
    } else if (driver.isPostgres()) {
      config.setConnectionInitSql(PostgresSession.guardSql(driver.statementMillis()));
      anchor.close();
    }
    config.setPoolName("access-tokens");
    config.setDataSource(driver);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setMaximumPoolSize(maximumPoolSize);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(CONNECTION_WAIT_MILLIS);
    config.setValidationTimeout(500);
    config.setInitializationFailTimeout(-1);
    config.setKeepaliveTime(TimeUnit.MINUTES.toMillis(2));
    DaemonThreads threads = new DaemonThreads("access-tokens-connections");
    ScheduledThreadPoolExecutor housekeeper = housekeeper(threads);
    config.setScheduledExecutor(housekeeper);
    config.setThreadFactory(threads); // Hikari's threads end shortly after the pool
    OutageLog outages = new OutageLog(LOG);
    ClosedDatabase closed = new ClosedDatabase(outages);
    if (driver.isH2()) {
      config.setExceptionOverride(closed);
    }
    try {
      return new ConnectionPool(
          driver, new HikariDataSource(config), threads, housekeeper, anchor, closed, outages);
    } catch (RuntimeException | Error e) {
      housekeeper.shutdownNow();
      throw e;
    }
  }

  /**
   * Creates an executor for the background tasks of Hikari, with the settings of Hikari's own
   * executor. {@link #close} waits for the end of this executor. Hikari does not wait for the end
   * of its own executor.
   */
  private static ScheduledThreadPoolExecutor housekeeper(DaemonThreads threads) {
    ScheduledThreadPoolExecutor housekeeper = new ScheduledThreadPoolExecutor(1, threads);
    housekeeper.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    housekeeper.setRemoveOnCancelPolicy(true);
    return housekeeper;
  }

  /**
   * Returns a connection of the pool.
   *
   * @throws SQLException if the database cannot be reached, or if no connection becomes free within
   *     three seconds
   */
  @Override
  public Connection getConnection() throws SQLException {
    if (isOut()) {
      probe();
    }
    try {
      Connection connection = pool.getConnection();
      if (!isOut()) {
        outages.reportSuccess("the database is available again");
      }
      return connection;
    } catch (SQLException e) {
      boolean full = areAllInUse();
      probeAfterFailure();
      throw full && !out ? new DatabaseFailures.PoolExhaustedException(e) : e;
    }
  }

  private boolean isOut() {
    return out || closed.failure.get() != null;
  }

  /**
   * Returns true if all connections of the pool are in use. A call must then wait for a connection.
   */
  public boolean areAllInUse() {
    return pool.getHikariPoolMXBean().getActiveConnections() == pool.getMaximumPoolSize();
  }

  /**
   * Publishes the metrics of the pool.
   *
   * @param registry a registry that Hikari supports, such as a {@code MeterRegistry} of Micrometer
   */
  public void publishMetrics(Object registry) {
    pool.setMetricRegistry(registry);
  }

  /**
   * Returns a connection to the server that the change feed was read from last. Closes connections
   * to other servers.
   *
   * @throws SQLException if the pool has no connection, if new connections lead to another server,
   *     or if the server must not be used yet
   */
  Connection getConnection(FollowedServer followed) throws SQLException {
    for (int attempts = MAX_ATTEMPTS; ; attempts--) {
      Connection connection = getConnection();
      try {
        followed.require(connection);
        return connection;
      } catch (SQLException e) {
        pool.evictConnection(connection);
        if (attempts == 1 || !followed.isUsable()) {
          throw e;
        }
      }
    }
  }

  /** Returns true if the driver can move an open connection to another server. */
  boolean changesServers() {
    return driver.changesServers();
  }

  /** Closes all connections. A connection in use is closed when it returns to the pool. */
  public void closeConnections() {
    pool.getHikariPoolMXBean().softEvictConnections();
  }

  int maximumSize() {
    return pool.getMaximumPoolSize();
  }

  /** Returns a new connection outside of the pool. The caller must close the connection. */
  public Connection unpooled() throws SQLException {
    return driver.getConnection();
  }

  /**
   * Sets {@link #out} if the database is unavailable, and changes nothing if all connections are in
   * use.
   *
   * <p>Hikari reports both cases in the same way. Therefore one thread tests the database with a
   * new connection. A busy database must not be treated as unavailable, because the pool would then
   * reject other callers.
   */
  private void probeAfterFailure() {
    if (out || !probing.tryLock()) {
      return;
    }
    try {
      driver.getConnection().close();
    } catch (SQLException unreachable) {
      out = true;
      reportOutage(unreachable);
    } finally {
      probing.unlock();
    }
  }

  /** Logs why no connection can be opened. The reason can change during an outage. */
  private void reportOutage(SQLException unreachable) {
    reason = unreachable;
    outages.reportFailure(
        Level.WARNING,
        "no connection to the database: " + DatabaseErrorMessages.withCause(unreachable));
  }

  /**
   * Tests whether an outage has ended. If the pool has an idle connection, gets this connection,
   * which Hikari then checks. Otherwise opens a new connection. If H2 has closed the database,
   * reopens the database, and replaces all connections.
   *
   * @throws SQLException if the database cannot be reached, or if another thread is already trying
   *     to get a connection
   */
  private void probe() throws SQLException {
    if (!probing.tryLock()) {
      SQLException cause = closed.failure.get();
      throw new SQLTransientConnectionException(
          "the database is unreachable", "08001", cause == null ? reason : cause);
    }
    try {
      if (closed.failure.get() != null) {
        anchor = openUnpooled();
        closeConnections();
        closed.failure.set(null);
      } else if (out && pool.getHikariPoolMXBean().getIdleConnections() > 0) {
        pool.getConnection().close();
      } else if (out) {
        openUnpooled().close();
      }
      out = false;
      reason = null;
    } finally {
      probing.unlock();
    }
  }

  /**
   * Opens a connection outside of the pool. If this fails, logs the reason. If H2 has closed the
   * database, reopens the database.
   */
  private Connection openUnpooled() throws SQLException {
    try {
      return closed.failure.get() == null ? driver.getConnection() : driver.reopenH2();
    } catch (SQLException e) {
      reportOutage(e);
      throw e;
    }
  }

  @Override
  public void close() {
    pool.close();
    housekeeper.shutdownNow();
    if (!threads.shutDown(housekeeper, STOP_TIMEOUT)) {
      LOG.log(Level.WARNING, "a thread of the connection pool does not end");
    }
    try {
      anchor.close();
    } catch (SQLException e) {
      LOG.log(Level.WARNING, "the database did not close cleanly", e);
    }
  }

  /** Detects that H2 has closed the database. All connections are then unusable. */
  private static final class ClosedDatabase implements SQLExceptionOverride {

    /** The parts of a message of H2 that differ each time: a Java object, and a position. */
    private static final Pattern VARYING =
        Pattern.compile("@[0-9a-f]{1,8}\\b|;[a-z 0-9]{1,80} at [0-9]{1,20}");

    /** The failure after which H2 closed the database; null if the database is open. */
    private final AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();

    private final OutageLog outages;

    ClosedDatabase(OutageLog outages) {
      this.outages = outages;
    }

    @java.lang.Override // SQLExceptionOverride has a nested type of this name
    public SQLExceptionOverride.Override adjudicate(SQLException e) {
      if (!H2_CLOSED.contains(e.getErrorCode()) && !DatabaseFailures.isH2StorageFailure(e)) {
        return SQLExceptionOverride.Override.CONTINUE_EVICT;
      }
      if (failure.compareAndSet(null, e)) {
        // OutageLog must see that a repeated failure is the same.
        String cause = VARYING.matcher(DatabaseErrorMessages.withCause(e)).replaceAll("");
        outages.reportFailure(Level.ERROR, "H2 closed the database: " + cause);
      }
      // The next call replaces all connections. If Hikari replaced this connection, it would log a
      // stack trace.
      return SQLExceptionOverride.Override.DO_NOT_EVICT;
    }
  }
}
