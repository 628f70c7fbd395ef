package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.store.hibernate.H2Database;
import io.accesstokens.token.StoreUnavailableException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the maximum duration of statements on embedded H2. */
class H2SessionIT {

  private static final String SHORT_QUERY = "select count(*) from system_range(1, 3)";

  /** A query that runs for a minute. */
  private static final String LONG_QUERY =
      "select count(*) from system_range(1, 1000000000) where x % 7 = 8";

  @TempDir Path directory;

  @Test
  void longStatementEndsAfterEarlierStatements() {
    try (ConnectionPool pool = ConnectionPool.open(url(), "sa", "", 1);
        Database database = new Database(pool)) {
      assertEquals(3, count(database, SHORT_QUERY));
      StoreUnavailableException e =
          assertThrows(StoreUnavailableException.class, () -> count(database, LONG_QUERY));
      assertEquals("a statement of the database took too long", e.getMessage());
      assertEquals(3, count(database, SHORT_QUERY));
    }
  }

  @Test
  void statementsOfMigrationsHaveNoMaximum() throws SQLException {
    try (ConnectionPool pool = ConnectionPool.open(url(), "sa", "", 1)) {
      assertEquals(4_000, timeout(pool.getConnection()));
      assertEquals(0, timeout(new NoTimeoutDataSource(pool).getConnection()));
      assertEquals(4_000, timeout(pool.getConnection()), "after a migration");
    }
  }

  @Test
  void urlSetsAnotherMaximum() throws SQLException {
    try (ConnectionPool pool = ConnectionPool.open(url() + ";QUERY_TIMEOUT=60000", "sa", "", 1)) {
      assertEquals(60_000, timeout(pool.getConnection()));
    }
  }

  /**
   * Executes a query after another one, because Hibernate can change the timeout of the connection
   * after each statement.
   */
  private static long count(Database database, String query) {
    return database.read(
        session -> {
          session.createNativeQuery(SHORT_QUERY, Long.class).getSingleResult();
          return session.createNativeQuery(query, Long.class).getSingleResult();
        });
  }

  /** Returns the maximum in milliseconds, and closes the connection. */
  private static int timeout(Connection connection) throws SQLException {
    try (connection) {
      return H2Session.timeout(connection);
    }
  }

  private String url() {
    return H2Database.url(directory.resolve("tokens"));
  }
}
