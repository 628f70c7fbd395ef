package io.accesstokens.store.hibernate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

class MariaDbOutageIT extends OutageContract {

  @Override
  DatabaseServer createServer() {
    return MariaDbServer.create();
  }

  @Override
  String refusedLogin() {
    return "Access denied";
  }

  @Override
  String limitedUser() {
    return "limited@'127.0.0.1'";
  }

  @Override
  void createLimitedUser(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create user " + limitedUser() + " identified by 'limited'");
    }
  }

  @Override
  String allTables(Connection connection) throws SQLException {
    return connection.getCatalog() + ".*";
  }

  @Override
  String sessionId() {
    return "connection_id()";
  }

  @Override
  String countSessions() {
    return "select count(*) from information_schema.processlist where id = ";
  }

  /** MariaDB closes the connection without a message. */
  @Override
  String endOfIdleTransaction() {
    return "the database is unreachable";
  }

  @Test
  void sessionVariablesAreSetAgainIfTheDriverReconnectsAnOpenConnection() throws SQLException {
    TestDatabase database = server.newDatabase();
    String url =
        database.url().replace("jdbc:mariadb:", "jdbc:mariadb:sequential:")
            + "?sessionVariables=lock_wait_timeout=7,sql_select_limit=99&socketTimeout=3000";
    List<String> expected = List.of("1", "2", "2.000000", "7", "99");
    try (ConnectionPool sequential =
        ConnectionPool.open(url, database.user(), database.password(), 1)) {
      Connection before;
      try (Connection connection = sequential.getConnection()) {
        assertEquals(expected, sessionVariables(connection));
        before = connection.unwrap(Connection.class);
      }
      server.stop();
      server.start();
      try (Connection connection = sequential.getConnection();
          Connection unpooled = sequential.unpooled()) {
        // The pool checks only connections that were idle for half a second.
        assertTrue(connection.isValid(5), "the driver reconnects");
        assertSame(before, connection.unwrap(Connection.class), "the connection was replaced");
        assertEquals(expected, sessionVariables(connection), "after the restart");
        assertEquals(expected, sessionVariables(unpooled), "outside of the pool");
      }
    }
  }

  private static List<String> sessionVariables(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select @@session.idle_transaction_timeout, @@session.innodb_lock_wait_timeout,"
                    + " @@session.max_statement_time, @@session.lock_wait_timeout,"
                    + " @@session.sql_select_limit")) {
      assertTrue(row.next(), "the variables have values");
      return List.of(
          row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5));
    }
  }
}
