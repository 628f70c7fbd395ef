package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class MariaDbHostDataSourceIT extends HostDataSourceContract {

  @Override
  TestDatabase newDatabase() {
    return MariaDbServer.shared().newDatabase();
  }

  @Override
  String driverSettings() {
    return "useServerPrepStmts=true&defaultFetchSize=1";
  }

  @Override
  String timeouts() {
    return "select @@idle_transaction_timeout, @@innodb_lock_wait_timeout";
  }

  @Override
  String defaultTimeouts() {
    return "0,50";
  }

  @Override
  String limitedTimeouts() {
    return "1,2";
  }

  @Test
  void sessionVariablesOfTheHostStay() throws SQLException {
    TestDatabase database = newDatabase();
    try (HikariDataSource host = new HikariDataSource()) {
      host.setJdbcUrl(
          database.url()
              + "?sessionVariables=idle_transaction_timeout=7,innodb_lock_wait_timeout=9");
      host.setUsername(database.user());
      host.setPassword(database.password());
      host.setMaximumPoolSize(1);
      try (Database opened = new Database(host)) {
        var unused =
            opened.write(
                session -> session.createNativeQuery("select 1", Integer.class).uniqueResult());
      }
      try (Connection connection = host.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(timeouts())) {
        assertTrue(row.next(), "the query returns a row");
        assertEquals("7,9", row.getString(1) + "," + row.getString(2));
      }
    }
  }
}
