package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class MariaDbSessionIT {

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  /** A process can stop after it has locked a row and before it writes. */
  @Test
  void stoppedTransactionThatOnlyLocksARowDoesNotBlockOthers() throws SQLException {
    try (ConnectionPool pool =
            ConnectionPool.open(database.url(), database.user(), database.password(), 2);
        Connection stopped = pool.getConnection();
        Statement stoppedStatement = stopped.createStatement();
        Connection other = pool.getConnection();
        Statement otherStatement = other.createStatement()) {
      other.setAutoCommit(true);
      otherStatement.execute("create table locked (id int primary key, value int)");
      otherStatement.execute("insert into locked values (1, 1)");
      stopped.setAutoCommit(false);
      stoppedStatement.executeQuery("select value from locked where id = 1 for update").close();
      assertEquals(1, otherStatement.executeUpdate("update locked set value = 2 where id = 1"));
      assertThrows(SQLException.class, () -> stoppedStatement.executeQuery("select 1"));
    }
  }
}
