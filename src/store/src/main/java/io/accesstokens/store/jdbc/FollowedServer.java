package io.accesstokens.store.jdbc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The server of PostgreSQL or MariaDB that the change feed was read from last. Only connections to
 * this server are used. On Galera, connections to all nodes are used, because each read sees the
 * confirmed changes of all nodes.
 *
 * <p>After a failover, the former primary server can still accept connections for some time. The
 * rows of the former primary server lack the changes since the failover. If a process read the
 * change feed from the new server, and a token from the former server, the process would accept a
 * revoked token.
 *
 * <p>A new primary server is used only after a wait. Until then, another process may still read
 * from the former primary server, and would reject a token that is created on the new server.
 *
 * <p>A connection leads to the same server until it is closed, unless {@link
 * ConnectionPool#changesServers} returns true. A server of PostgreSQL changes its timeline only
 * when it becomes the primary server. Therefore the timeline of a connection to a primary server
 * does not change either. Thread-safe.
 */
final class FollowedServer {

  private static final Logger LOG = System.getLogger(FollowedServer.class.getName());

  private final DataSource dataSource;
  private final DatabaseKind databaseKind;
  private final boolean following;
  private final Map<Connection, String> known = Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * The server.
   *
   * @param id the value of {@link DatabaseKind#serverExpression}
   * @param usableAtNanos the time from which connections to the server can be used, as a value of
   *     {@code System.nanoTime()}
   */
  private record Server(String id, long usableAtNanos) {}

  private volatile @Nullable Server server;

  /**
   * Creates an object that accepts all connections until {@link #follow} is called.
   *
   * @param galera true if the database is a Galera cluster, whose nodes can all be used
   */
  FollowedServer(DataSource dataSource, DatabaseKind databaseKind, boolean galera) {
    this.dataSource = dataSource;
    this.databaseKind = databaseKind;
    this.following = databaseKind != DatabaseKind.H2 && !galera;
  }

  /**
   * Records the server that the change feed was read from. Does not record a standby or a former
   * primary server.
   *
   * @param read the value of {@link DatabaseKind#serverExpression}
   * @param wait how long connections to a new server stay unused
   * @return false if this process has already followed a later timeline of the same database
   */
  synchronized boolean follow(String read, Duration wait) {
    Server before = server;
    boolean known = before != null && read.equals(before.id());
    if (!following || known || read.endsWith(DatabaseKind.STANDBY)) {
      return true;
    }
    if (before != null && databaseKind == DatabaseKind.POSTGRESQL && isEarlier(read, before.id())) {
      return false;
    }
    long now = System.nanoTime();
    server = new Server(read, before == null ? now : now + wait.toNanos());
    if (before != null) {
      LOG.log(Level.INFO, "the database has another primary server or timeline: {0}", read);
      if (dataSource instanceof ConnectionPool pool) {
        pool.closeConnections();
      }
    }
    return true;
  }

  /**
   * Returns true if two servers have the same system identifier, and the first server has an
   * earlier timeline.
   */
  private static boolean isEarlier(String one, String other) {
    int timeline = other.indexOf(':') + 1;
    return one.regionMatches(0, other, 0, timeline)
        && one.length() == other.length()
        && one.compareTo(other) < 0; // eight hexadecimal digits
  }

  /**
   * Checks that a connection leads to the server that the change feed was read from.
   *
   * @throws SQLTransientConnectionException if the connection leads to another server, or if the
   *     server must not be used yet
   */
  void require(Connection connection) throws SQLException {
    if (server == null) {
      return;
    }
    String seen = server(connection);
    Server now = server; // the feed may have changed the server
    if (!isUsable()) {
      throw new DatabaseFailures.OtherServerException("the primary server has just changed");
    }
    if (now != null && !seen.equals(now.id())) {
      throw new DatabaseFailures.OtherServerException(
          "the connection leads to another database server than the change feed");
    }
  }

  /** Returns true if connections to the server can be used now. */
  boolean isUsable() {
    Server now = server;
    return now == null || System.nanoTime() - now.usableAtNanos() >= 0;
  }

  private String server(Connection connection) throws SQLException {
    if (!(dataSource instanceof ConnectionPool pool) || pool.changesServers()) {
      return read(connection); // a pool of a container can wrap different connections
    }
    Connection physical = connection.unwrap(Connection.class);
    String seen = known.get(physical);
    if (seen == null) {
      seen = read(connection);
      known.put(physical, seen);
    }
    return seen;
  }

  private String read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select " + databaseKind.serverExpression())) {
      return row.next() ? row.getString(1) : "";
    }
  }
}
