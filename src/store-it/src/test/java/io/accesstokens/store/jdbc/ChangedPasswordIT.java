package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Tests that the next new connection uses a changed password of the database. */
class ChangedPasswordIT {

  private static final String CHANGED = "changed-secret";

  @Test
  void changedPasswordCountsAtTheNextNewConnection() throws Exception {
    try (MariaDbServer server = MariaDbServer.create()) {
      server.start();
      TestDatabase database = server.newDatabase();
      // MariaDB accepts current_user() in this statement, and changes nothing.
      String account = "'" + database.user() + "'@'127.0.0.1'";
      AtomicReference<String> password = new AtomicReference<>(database.password());
      try (ConnectionPool pool =
          ConnectionPool.open(database.url(), database.user(), password::get, 2)) {
        try (Connection open = pool.getConnection()) {
          Statements.execute(
              open,
              "alter user "
                  + account
                  + " identified via mysql_native_password using password('"
                  + database.password()
                  + "') or mysql_native_password using password('"
                  + CHANGED
                  + "')");
          pool.unpooled().close();
          Statements.execute(open, "alter user " + account + " identified by '" + CHANGED + "'");
          SQLException refused = assertThrows(SQLException.class, () -> pool.unpooled().close());
          assertEquals("28000", refused.getSQLState(), refused::toString);
          assertOpen(open);
          password.set(CHANGED);
          try (Connection outside = pool.unpooled();
              Connection another = pool.getConnection()) {
            assertOpen(outside);
            assertOpen(another);
            assertOpen(open);
          }
        }
      }
    }
  }

  private static void assertOpen(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet one = statement.executeQuery("select 1")) {
      assertTrue(one.next(), "no row");
      assertEquals(1, one.getInt(1));
    }
  }
}
