package io.accesstokens.store.jdbc;

import io.accesstokens.verify.IpAddress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Reports whether connections to a database are encrypted. */
public final class ConnectionSecurity {

  private static final Logger LOG = System.getLogger(ConnectionSecurity.class.getName());

  private ConnectionSecurity() {}

  /**
   * Returns true if a connection to MariaDB or PostgreSQL leaves this machine without TLS. Returns
   * false for H2, and if the database cannot be reached or reports an error.
   *
   * <p>The method asks the server, because a container can configure its {@code DataSource} in many
   * ways. The method does not check whether the driver verifies the server's certificate.
   */
  public static boolean isPlaintext(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      return switch (DatabaseKind.of(connection)) {
        case H2 -> false;
        case MARIADB ->
            text(statement, "show session status like 'Ssl_cipher'", 2).isEmpty()
                && !isLocal(text(statement, "select substring_index(user(), '@', -1)", 1));
        case POSTGRESQL ->
            text(statement, "select 1 from pg_stat_ssl where ssl and pid = pg_backend_pid()", 1)
                    .isEmpty()
                && !isLocal(
                    text(statement, "select coalesce(host(inet_client_addr()), 'localhost')", 1));
      };
    } catch (SQLException e) {
      LOG.log(Level.DEBUG, "the database did not report whether connections are encrypted", e);
      return false;
    }
  }

  /**
   * Returns true if a client connects from a loopback address or {@code localhost}. Returns false
   * for any other host name, also for one that begins like an address.
   *
   * @param client the host name or address of the client, as the server reports it
   */
  static boolean isLocal(String client) {
    return IpAddress.isLoopbackHost(client);
  }

  private static String text(Statement statement, String sql, int column) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      String value = row.next() ? row.getString(column) : null;
      return value == null ? "" : value;
    }
  }
}
