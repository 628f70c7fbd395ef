package io.accesstokens.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;

/**
 * Provides Hibernate with connections of a {@code DataSource}, in READ COMMITTED and autocommit
 * mode. When Hibernate returns a connection, this class restores the earlier isolation level and
 * autocommit mode.
 *
 * <p>This class sets the isolation level itself, because other levels are not safe. At REPEATABLE
 * READ, a revocation can fail because of its snapshot. At READ UNCOMMITTED, a verification can see
 * changes that are later rolled back.
 */
@SuppressWarnings("serial") // The interface is Serializable, but no code serializes it.
final class HibernateConnectionProvider implements ConnectionProvider {

  private record Before(int isolation, boolean autoCommit) {}

  private final boolean causal;
  private final DataSource dataSource;
  private final FollowedServer followed;
  private final Map<Connection, Before> changed =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /**
   * Creates a provider.
   *
   * @param causal true if a connection must wait for the commits of other Galera nodes before each
   *     read
   * @param followed the server that connections must lead to
   */
  HibernateConnectionProvider(DataSource dataSource, boolean causal, FollowedServer followed) {
    this.dataSource = dataSource;
    this.causal = causal;
    this.followed = followed;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = connection();
    if (dataSource instanceof ConnectionPool) {
      return connection; // the connection already has these settings
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
        Statements.execute(connection, MariaDbSession.CAUSAL);
      }
      followed.require(connection);
      return connection;
    } catch (SQLException | RuntimeException | Error e) {
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
      return dataSource instanceof ConnectionPool pool
          ? pool.getConnection(followed)
          : dataSource.getConnection();
    } catch (SQLException e) {
      throw DatabaseFailures.noConnection(e);
    }
  }

  @Override
  public void closeConnection(Connection connection) throws SQLException {
    Before before = changed.remove(connection);
    try {
      if (connection.isClosed()) {
        return;
      }
      if (!connection.getAutoCommit()) {
        // An Error can leave an open transaction. Without the rollback, setAutoCommit(true) would
        // commit the transaction.
        connection.rollback();
        connection.setAutoCommit(true);
      }
      if (causal) {
        Statements.execute(connection, MariaDbSession.NOT_CAUSAL);
      }
      if (before != null) {
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
    throw new IllegalArgumentException("this connection provider cannot be unwrapped");
  }
}
