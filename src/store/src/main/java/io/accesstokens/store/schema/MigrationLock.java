package io.accesstokens.store.schema;

import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.NoTimeoutDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * A lock that lets only one replica at a time run migrations.
 *
 * <p>The lock of Flyway is not enough. Flyway takes its lock only after it has searched for its
 * history table. Therefore two replicas on an empty database can both try to create the history
 * table.
 *
 * <p>On MariaDB, this class uses a named lock of the server. On Galera, a named lock covers one
 * node only. An H2 database is open in only one process, so a lock in the process is enough.
 */
final class MigrationLock implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 600;
  private static final ReentrantLock WITHIN_PROCESS = new ReentrantLock();

  private final Connection connection;
  private final DatabaseKind vendor;

  private MigrationLock(Connection connection, DatabaseKind vendor) {
    this.connection = connection;
    this.vendor = vendor;
  }

  static MigrationLock acquire(DataSource dataSource) throws SQLException {
    WITHIN_PROCESS.lock();
    boolean acquired = false;
    try {
      Connection connection = new NoTimeoutDataSource(dataSource).getConnection();
      try {
        DatabaseKind vendor = DatabaseKind.of(connection);
        lock(connection, vendor);
        acquired = true;
        return new MigrationLock(connection, vendor);
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

  private static void lock(Connection connection, DatabaseKind vendor) throws SQLException {
    if (vendor != DatabaseKind.MARIADB) {
      return;
    }
    // The name of a lock is global to the server, not to the schema. A name has at most 64
    // characters.
    String sql = "select get_lock(concat('access_tokens_', md5(database())), ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, PATIENCE_SECONDS);
      try (ResultSet result = statement.executeQuery()) {
        if (!result.next() || result.getInt(1) != 1) {
          throw new SQLTransientException("another replica is still migrating", "57014");
        }
      }
    }
  }

  DatabaseKind vendor() {
    return vendor;
  }

  @Override
  public void close() throws SQLException {
    try (Connection closed = connection) {
      if (vendor == DatabaseKind.MARIADB) {
        String sql = "select release_lock(concat('access_tokens_', md5(database())))";
        try (PreparedStatement statement = closed.prepareStatement(sql)) {
          statement.execute();
        }
      }
    } finally {
      WITHIN_PROCESS.unlock();
    }
  }
}
