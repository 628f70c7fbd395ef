package io.accesstokens.store.hibernate;

import java.sql.Statement;
import org.hibernate.HibernateException;
import org.hibernate.StatelessSession;

/**
 * Variables of a session of MariaDB that keep a process which was stopped in the middle of a
 * transaction from blocking all others: the server cuts it off after a second, and those that wait
 * for its locks do so for two seconds, then try again.
 */
final class MariaDbSession {

  static final String GUARD =
      "set session idle_write_transaction_timeout=1, innodb_lock_wait_timeout=2";

  private static final String UNGUARD =
      "set session idle_write_transaction_timeout=default, innodb_lock_wait_timeout=default";

  private MariaDbSession() {}

  static void guard(StatelessSession session) {
    execute(session, GUARD);
  }

  /** Gives a host's connection back as it was; one that is broken needs nothing. */
  static void unguard(StatelessSession session) {
    try {
      execute(session, UNGUARD);
    } catch (HibernateException e) {
      if (!Failures.isOutage(e)) {
        throw e;
      }
    }
  }

  private static void execute(StatelessSession session, String sql) {
    session.doWork(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
          }
        });
  }
}
