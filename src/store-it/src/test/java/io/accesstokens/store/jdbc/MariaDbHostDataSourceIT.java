package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  private HikariDataSource host(String sessionVariables) {
    TestDatabase database = newDatabase();
    HikariDataSource host = new HikariDataSource();
    host.setJdbcUrl(database.url() + "?sessionVariables=" + sessionVariables);
    host.setUsername(database.user());
    host.setPassword(database.password());
    host.setMaximumPoolSize(1);
    return host;
  }

  @ParameterizedTest
  @ValueSource(strings = {"ORACLE", "EMPTY_STRING_IS_NULL"})
  void modesThatChangeTheMeaningOfStatementsAreRefused(String mode) {
    try (HikariDataSource host = host("sql_mode='" + mode + "'")) {
      for (Executable opening :
          List.<Executable>of(
              () -> Migrations.pending(host),
              () -> Migrations.migrate(host),
              () -> new Database(host).close())) {
        DatabaseRefusedException refused =
            assertThrows(DatabaseRefusedException.class, opening, mode);
        assertTrue(
            String.valueOf(refused.getMessage()).contains("sql_mode='STRICT_TRANS_TABLES,"),
            refused::getMessage);
      }
    }
  }

  @Test
  void sessionVariablesOfTheHostStay() throws SQLException {
    try (HikariDataSource host = host("idle_transaction_timeout=7,innodb_lock_wait_timeout=9")) {
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
