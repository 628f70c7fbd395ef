package io.accesstokens.store.log;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;

class PostgresLogStoreIT extends DatabaseLogContract {

  @Override
  ConnectionPool openPool() {
    TestDatabase database = PostgresServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
