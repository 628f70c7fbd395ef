package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

/** The store contract on H2. */
class H2TokenStoreIT extends DatabaseContract {

  @TempDir static Path directory;

  @Override
  ConnectionPool openPool() {
    return ConnectionPool.open(H2Database.url(directory.resolve("tokens")), "sa", "", 10);
  }

  /** H2 deletes each row separately, which takes seconds after a test with 10,000 rows. */
  @Override
  void clear(String table) throws SQLException {
    sql.execute("truncate table " + table);
  }
}
