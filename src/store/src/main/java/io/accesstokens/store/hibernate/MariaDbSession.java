package io.accesstokens.store.hibernate;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.hibernate.HibernateException;
import org.hibernate.StatelessSession;

/**
 * Variables of a session of MariaDB that keep a process which was stopped in the middle of a
 * transaction from blocking all others: the server cuts it off after a second, and those that wait
 * for its locks do so for two seconds, then try again.
 */
final class MariaDbSession {

  private static final Logger LOG = System.getLogger(MariaDbSession.class.getName());

  private static final String GUARD =
      "set session idle_write_transaction_timeout=1, innodb_lock_wait_timeout=2";

  private static final String UNGUARD =
      "set session idle_write_transaction_timeout=default, innodb_lock_wait_timeout=default";

  /** Makes a node of a Galera cluster wait, before it reads, for what others have committed. */
  static final String CAUSAL = "set session wsrep_sync_wait=1";

  /** Gives a host's connection back as it was. */
  static final String NOT_CAUSAL = "set session wsrep_sync_wait=default";

  private MariaDbSession() {}

  /** Whether the server is a node of a Galera cluster. */
  static boolean isGalera(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show global variables like 'wsrep_on'")) {
      return row.next() && row.getString(2).equalsIgnoreCase("ON");
    }
  }

  /** What a new connection is told, once for all its uses. */
  static String guard(boolean galera) {
    return galera ? GUARD + ", wsrep_sync_wait=1" : GUARD;
  }

  static void guard(StatelessSession session) {
    execute(session, GUARD);
  }

  /**
   * Gives a host's connection back as it was. Throws nothing: the transaction is over, and pools
   * say in ways of their own that a connection was broken.
   */
  static void unguard(StatelessSession session) {
    try {
      execute(session, UNGUARD);
    } catch (HibernateException e) {
      LOG.log(Level.DEBUG, "a connection cannot be given back as it was", e);
    }
  }

  private static void execute(StatelessSession session, String sql) {
    session.doWork(connection -> execute(connection, sql));
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
