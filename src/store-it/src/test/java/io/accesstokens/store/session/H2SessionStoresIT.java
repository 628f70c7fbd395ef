package io.accesstokens.store.session;

import io.accesstokens.store.hibernate.H2Database;
import io.accesstokens.store.jdbc.ConnectionPool;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2SessionStoresIT extends DatabaseSessionStoresContract {

  @TempDir static Path directory;

  @Override
  ConnectionPool openPool() {
    return ConnectionPool.open(H2Database.url(directory.resolve("sessions")), "sa", "", 10);
  }
}
