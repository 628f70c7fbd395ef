package io.accesstokens.store.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.sql.DataSource;

/**
 * Provides connections without timeouts of statements, for migrations. The creation of an index on
 * a million rows takes longer than the timeout of a request. The driver's network timeout and the
 * database's limit for statements are removed, and on PostgreSQL also the other timeouts of the
 * session. On PostgreSQL, the connection is in autocommit mode. When a connection is closed, its
 * earlier settings are restored.
 */
public final class NoTimeoutDataSource extends DelegatingDataSource {

  private static final Executor HERE = Runnable::run;

  public NoTimeoutDataSource(DataSource target) {
    super(target);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = target().getConnection();
    try {
      int before = connection.getNetworkTimeout();
      if (before != 0) {
        connection.setNetworkTimeout(HERE, 0);
      }
      DatabaseKind kind = DatabaseKind.of(connection);
      if (kind == DatabaseKind.MARIADB) {
        String timeout = MariaDbSession.replaceTimeout(connection, Duration.ZERO);
        return restoring(
            connection,
            () -> {
              Statements.execute(connection, timeout);
              connection.setNetworkTimeout(HERE, before);
            });
      }
      if (kind == DatabaseKind.POSTGRESQL) {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        String timeouts = PostgresSession.removeTimeouts(connection);
        return restoring(
            connection,
            () -> {
              if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
              }
              Statements.execute(connection, timeouts);
              connection.setAutoCommit(autoCommit);
              connection.setNetworkTimeout(HERE, before);
            });
      }
      int timeout = H2Session.timeout(connection);
      H2Session.setTimeout(connection, 0);
      return restoring(connection, () -> H2Session.setTimeout(connection, timeout));
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** The action that restores the former settings of a connection when it is closed. */
  @FunctionalInterface
  private interface Restoration {
    void run() throws SQLException;
  }

  private static Connection restoring(Connection connection, Restoration restoration) {
    return (Connection)
        Proxy.newProxyInstance(
            NoTimeoutDataSource.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close") && !connection.isClosed()) {
                try {
                  restoration.run();
                } catch (SQLException e) {
                  connection.close(); // a broken connection must not stay in use
                  throw e;
                }
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
