package io.accesstokens.store.session;

import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2SessionStoresIT extends DatabaseSessionStoresContract {

  @TempDir static Path directory;

  @Override
  ConnectionPool openPool() {
    return TestPools.h2(directory.resolve("sessions"));
  }
}
