package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.hibernate.H2Database;
import io.accesstokens.store.hibernate.H2LockHolder;
import io.accesstokens.testing.RecordedLog;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionPoolTest {

  private static final String SECRET = "s3cret-p4ss";

  @TempDir Path directory;

  @AfterEach
  void freeTheDisk() {
    FullDisk.full = false;
  }

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

  /** A server with too many connections also refuses only new connections. */
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
  void changedReasonOfAnOutageIsLogged() throws Exception {
    AtomicReference<String> password = new AtomicReference<>("right");
    try (ConnectionPool pool =
            ConnectionPool.open(H2Database.url(directory.resolve("t")), "sa", password::get, 2);
        RecordedLog log = new RecordedLog(ConnectionPool.class);
        Connection busy = pool.getConnection()) {
      for (int times = 0; times < 2; times++) {
        password.set("wrong");
        for (int i = 0; i < 3; i++) {
          assertThrows(SQLException.class, pool::getConnection);
        }
        password.set("right");
        Statements.execute(busy, "set exclusive 1");
        for (int i = 0; i < 3; i++) {
          assertThrows(SQLException.class, pool::getConnection);
        }
        Statements.execute(busy, "set exclusive 0");
        pool.getConnection().close();
        pool.closeConnections();
      }
      List<String> outage =
          List.of(
              "WARNING no connection to the database: Wrong user name or password [28000-240]",
              "WARNING no connection to the database: The database is open in exclusive mode; can"
                  + " not open additional connections [90135-240]",
              "INFO the database is available again");
      assertEquals(Stream.of(outage, outage).flatMap(List::stream).toList(), log.lines());
    }
  }

  /** H2 closes the database after a failed write. Its connections still look valid. */
  @Test
  void fullDiskNeedsNoRestart() throws Exception {
    try (ConnectionPool pool = openOnFullDisk(3);
        RecordedLog log = new RecordedLog(ConnectionPool.class)) {
      Connection unpooled = pool.unpooled();
      try (Connection one = pool.getConnection();
          Connection other = pool.getConnection()) {
        Statements.execute(one, "create table t (id int primary key)");
        Statements.execute(other, "insert into t values (1)");
      }
      FullDisk.full = true;
      for (int i = 2; i < 5; i++) {
        int id = i;
        SQLException e = assertThrows(SQLException.class, () -> insert(pool, id), "disk is full");
        assertTrue(DatabaseFailures.isOutage(e), e::toString);
      }
      FullDisk.full = false;
      insert(pool, 5);
      assertTrue(
          log.lines().get(0).matches("SEVERE .*closed the database: .*No space left on device.*"),
          log.lines()::toString);
      try (Connection connection = pool.getConnection();
          ResultSet rows =
              connection.createStatement().executeQuery("select id from t order by id")) {
        assertTrue(rows.next() && rows.getInt(1) == 1, "committed row is kept");
      }
      pool.closeConnections();
      try (FileChannel file =
          FileChannel.open(directory.resolve("t.mv.db"), StandardOpenOption.WRITE)) {
        assertThrows(OverlappingFileLockException.class, file::tryLock, "database is not open");
      }
      assertThrows(SQLException.class, () -> Statements.execute(unpooled, "select 1 from t"));
      insert(pool, 6);
    }
  }

  /** A start of H2 needs no disk space, so each failed write closes the database again. */
  @Test
  void repeatedFullDiskDoesNotFloodTheLog() throws Exception {
    try (ConnectionPool pool = openOnFullDisk(1);
        RecordedLog log = new RecordedLog(ConnectionPool.class)) {
      execute(pool, "create table t (id int primary key)");
      for (int i = 0; i < 30; i++) {
        int id = i;
        FullDisk.full = true;
        assertThrows(SQLException.class, () -> insert(pool, id), "disk is full");
        FullDisk.full = false;
        insert(pool, id);
      }
      List<String> lines = log.lines();
      assertTrue(lines.size() <= 11, lines::toString);
      assertTrue(lines.get(0).startsWith("SEVERE H2 closed the database: "), lines::toString);
      assertEquals("INFO the database is available again", lines.get(1));
    }
  }

  /** The reason can differ from the failure after which H2 closed the database. */
  @Test
  void failureToOpenTheDatabaseAgainIsLogged() throws Exception {
    try (ConnectionPool pool = openOnFullDisk(1);
        RecordedLog log = new RecordedLog(ConnectionPool.class)) {
      execute(pool, "create table t (id int primary key)");
      FullDisk.full = true;
      assertThrows(SQLException.class, () -> insert(pool, 1), "disk is full");
      FullDisk.full = false;
      try (FileChannel file =
              FileChannel.open(directory.resolve("t.mv.db"), StandardOpenOption.WRITE);
          FileLock lock = file.lock()) {
        assertTrue(lock.isValid(), "the file is not locked");
        for (int i = 0; i < 3; i++) {
          assertThrows(SQLException.class, pool::getConnection, "the file is locked");
        }
      }
      insert(pool, 2);
      List<String> lines = log.lines();
      assertEquals(3, lines.size(), lines::toString);
      assertTrue(lines.get(0).startsWith("SEVERE H2 closed the database: "), lines::toString);
      assertTrue(
          lines.get(1).startsWith("WARNING no connection to the database: Database may be already"),
          lines::toString);
      assertEquals("INFO the database is available again", lines.get(2));
    }
  }

  @Test
  void fullDiskAtTheStartIsReported() {
    FullDisk.full = true;
    DatabaseRefusedException refused =
        assertThrows(DatabaseRefusedException.class, () -> openOnFullDisk(1));
    assertEquals(
        "the database cannot be opened: its file cannot be read or written (java.io.IOException:"
            + " No space left on device)",
        refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 10_000})
  void damagedFileIsReportedWithARemedy(int bytes) throws Exception {
    String url = "jdbc:h2:" + directory.resolve("t");
    ConnectionPool.open(url, "sa", "", 1).close();
    Path file = directory.resolve("t.mv.db");
    byte[] damaged = Arrays.copyOf(Files.readAllBytes(file), bytes);
    Arrays.fill(damaged, 50, 100, (byte) 0);
    Arrays.fill(damaged, Math.min(bytes, 4_096), Math.min(bytes, 4_196), (byte) 0);
    Files.write(file, damaged);
    DatabaseRefusedException refused =
        assertThrows(DatabaseRefusedException.class, () -> ConnectionPool.open(url, "sa", "", 1));
    assertEquals(
        "the database cannot be opened: its file is damaged or of another version of H2; restore a"
            + " backup",
        refused.getMessage());
  }

  /** Opens a database on a disk that is full while {@link FullDisk#full} is true. */
  private ConnectionPool openOnFullDisk(int size) {
    FullDisk.register();
    String url = "jdbc:h2:" + FullDisk.SCHEME + ":" + directory.resolve("t") + ";WRITE_DELAY=0";
    return ConnectionPool.open(url, "sa", "", size);
  }

  private static void insert(ConnectionPool pool, int id) throws SQLException {
    execute(pool, "insert into t values (" + id + ")");
  }

  private static void execute(ConnectionPool pool, String sql) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      Statements.execute(connection, sql);
    }
  }

  @Test
  void invalidSizeOpensNoDatabase() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> ConnectionPool.open(H2Database.url(directory.resolve("t")), "sa", "", 0));
    assertEquals("maximumPoolSize must be at least 1", e.getMessage());
    assertFalse(Files.exists(directory.resolve("t.mv.db")), "the database was opened");
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
