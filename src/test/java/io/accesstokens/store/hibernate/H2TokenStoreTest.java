package io.accesstokens.store.hibernate;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2TokenStoreTest extends DatabaseContract {

  @TempDir static Path directory;

  static String url(Path file) {
    return "jdbc:h2:file:"
        + file
        + ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;WRITE_DELAY=0";
  }

  @Override
  ConnectionPool openPool() {
    return ConnectionPool.open(url(directory.resolve("tokens")), "sa", "", 10);
  }
}
