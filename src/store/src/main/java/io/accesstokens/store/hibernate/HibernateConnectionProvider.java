package io.accesstokens.store.hibernate;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;

/**
 * Hands Hibernate the connections of a {@code DataSource}, READ COMMITTED and in autocommit mode,
 * and gives them back as they were.
 *
 * <p>The isolation is not left to the {@code DataSource}: under REPEATABLE READ a revocation can
 * fail on a snapshot, and under READ UNCOMMITTED a check can see what is then rolled back.
 */
@SuppressWarnings("serial") // Serializable by its interface only; nobody writes it anywhere.
final class HibernateConnectionProvider implements ConnectionProvider {

  private record Before(int isolation, boolean autoCommit) {}

  private final boolean causal;
  private final DataSource dataSource;
  private final Map<Connection, Before> changed =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /**
   * @param causal whether connections are told to read what other nodes of a cluster have committed
   */
  HibernateConnectionProvider(DataSource dataSource, boolean causal) {
    this.dataSource = dataSource;
    this.causal = causal;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = connection();
    if (dataSource instanceof ConnectionPool) {
      return connection; // made as needed
    }
    try {
      Before before = new Before(connection.getTransactionIsolation(), connection.getAutoCommit());
      if (!before.equals(new Before(Connection.TRANSACTION_READ_COMMITTED, true))) {
        changed.put(connection, before);
      }
      if (!before.autoCommit()) {
        connection.setAutoCommit(true);
      }
      if (before.isolation() != Connection.TRANSACTION_READ_COMMITTED) {
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      }
      if (causal) {
        MariaDbSession.execute(connection, MariaDbSession.CAUSAL);
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      try {
        closeConnection(connection);
      } catch (SQLException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private Connection connection() throws SQLException {
    try {
      return dataSource.getConnection();
    } catch (SQLException e) {
      throw DatabaseFailures.noConnection(e);
    }
  }

  @Override
  public void closeConnection(Connection connection) throws SQLException {
    Before before = changed.remove(connection);
    try {
      if (causal && !connection.isClosed()) {
        MariaDbSession.execute(connection, MariaDbSession.NOT_CAUSAL);
      }
      if (before != null && !connection.isClosed()) {
        connection.setTransactionIsolation(before.isolation());
        connection.setAutoCommit(before.autoCommit());
      }
    } finally {
      connection.close();
    }
  }

  @Override
  public boolean supportsAggressiveRelease() {
    return false;
  }

  @Override
  public boolean isUnwrappableAs(Class<?> type) {
    return false;
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    throw new IllegalArgumentException("nothing to unwrap");
  }
}
