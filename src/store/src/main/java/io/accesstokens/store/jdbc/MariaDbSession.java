package io.accesstokens.store.jdbc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.hibernate.HibernateException;
import org.hibernate.StatelessSession;

/**
 * Sets session variables of MariaDB.
 *
 * <p>Some of these variables limit how long a process can block other processes if it hangs during
 * a transaction. The server disconnects the process after one second without a statement, even if
 * the transaction has locked rows but has not written yet. Other transactions wait at most two
 * seconds for a lock, and are then repeated.
 */
public final class MariaDbSession {

  private static final Logger LOG = System.getLogger(MariaDbSession.class.getName());

  private static final String TIMEOUTS =
      "session idle_transaction_timeout=1, session innodb_lock_wait_timeout=2";

  /** The assignment that replaces the SQL mode of the server. */
  private static final String MODE = "sql_mode='STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'";

  /**
   * SQL modes of the server that change the meaning of statements. A connection in such a mode is
   * refused. In the mode ORACLE, a compound statement has another syntax. In the mode
   * EMPTY_STRING_IS_NULL, an empty text is null.
   */
  private static final Set<String> UNUSABLE_MODES = Set.of("ORACLE", "EMPTY_STRING_IS_NULL");

  /**
   * SQL statement that sets the timeouts on a connection of the host application. The statement
   * first stores the earlier timeouts in user variables.
   */
  private static final String GUARD_HOST =
      "set @idle_before=@@session.idle_transaction_timeout,"
          + " @lock_before=@@session.innodb_lock_wait_timeout, "
          + TIMEOUTS;

  private static final String UNGUARD_HOST =
      "set session idle_transaction_timeout=@idle_before,"
          + " session innodb_lock_wait_timeout=@lock_before";

  /**
   * SQL statement that makes a node of a Galera cluster wait for the commits of other nodes before
   * each read.
   */
  public static final String CAUSAL = "set session wsrep_sync_wait=1";

  /**
   * SQL statement that resets the effect of {@link #CAUSAL} on a connection of the host
   * application.
   */
  public static final String NOT_CAUSAL = "set session wsrep_sync_wait=default";

  private MariaDbSession() {}

  /** Returns true if the server is a node of a Galera cluster. */
  public static boolean isGalera(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show global variables like 'wsrep_on'")) {
      return row.next() && row.getString(2).equalsIgnoreCase("ON");
    }
  }

  /**
   * Checks that the connections of a data source can be used.
   *
   * @throws DatabaseRefusedException if the {@code sql_mode} changes the meaning of statements
   */
  static void requireUsable(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select @@session.sql_mode")) {
      List<String> modes = row.next() ? List.of(row.getString(1).split(",")) : List.of();
      if (!Collections.disjoint(modes, UNUSABLE_MODES)) {
        throw new DatabaseRefusedException(
            "the connections have an sql_mode with which the service cannot work: add"
                + " sessionVariables="
                + MODE
                + " to the URL",
            null);
      }
    }
  }

  /**
   * Returns the assignments to session variables for {@link DriverConnections#setSessionVariables}.
   *
   * @param galera true if the server is a node of a Galera cluster
   * @param statementMillis the maximum duration of a statement, in milliseconds; 0 for no maximum.
   *     The value is less than the network timeout. Therefore the server ends a long statement
   *     before the driver closes the connection. Otherwise, the server would run the statement to
   *     its end after the driver has closed the connection.
   */
  static String guardVariables(boolean galera, int statementMillis) {
    String guard =
        TIMEOUTS
            + ", session "
            + MODE
            + ", session max_statement_time="
            + statementMillis / 1_000.0;
    return galera ? guard + ", session wsrep_sync_wait=1" : guard;
  }

  /**
   * Replaces the maximum duration of a statement on a connection.
   *
   * @param limit the new maximum; zero for no maximum
   * @return the SQL statement that restores the earlier maximum
   */
  static String replaceTimeout(Connection connection, Duration limit) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select @@session.max_statement_time")) {
      String before = row.next() ? row.getString(1) : "default";
      statement.execute("set session max_statement_time=" + limit.toSeconds());
      return "set session max_statement_time=" + before;
    }
  }

  static void guard(StatelessSession session) {
    execute(session, GUARD_HOST);
  }

  /**
   * Resets the session variables on a connection of the host application. Never throws an
   * exception, because the transaction has already ended.
   */
  static void unguard(StatelessSession session) {
    try {
      execute(session, UNGUARD_HOST);
    } catch (HibernateException e) {
      LOG.log(Level.DEBUG, "the settings of a connection cannot be restored", e);
    }
  }

  private static void execute(StatelessSession session, String sql) {
    session.doWork(connection -> Statements.execute(connection, sql));
  }
}
