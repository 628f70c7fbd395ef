package io.accesstokens.store.hibernate;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The store contract on H2: tens of thousands of rows, so it is not among the unit tests. */
class H2TokenStoreIT extends DatabaseContract {

  @TempDir static Path directory;

  @Override
  ConnectionPool openPool() {
    return ConnectionPool.open(H2Database.url(directory.resolve("tokens")), "sa", "", 10);
  }
}
