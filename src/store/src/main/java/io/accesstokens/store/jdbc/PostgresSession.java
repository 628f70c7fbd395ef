package io.accesstokens.store.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.hibernate.StatelessSession;
import org.hibernate.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Sets session variables of PostgreSQL, commits, and checks that the server can be used.
 *
 * <p>Some of these variables limit how long a process can block other processes if it hangs during
 * a transaction. The server disconnects the process after one second without a statement. Other
 * transactions wait at most two seconds for a lock, and are then repeated.
 */
public final class PostgresSession {

  /** SQLSTATE of a lock that is not free within {@code lock_timeout}. */
  public static final String LOCK_NOT_AVAILABLE = "55P03";

  /** SQLSTATE of a commit whose outcome is unknown. */
  private static final String OUTCOME_UNKNOWN = "08007";

  /**
   * Number of rounds of {@link #sharesSessions}. In each round, both connections query the process
   * ids of their server sessions. Behind a pooler, a single round can miss that the connections
   * share sessions of the server.
   */
  private static final int ROUNDS = 8;

  private static final String TIMEOUTS =
      " idle_in_transaction_session_timeout=1000;"
          + " %1$s lock_timeout=2000;"
          // If a commit was not replicated, the server reports only a warning.
          + " %1$s client_min_messages=warning";

  /**
   * SQL statements that make a commit wait for a synchronous standby. If the standby does not
   * confirm the commit, the server reports a warning.
   */
  public static final String CONFIRMED =
      "set synchronous_commit=on; set client_min_messages=warning";

  /**
   * Columns for the {@code select} list of a query in autocommit mode. They have the effect of
   * {@link #CONFIRMED}, for this query only.
   */
  static final String CONFIRMED_IN_STATEMENT =
      ", set_config('synchronous_commit', 'on', true)"
          + ", set_config('client_min_messages', 'warning', true)";

  /**
   * SQL statements that reset the effect of {@link #CONFIRMED} on a host application's connection.
   */
  public static final String NOT_CONFIRMED =
      "set synchronous_commit=default; set client_min_messages=default";

  /** Names of the timeouts that can end a migration. Versions before 17 lack the last timeout. */
  private static final List<String> TIMEOUT_NAMES =
      List.of(
          "statement_timeout",
          "lock_timeout",
          "idle_in_transaction_session_timeout",
          "idle_session_timeout",
          "transaction_timeout");

  private PostgresSession() {}

  /**
   * Returns the SQL statements that initialize a new connection of the connection pool.
   *
   * @param statementMillis the maximum duration of a statement, in milliseconds; 0 for no maximum.
   *     The value is less than the network timeout. Therefore the server ends a long statement
   *     before the driver closes the connection.
   */
  static String guardSql(int statementMillis) {
    return ("set" + TIMEOUTS).formatted("set") + "; set statement_timeout=" + statementMillis;
  }

  /**
   * Sets the timeouts and the level of server messages for the current transaction only, on a
   * connection of a host application.
   */
  static void guardTransaction(StatelessSession session) {
    session.doWork(
        connection ->
            Statements.execute(connection, ("set local" + TIMEOUTS).formatted("set local")));
  }

  /**
   * Removes the timeouts of statements, locks, transactions and idle sessions from a connection,
   * for migrations. Ignores a timeout that the version of the server does not have.
   *
   * @return the SQL statement that restores the earlier timeouts
   */
  static String removeTimeouts(Connection connection) throws SQLException {
    List<String> remove = new ArrayList<>();
    List<String> restore = new ArrayList<>();
    for (String name : TIMEOUT_NAMES) {
      // The server reports a value with a unit, for example 2s.
      String value = text(connection, "select current_setting('" + name + "', true)");
      if (!value.isEmpty()) {
        remove.add("set " + name + "=0");
        restore.add("set_config('" + name + "', '" + value + "', false)");
      }
    }
    Statements.execute(connection, String.join("; ", remove));
    return "select " + String.join(", ", restore);
  }

