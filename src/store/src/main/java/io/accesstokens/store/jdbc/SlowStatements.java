package io.accesstokens.store.jdbc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.hibernate.StatelessSession;

/**
 * Runs statements with a longer time limit than the statements of a request, on MariaDB and
 * PostgreSQL.
 */
final class SlowStatements {

  private static final Logger LOG = System.getLogger(SlowStatements.class.getName());

  /**
   * Maximum duration of a statement. The server ends a longer statement before the driver stops
   * waiting.
   */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final Duration NETWORK_TIMEOUT = LIMIT.plusSeconds(5);
  private static final Executor HERE = Runnable::run;

  private SlowStatements() {}

  /**
   * The earlier limits of a connection.
   *
   * @param statement the SQL statement that restores the limit of the server
   */
  private record Limits(String statement, int networkTimeoutMillis) {}

  /** Runs work on a session whose statements can take up to {@link #LIMIT}. */
  static <T> T run(
      StatelessSession session, DatabaseKind kind, Function<StatelessSession, T> work) {
    Limits before = session.doReturningWork(connection -> raise(connection, kind));
    try {
      return work.apply(session);
    } finally {
      session.doWork(connection -> restore(connection, before));
    }
  }

  private static Limits raise(Connection connection, DatabaseKind kind) throws SQLException {
    boolean raised = false;
    try {
      int network = connection.getNetworkTimeout();
      connection.setNetworkTimeout(HERE, (int) NETWORK_TIMEOUT.toMillis());
      String statement =
          kind == DatabaseKind.MARIADB
              ? MariaDbSession.replaceTimeout(connection, LIMIT)
              : PostgresSession.replaceTimeout(connection, LIMIT);
      raised = true;
      return new Limits(statement, network);
    } finally {
      if (!raised) {
        connection.abort(HERE); // other work must not get a connection with one of the limits
      }
    }
  }

  private static void restore(Connection connection, Limits before) throws SQLException {
    try {
      connection.setNetworkTimeout(HERE, before.networkTimeoutMillis());
      Statements.execute(connection, before.statement());
    } catch (SQLException e) {
      // Other work must not get a connection with wrong limits. The exception is not thrown,
      // because the work has already ended.
      LOG.log(Level.DEBUG, "the limits of a connection cannot be restored", e);
      connection.abort(HERE);
    }
  }
}
