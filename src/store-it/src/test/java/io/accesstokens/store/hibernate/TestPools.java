package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;

/**
 * Opens pools for tests that do not test timeouts. The timeouts of connection attempts, statements,
 * idle transactions and locks are longer than a stop of the machine. H2 keeps its short timeout of
 * locks.
 */
public final class TestPools {

  private static final int SIZE = 10;
  private static final String H2_URL = ";QUERY_TIMEOUT=600000";
  private static final String MARIADB_URL = "?connectTimeout=60000&socketTimeout=600000";
  private static final String MARIADB_SESSION =
      "set session idle_transaction_timeout=600, session innodb_lock_wait_timeout=60";
  private static final String POSTGRES_URL =
      "?connectTimeout=60&socketTimeout=600&sslResponseTimeout=60000&gssResponseTimeout=60000";
  private static final String POSTGRES_SESSION =
      "set idle_in_transaction_session_timeout='600s'; set lock_timeout='60s'";

  private TestPools() {}

  /** Opens a pool of ten connections to a new or existing file of H2. */
  public static ConnectionPool h2(Path file) {
    return h2(H2Database.url(file));
  }

  /** Opens a pool of ten connections to H2. */
  static ConnectionPool h2(String url) {
    return ConnectionPool.open(url + H2_URL, "sa", "", SIZE);
  }

  /** Opens a pool of ten connections to a new MariaDB database of the shared server. */
  public static ConnectionPool mariaDb() {
    return open(MariaDbServer.shared().newDatabase(), SIZE);
  }

  /** Opens a pool of ten connections to a new PostgreSQL database of the shared server. */
  public static ConnectionPool postgres() {
    return open(PostgresServer.shared().newDatabase(), SIZE);
  }

  /** Opens a pool to a database of MariaDB or PostgreSQL. */
  public static ConnectionPool open(TestDatabase database, int size) {
    boolean mariaDb = database.url().startsWith("jdbc:mariadb:");
    ConnectionPool pool =
        ConnectionPool.open(
            database.url() + (mariaDb ? MARIADB_URL : POSTGRES_URL),
            database.user(),
            database.password(),
            size);
    try {
      executeInAllSessions(pool, size, mariaDb ? MARIADB_SESSION : POSTGRES_SESSION);
    } catch (SQLException e) {
      pool.close();
      throw new IllegalStateException("the timeouts cannot be set", e);
    }
    return pool;
  }

  /** Opens all connections of a pool, which then stay open for ten minutes without use. */
  private static void executeInAllSessions(ConnectionPool pool, int size, String sql)
      throws SQLException {
    List<Connection> connections = connections(pool, size);
    for (Connection connection : connections) {
      try (connection;
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }
  }

  /**
   * Takes connections from a pool. The pool waits three seconds for each of them, which is shorter
   * than a stop of the machine.
   */
  static List<Connection> connections(ConnectionPool pool, int count) {
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      connections.add(
          Awaitility.await()
              .pollDelay(Duration.ZERO)
              .ignoreExceptionsInstanceOf(SQLTransientConnectionException.class)
              .until(pool::getConnection, Objects::nonNull));
    }
    return connections;
  }
}
