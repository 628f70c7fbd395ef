package io.accesstokens.store.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import javax.sql.DataSource;

/**
 * Provides connections without a network timeout, for migrations. The creation of an index on a
 * million rows takes longer than the timeout of a request. When a connection is closed, this class
 * restores its earlier timeout.
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
      if (before == 0) {
        return connection;
      }
      connection.setNetworkTimeout(HERE, 0);
      return restoring(connection, before);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static Connection restoring(Connection connection, int timeout) {
    return (Connection)
        Proxy.newProxyInstance(
            NoTimeoutDataSource.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close") && !connection.isClosed()) {
                connection.setNetworkTimeout(HERE, timeout);
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