  /**
   * Replaces the maximum duration of a statement on a connection.
   *
   * @return the SQL statement that restores the earlier maximum
   */
  static String replaceTimeout(Connection connection, Duration limit) throws SQLException {
    String before = text(connection, "select current_setting('statement_timeout')");
    Statements.execute(connection, "set statement_timeout=" + limit.toMillis());
    return "set statement_timeout='" + before + "'";
  }

  /**
   * Commits a transaction.
   *
   * <p>If the wait for a synchronous standby ends without a confirmation, the server reports a
   * successful commit with a warning. The change is visible on this server, but a failover can undo
   * it. Therefore the outcome of the commit is unknown.
   *
   * @throws org.hibernate.JDBCException if the commit fails, or if its outcome is unknown
   */
  static void commit(StatelessSession session, Transaction transaction) {
    session.doWork(
        connection -> {
          connection.clearWarnings();
          connection.commit();
          requireNoWarning(connection.getWarnings());
        });
    // The server has already committed. This call only updates Hibernate and the connection.
    transaction.commit();
  }

  /**
   * Throws an exception if the server has reported a warning at a commit.
   *
   * @throws SQLException if there is a warning
   */
  public static void requireNoWarning(@Nullable SQLWarning warning) throws SQLException {
    if (warning != null) {
      throw new SQLException(
          "the commit may exist on one server only: " + warning.getMessage(), OUTCOME_UNKNOWN);
    }
  }

  /**
   * Checks that the database can be used.
   *
   * @throws DatabaseRefusedException if the encoding of the database is not UTF-8, if the schema
   *     does not exist, or if a connection pooler shares sessions of the server between connections
   * @throws SQLException if the database cannot be reached
   */
  static void requireUsable(DataSource dataSource) throws SQLException {
    try (Connection one = unpooled(dataSource);
        Connection other = unpooled(dataSource)) {
      boolean ownsOne = setAutoCommit(one);
      boolean ownsOther = setAutoCommit(other);
      String encoding = text(one, "select current_setting('server_encoding')");
      if (!encoding.equals("UTF8")) {
        throw new DatabaseRefusedException(
            "the database has the encoding " + encoding + ": create it with the encoding UTF8",
            null);
      }
      if (text(one, "select current_schema()").isEmpty()) {
        // Otherwise Flyway would create the schema, without the tokens.
        throw new DatabaseRefusedException(
            "the schema does not exist, or the user may not use it: create it, or correct"
                + " the search path, such as currentSchema in the URL",
            null);
      }
      if (sharesSessions(one, other)) {
        throw new DatabaseRefusedException(
            "a connection pooler (such as PgBouncer in transaction mode) shares sessions of"
                + " PostgreSQL between connections: connect to PostgreSQL itself, or set the"
                + " pooler to session mode",
            null);
      }
      one.setAutoCommit(!ownsOne);
      other.setAutoCommit(!ownsOther);
    }
  }

  /**
   * Returns true if one connection has used several sessions of the server, or if both connections
   * have used the same session. A session is identified by its process id.
   */
  private static boolean sharesSessions(Connection one, Connection other) throws SQLException {
    String process = "select pg_backend_pid()";
    Set<String> ofOne = new HashSet<>();
    Set<String> ofOther = new HashSet<>();
    for (int i = 0; i < ROUNDS; i++) {
      ofOne.add(text(one, process));
      ofOther.add(text(other, process));
      if (i % 2 == 1) {
        // A pooler can alternate between an even number of sessions. After this additional
        // statement, each connection gets other sessions than before.
        ofOther.add(text(other, process));
      }
    }
    return ofOne.size() > 1 || ofOther.size() > 1 || ofOne.equals(ofOther);
  }

  private static Connection unpooled(DataSource dataSource) throws SQLException {
    return dataSource instanceof ConnectionPool pool ? pool.unpooled() : dataSource.getConnection();
  }

  /** Turns autocommit on, and returns true if it was off. */
  private static boolean setAutoCommit(Connection connection) throws SQLException {
    boolean off = !connection.getAutoCommit();
    if (off) {
      connection.setAutoCommit(true);
    }
    return off;
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      String value = row.next() ? row.getString(1) : null;
      return value == null ? "" : value;
    }
  }
}
