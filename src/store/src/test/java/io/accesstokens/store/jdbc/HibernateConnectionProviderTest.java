package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.TestDouble;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * Tests connections of the connection pools of containers, and the different ways in which these
 * pools report that no connection is available.
 */
class HibernateConnectionProviderTest {

  private static DataSource failing(SQLException e) {
    return TestDouble.of(
        DataSource.class,
        call -> {
          throw e;
        });
  }

  private static SQLException thrownFor(SQLException e) {
    return assertThrows(
        SQLException.class,
        () ->
            new HibernateConnectionProvider(
                    failing(e), false, new FollowedServer(failing(e), DatabaseKind.H2, false))
                .getConnection());
  }

  @Test
  void exhaustedPoolIsAnOutage() {
    SQLException busy = new SQLException("In-use connections equal max-pool-size");
    assertFalse(DatabaseFailures.isOutage(busy), "it has no SQLSTATE");
    SQLException reported = thrownFor(busy);
    assertTrue(DatabaseFailures.isOutage(reported), reported::toString);
  }

  @Test
  void unreachableServerIsAnOutage() {
    SQLException away = new SQLException("Connection refused", "08000");
    SQLException outage = thrownFor(new SQLException("Error", new Exception(away)));
    assertTrue(DatabaseFailures.isOutage(outage), outage::toString);
  }

  @Test
  void returnedConnectionCommitsNothing() throws Exception {
    try (HikariDataSource host = new HikariDataSource()) {
      host.setJdbcUrl("jdbc:h2:mem:returned");
      host.setMaximumPoolSize(1);
      host.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
      HibernateConnectionProvider provider =
          new HibernateConnectionProvider(
              host, false, new FollowedServer(host, DatabaseKind.H2, false));
      Connection used = provider.getConnection();
      Statements.execute(used, "create table t (id int primary key)");
      used.setAutoCommit(false);
      Statements.execute(used, "insert into t values (1)");
      provider.closeConnection(used);
      try (Connection next = host.getConnection();
          Statement statement = next.createStatement();
          ResultSet row = statement.executeQuery("select count(*) from t")) {
        assertTrue(row.next(), "the query returns a row");
        assertEquals(0, row.getInt(1));
        assertTrue(next.getAutoCommit(), "autocommit is on again");
        assertEquals(Connection.TRANSACTION_REPEATABLE_READ, next.getTransactionIsolation());
      }
    }
  }

  /** The password worked at the start, and can have changed later. */
  @Test
  void wrongPasswordIsAnOutage() {
    SQLException denied = new SQLException("Access denied", "28000", 1045);
    SQLException outage = thrownFor(new SQLException("Error in allocating", new Exception(denied)));
    assertTrue(DatabaseFailures.isOutage(outage), outage::toString);
    assertEquals(
        "the database refuses the user or the password",
        DatabaseFailures.unavailable(outage).getMessage());
  }

  @Test
  void wrappedErrorOfTheDriverIsReported() {
    SQLException denied = new SQLException("Access denied for 'x'", "28000", 1045);
    SQLException wrapped = new SQLException("Error in allocating", new Exception(denied));
    DatabaseRefusedException refused =
        assertThrows(DatabaseRefusedException.class, () -> Migrations.migrate(failing(wrapped)));
    assertEquals(
        "the database cannot be opened: user or password is wrong, or the user may not use this"
            + " database",
        refused.getMessage());
  }
}
