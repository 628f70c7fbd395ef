package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.hibernate.H2Database;
import io.accesstokens.store.hibernate.H2LockHolder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionPoolTest {

  private static final String SECRET = "s3cret-p4ss";

  @TempDir Path directory;

  @Test
  void wrongPasswordIsReportedWithoutThePassword() {
    String url = H2Database.url(directory.resolve("tokens"));
    ConnectionPool.open(url, "sa", "right", 1).close();
    DatabaseRefusedException refused =
        assertThrows(
            DatabaseRefusedException.class, () -> ConnectionPool.open(url, "sa", SECRET, 1));
    assertEquals("the database cannot be opened: user or password is wrong", refused.getMessage());
  }

  @Test
  void fileInUseByAnotherProcessIsReported() throws Exception {
    Path file = directory.resolve("tokens");
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                H2LockHolder.class.getName(),
                H2Database.url(file))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertEquals('!', holder.getInputStream().read());
      DatabaseRefusedException refused =
          assertThrows(
              DatabaseRefusedException.class,
              () -> ConnectionPool.open(H2Database.url(file), "sa", SECRET, 1));
      assertEquals(
          "the database cannot be opened: its file is in use by another process",
          refused.getMessage());
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void invalidUrlsAreReportedInOneLine() {
    for (String url : List.of("", "jdbc:oracle:thin:@x", "jdbc:h2:file:relative")) {
      DatabaseRefusedException refused =
          assertThrows(
              DatabaseRefusedException.class, () -> ConnectionPool.open(url, "u", SECRET, 1));
      String message = String.valueOf(refused.getMessage());
      assertEquals(1, message.lines().count());
      assertFalse(message.contains(SECRET), message);
    }
  }

  /** Also a server with too many connections refuses new connections only. */
  @Test
  void idleConnectionIsUsedWhileNewConnectionsAreRefused() throws Exception {
    AtomicReference<String> password = new AtomicReference<>("right");
    try (ConnectionPool pool =
        ConnectionPool.open(H2Database.url(directory.resolve("t")), "sa", password::get, 2)) {
      try (Connection busy = pool.getConnection()) {
        password.set("wrong");
        assertThrows(SQLException.class, pool::getConnection, "no connection is idle");
        assertThrows(SQLException.class, pool::getConnection, "no connection is idle");
        assertTrue(busy.isValid(1), "open connection is usable");
      }
      for (int i = 0; i < 3; i++) {
        try (Connection idle = pool.getConnection()) {
          assertTrue(idle.isValid(1), "idle connection is usable");
        }
      }
    }
  }

  @Test
  void connectionsAreReadCommitted() throws Exception {
    try (ConnectionPool pool =
            ConnectionPool.open(H2Database.url(directory.resolve("t")), "sa", "", 1);
        Connection connection = pool.getConnection()) {
      assertEquals(Connection.TRANSACTION_READ_COMMITTED, connection.getTransactionIsolation());
    }
  }
}
