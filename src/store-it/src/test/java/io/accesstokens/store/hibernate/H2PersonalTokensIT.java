package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2PersonalTokensIT extends DatabasePersonalTokensContract {

  @TempDir static Path directory;

  @Override
  ConnectionPool openPool() {
    return TestPools.h2(directory.resolve("personal"));
  }
}
