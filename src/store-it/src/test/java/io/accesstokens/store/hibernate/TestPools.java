package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;

/** Opens pools of ten connections to new databases of the shared servers. */
public final class TestPools {

  private TestPools() {}

  /** Opens a pool to a new MariaDB database. */
  public static ConnectionPool mariaDb() {
    return open(MariaDbServer.shared().newDatabase());
  }

  /** Opens a pool to a new PostgreSQL database. */
  public static ConnectionPool postgres() {
    return open(PostgresServer.shared().newDatabase());
  }

  private static ConnectionPool open(TestDatabase database) {
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
