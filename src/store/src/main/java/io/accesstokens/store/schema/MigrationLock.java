package io.accesstokens.store.schema;

import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.NoTimeoutDataSource;
import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * A lock for migrations. Only one replica at a time can hold the lock.
 *
 * <p>The lock of Flyway is not enough. Flyway takes its lock only after it has searched for its
 * history table. Therefore two replicas on an empty database can both try to create the history
 * table.
 *
 * <p>On MariaDB, this class uses a named lock of the server. On a Galera cluster, this lock covers
 * only one node. On PostgreSQL, this class uses an advisory lock of the database. On H2, a lock
 * within the process is enough, because only one process can open the database.
 */
final class MigrationLock implements AutoCloseable {

  private static final int MAX_WAIT_SECONDS = 600;
  private static final int POLL_MILLIS = 100;

  /** SQL expression for the key of the advisory lock. Each schema has a different key. */
  private static final String KEY =
      "hashtextextended('access_tokens ' || coalesce(current_schema(), ''), 0)";

  private static final ReentrantLock WITHIN_PROCESS = new ReentrantLock();

  private final Connection connection;
  private final DatabaseKind databaseKind;

  private MigrationLock(Connection connection, DatabaseKind databaseKind) {
    this.connection = connection;
    this.databaseKind = databaseKind;
  }

  static MigrationLock acquire(DataSource dataSource) throws SQLException {
    WITHIN_PROCESS.lock();
    boolean acquired = false;
    try {
      Connection connection = new NoTimeoutDataSource(dataSource).getConnection();
      try {
        DatabaseKind databaseKind = DatabaseKind.of(connection);
        databaseKind.requireUsable(connection, dataSource);
        lock(connection, databaseKind);
        acquired = true;
        return new MigrationLock(connection, databaseKind);
      } finally {
        if (!acquired) {
          connection.close();
        }
      }
    } finally {
      if (!acquired) {
        WITHIN_PROCESS.unlock();
      }
    }
  }

  private static void lock(Connection connection, DatabaseKind databaseKind) throws SQLException {
    switch (databaseKind) {
      case H2 -> {}
      case MARIADB -> lockMariaDb(connection);
      case POSTGRESQL -> lockPostgres(connection);
    }
  }

  /**
   * Takes the lock on PostgreSQL. Repeats a statement that does not wait for the lock. A statement
   * that waits would have a snapshot. The replica that has the lock can create an index
   * concurrently, and then waits for the end of all statements with a snapshot. The two replicas
   * would then wait for each other.
   */
  private static void lockPostgres(Connection connection) throws SQLException {
    long begin = System.nanoTime();
    try (Statement statement = connection.createStatement()) {
      while (!isTrue(statement, "select pg_try_advisory_lock(" + KEY + ")")) {
        if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(MAX_WAIT_SECONDS)) {
          throw stillMigrating();
        }
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stillMigrating();
    }
  }

  private static boolean isTrue(Statement statement, String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      return result.next() && result.getBoolean(1);
    }
  }

  private static StoreUnavailableException stillMigrating() {
    return new StoreUnavailableException("another replica is still migrating", null);
  }

  private static void lockMariaDb(Connection connection) throws SQLException {
    // The name of a lock is global to the server, not to the schema. A name has at most 64
    // characters.
    String sql = "select get_lock(concat('access_tokens_', md5(database())), ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, MAX_WAIT_SECONDS);
      try (ResultSet result = statement.executeQuery()) {
        if (!result.next() || result.getInt(1) != 1) {
          throw stillMigrating();
        }
      }
    }
  }

  DatabaseKind databaseKind() {
    return databaseKind;
  }

  @Override
  public void close() throws SQLException {
    try (Connection closed = connection) {
      String sql =
          switch (databaseKind) {
            case H2 -> "select 1";
            case MARIADB -> "select release_lock(concat('access_tokens_', md5(database())))";
            case POSTGRESQL -> "select pg_advisory_unlock(" + KEY + ")";
          };
      try (Statement statement = closed.createStatement()) {
        statement.execute(sql);
      }
    } finally {
      WITHIN_PROCESS.unlock();
    }
  }
}
