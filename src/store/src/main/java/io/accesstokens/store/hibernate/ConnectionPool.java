package io.accesstokens.store.hibernate;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.DaemonThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A pool of READ COMMITTED connections, made for a database that may go away and come back.
 *
 * <p>Once a connection could not be had, callers fail at once, while one of them at a time tries to
 * reach the database by a new connection. So threads do not pile up during an outage, and the first
 * call after its end succeeds. The pool keeps no minimum of idle connections, because Hikari would
 * try to make them at ever longer intervals, and sleep through the end of the outage.
 */
public final class ConnectionPool extends DelegatingDataSource implements AutoCloseable {

  private static final Logger LOG = System.getLogger(ConnectionPool.class.getName());

  /** How long a caller waits for a connection, unless the database is known to be away. */
  private static final int CONNECTION_WAIT_MILLIS = 3_000;

  private static final Duration STOP = Duration.ofSeconds(5);

  private final DriverConnections driver;
  private final HikariDataSource pool;
  private final DaemonThreads threads;
  private final ScheduledThreadPoolExecutor housekeeper;

  /**
   * The first connection. On H2 it stays open: an embedded database without a connection closes its
   * file, which another process could then take.
   */
  private final Connection anchor;

  private final ReentrantLock probing = new ReentrantLock();
  private volatile boolean out;

  private ConnectionPool(
      DriverConnections driver,
      HikariDataSource pool,
      DaemonThreads threads,
      ScheduledThreadPoolExecutor housekeeper,
      Connection anchor) {
    super(pool);
    this.driver = driver;
    this.pool = pool;
    this.threads = threads;
    this.housekeeper = housekeeper;
    this.anchor = anchor;
  }

  /**
   * Reaches the database once and makes a pool.
   *
   * @param url {@code jdbc:mariadb:…} or {@code jdbc:h2:…}. Unless it says otherwise, MariaDB has a
   *     second to accept a connection and five to answer a statement.
   * @param maximumPoolSize at least 1
   * @throws DatabaseRefusedException if it cannot be used as configured
   * @throws StoreUnavailableException if it is out of reach now
   */
  public static ConnectionPool open(String url, String user, String password, int maximumPoolSize) {
    DriverConnections driver = new DriverConnections(url, user, password);
    Connection anchor;
    String initSql = null;
    try {
      anchor = driver.getConnection();
      if (driver.isMariaDb()) {
        initSql = MariaDbSession.guard(MariaDbSession.isGalera(anchor));
        anchor.close();
      }
    } catch (SQLException e) {
      throw Refusals.translated(e);
    }
    HikariConfig config = new HikariConfig();
    config.setPoolName("access-tokens");
    config.setDataSource(driver);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setMaximumPoolSize(maximumPoolSize);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(CONNECTION_WAIT_MILLIS);
    config.setValidationTimeout(500);
    config.setInitializationFailTimeout(-1);
    config.setKeepaliveTime(TimeUnit.MINUTES.toMillis(2));
    if (initSql != null) {
      config.setConnectionInitSql(initSql);
    }
    DaemonThreads threads = new DaemonThreads("access-tokens-connections");
    ScheduledThreadPoolExecutor housekeeper = housekeeper(threads);
    config.setScheduledExecutor(housekeeper);
    config.setThreadFactory(threads); // else Hikari's own outlive it by a moment
    return new ConnectionPool(driver, new HikariDataSource(config), threads, housekeeper, anchor);
  }

  /** As Hikari makes one, but does not wait for at its end. */
  private static ScheduledThreadPoolExecutor housekeeper(DaemonThreads threads) {
    ScheduledThreadPoolExecutor housekeeper = new ScheduledThreadPoolExecutor(1, threads);
    housekeeper.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    housekeeper.setRemoveOnCancelPolicy(true);
    return housekeeper;
  }

  /**
   * @throws SQLTransientConnectionException if the database is out of reach, or all connections are
   *     in use for longer than a request should wait
   */
  @Override
  public Connection getConnection() throws SQLException {
    if (out) {
      probe();
    }
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      boolean full = pool.getHikariPoolMXBean().getActiveConnections() == pool.getMaximumPoolSize();
      tellSaturationFromOutage(e);
      throw full && !out ? new DatabaseFailures.AllInUse(e) : e;
    }
  }

  /** Returns the largest number of connections that the pool holds. */
  int maximumSize() {
    return pool.getMaximumPoolSize();
  }

  /** A new connection that is none of the pool's: the caller's to close. */
  Connection beside() throws SQLException {
    return driver.getConnection();
  }

  /**
   * A pool whose connections are all at work says the same as one whose database is gone. One
   * caller finds out: a busy database must not be treated as an absent one, which would turn away
   * all others, too.
   */
  private void tellSaturationFromOutage(SQLException e) {
    if (out || !probing.tryLock()) {
      return;
    }
    try {
      driver.getConnection().close();
    } catch (SQLException unreachable) {
      out = true;
      LOG.log(Level.WARNING, "no connection to the database: {0}", e.getMessage());
    } finally {
      probing.unlock();
    }
  }

  /** Returns when the database was reached. */
  private void probe() throws SQLException {
    if (!probing.tryLock()) {
      throw new SQLTransientConnectionException("the database is out of reach", "08001");
    }
    try {
      if (out) {
        driver.getConnection().close();
        out = false;
        LOG.log(Level.INFO, "the database is within reach again");
      }
    } finally {
      probing.unlock();
    }
  }

  @Override
  public void close() {
    pool.close();
    housekeeper.shutdownNow();
    if (!threads.end(housekeeper, STOP)) {
      LOG.log(Level.WARNING, "a thread of the connection pool does not end");
    }
    try {
      anchor.close();
    } catch (SQLException e) {
      LOG.log(Level.WARNING, "the database did not close cleanly", e);
    }
  }
}
