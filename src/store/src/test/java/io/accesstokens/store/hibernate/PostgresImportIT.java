package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;

class PostgresImportIT extends ImportContract {

  @Override
  ConnectionPool openPool() {
    TestDatabase database = PostgresServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
