package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2PersonalTokensIT extends DatabasePersonalTokensContract {

  @TempDir static Path directory;

  @Override
  ConnectionPool openPool() {
    return ConnectionPool.open(H2Database.url(directory.resolve("personal")), "sa", "", 10);
  }
}
