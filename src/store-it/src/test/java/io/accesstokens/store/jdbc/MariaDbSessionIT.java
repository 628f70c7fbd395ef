package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MariaDbSessionIT {

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  /** A process can stop after it has locked a row and before it writes. */
  @Test
  void stoppedTransactionThatOnlyLocksARowDoesNotBlockOthers() throws SQLException {
    database.sql().execute("create table locked (id int primary key, value int)");
    database.sql().execute("insert into locked values (1, 1)");
    // The end of the stopped transaction is due before the timeout of the lock.
    TimeLimits.repeatAfterStop(this::updateARowThatAStoppedTransactionHasLocked);
  }

  private void updateARowThatAStoppedTransactionHasLocked() throws SQLException {
    try (ConnectionPool pool =
            ConnectionPool.open(database.url(), database.user(), database.password(), 2);
        Connection stopped = pool.getConnection();
        Statement stoppedStatement = stopped.createStatement();
        Connection other = pool.getConnection();
        Statement otherStatement = other.createStatement()) {
      other.setAutoCommit(true);
      stopped.setAutoCommit(false);
      stoppedStatement.executeQuery("select value from locked where id = 1 for update").close();
      assertEquals(
          1, otherStatement.executeUpdate("update locked set value = value + 1 where id = 1"));
      assertThrows(SQLException.class, () -> stoppedStatement.executeQuery("select 1"));
    }
  }

  @Test
  void serverEndsStatementsBeforeTheDriverDoes() throws SQLException {
    for (Map.Entry<String, List<String>> expected :
        Map.of(
                "", List.of("4.000000", "5000"),
                "?socketTimeout=30000", List.of("29.000000", "30000"),
                "?sockettimeout=7200000", List.of("7199.000000", "7200000"),
                "?tcpKeepAlive=true&socketTimeout=1000", List.of("0.500000", "1000"),
                "?socketTimeout=0", List.of("0.000000", "0"))
            .entrySet()) {
      try (ConnectionPool pool = open(expected.getKey());
          Connection connection = pool.getConnection()) {
        assertEquals(
            expected.getValue(),
            List.of(statementTimeout(connection), "" + connection.getNetworkTimeout()),
            expected.getKey());
      }
    }
  }

  @Test
  void slowStatementIsReportedAsUnavailable() {
    // The server ends the statement half a second before the timeout of the driver.
    TimeLimits.repeatAfterStop(this::runASlowStatement);
  }

  private void runASlowStatement() {
    try (ConnectionPool pool = open("?socketTimeout=1000");
        Database slow = new Database(pool)) {
      StoreUnavailableException e =
          assertThrows(
              StoreUnavailableException.class,
              () ->
                  slow.read(
                      session ->
                          session
                              .createNativeQuery(
                                  "select count(*) from seq_1_to_1000000000 where md5(seq) = ''",
                                  Long.class)
                              .getSingleResult()));
      assertEquals("a statement of the database took too long", e.getMessage());
    }
  }

  @Test
  void maximumDurationDoesNotApplyToMigrations() throws SQLException {
    try (ConnectionPool pool =
        ConnectionPool.open(database.url(), database.user(), database.password(), 1)) {
      try (Connection migrating = new NoTimeoutDataSource(pool).getConnection()) {
        assertEquals("0.000000", statementTimeout(migrating));
        assertEquals(0, migrating.getNetworkTimeout());
      }
      try (Connection connection = pool.getConnection()) {
        assertEquals("4.000000", statementTimeout(connection), "after the migration");
        assertEquals(5_000, connection.getNetworkTimeout(), "after the migration");
      }
    }
  }

  @Test
  void modeOfTheServerHasNoEffect() throws SQLException {
    for (String mode : List.of("ORACLE", "EMPTY_STRING_IS_NULL")) {
      try (ConnectionPool pool = open("?sessionVariables=sql_mode='" + mode + "'");
          Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        assertFalse(
            statement.execute("begin not atomic declare latest bigint; set latest = 1; end"), mode);
        try (ResultSet row = statement.executeQuery("select ''")) {
          assertTrue(row.next(), mode);
          assertEquals("", row.getString(1), mode);
        }
      }
    }
  }

  @Test
  void settingsThatCanLoseCommitsAreReported() {
    Map<String, String> safe =
        Map.of(
            "innodb_flush_log_at_trx_commit", "1",
            "log_bin", "ON",
            "sync_binlog", "1",
            "rpl_semi_sync_master_enabled", "ON",
            "wsrep_on", "OFF");
    assertEquals(List.of(), CommitSettings.mariaDbRisks(safe));
    Map<String, String> risky =
        Map.of(
            "innodb_flush_log_at_trx_commit", "2",
            "sync_binlog", "0",
            "rpl_semi_sync_master_enabled", "OFF");
    assertRisks(safe, risky, "innodb_flush_log_at_trx_commit", "sync_binlog", "semi-synchronously");
    assertRisks(safe, Map.of("innodb_flush_log_at_trx_commit", "0"), "innodb_flush_log");
    assertRisks(safe, Map.of("sync_binlog", "0"), "sync_binlog");
    assertRisks(safe, Map.of("sync_binlog", "0", "log_bin", "OFF"));
    assertRisks(safe, Map.of("rpl_semi_sync_master_enabled", "OFF"), "semi-synchronously");
    assertRisks(safe, Map.of("rpl_semi_sync_master_enabled", "OFF", "log_bin", "OFF"));
    assertRisks(safe, Map.of("innodb_flush_log_at_trx_commit", "2", "wsrep_on", "ON"));
  }

  /** Asserts that there is one warning for each name, in this order. */
  private static void assertRisks(
      Map<String, String> safe, Map<String, String> risky, String... names) {
    Map<String, String> settings = new HashMap<>(safe);
    settings.putAll(risky);
    List<String> risks = CommitSettings.mariaDbRisks(settings);
    assertEquals(names.length, risks.size(), risks::toString);
    for (int i = 0; i < names.length; i++) {
      assertTrue(risks.get(i).contains(names[i]), risks::toString);
    }
  }

  @Test
  void slowReadsHaveOtherTimeouts() {
    SlowReads.assertTimeouts(
        database.url(),
        database.user(),
        database.password(),
        connection -> statementTimeout(connection) + " s",
        "4.000000 s",
        "120.000000 s");
  }

  private ConnectionPool open(String parameters) {
    return ConnectionPool.open(
        database.url() + parameters, database.user(), database.password(), 2);
  }

  private static String statementTimeout(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select @@session.max_statement_time")) {
      assertTrue(row.next(), "the variable has a value");
      return row.getString(1);
    }
  }
}
