package io.accesstokens.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Limits the duration of statements on H2. A long read must not continue, because all changes wait
 * for the end of all reads, see {@link Database}.
 */
final class H2Session {

  /** Maximum duration of a statement, the same as on MariaDB and PostgreSQL. */
  private static final int DEFAULT_TIMEOUT_MILLIS = 4_000;

  private H2Session() {}

  /** Sets the maximum duration of each statement, unless the JDBC URL sets one. */
  static void limitStatements(Connection connection) throws SQLException {
    int given = timeout(connection);
    setTimeout(connection, given == 0 ? DEFAULT_TIMEOUT_MILLIS : given);
  }

  /**
   * Sets the maximum duration of each later statement of a connection.
   *
   * @param millis the maximum in milliseconds; 0 for no maximum
   */
  static void setTimeout(Connection connection, int millis) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // On H2, setQueryTimeout sets the timeout of the whole connection. If the driver reports a
      // value other than zero, Hibernate resets the timeout to zero. The driver reports the value
      // of the last setQueryTimeout. The SQL statement below sets the real timeout.
      statement.setQueryTimeout(0);
      statement.execute("set query_timeout " + millis);
    }
  }

  /** Returns the maximum duration of each statement in milliseconds; 0 if there is no maximum. */
  static int timeout(Connection connection) throws SQLException {
    return Statements.first(
            connection,
            "select setting_value from information_schema.settings"
                + " where setting_name = 'QUERY_TIMEOUT'",
            row -> row.getInt(1))
        .orElse(0);
  }
}
