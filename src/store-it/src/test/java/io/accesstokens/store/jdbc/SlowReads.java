package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.hibernate.jdbc.ReturningWork;

/** Tests the timeouts of slow reads. */
final class SlowReads {

  private SlowReads() {}

  /**
   * Asserts that a slow read has other timeouts than a read of a report, and that both have the
   * same timeouts if only one report is read at a time.
   *
   * @param timeout returns the maximum duration of a statement of a connection
   */
  static void assertTimeouts(
      String url,
      String user,
      String password,
      ReturningWork<String> timeout,
      String ofReport,
      String ofSlowRead) {
    try (ConnectionPool pool = ConnectionPool.open(url, user, password, 8);
        Database database = new Database(pool)) {
      ReturningWork<String> timeouts =
          connection -> timeout.execute(connection) + ' ' + connection.getNetworkTimeout();
      for (int i = 0; i < 2; i++) {
        assertEquals(
            ofReport + " 5000",
            database.readReport(session -> session.doReturningWork(timeouts)),
            "of a report");
        assertEquals(
            ofSlowRead + " 125000",
            database.readSlowly(session -> session.doReturningWork(timeouts)),
            "of a slow read");
        assertThrows(
            RuntimeException.class,
            () ->
                database.readSlowly(
                    session ->
                        session
                            .createNativeQuery("select nothing from nowhere", String.class)
                            .getResultList()));
      }
    }
    try (ConnectionPool pool = ConnectionPool.open(url, user, password, 7);
        Database database = new Database(pool)) {
      assertEquals(
          ofReport, database.readSlowly(session -> session.doReturningWork(timeout)), "of one");
    }
  }
}
