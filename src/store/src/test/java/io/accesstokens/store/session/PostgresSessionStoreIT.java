package io.accesstokens.store.session;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;

class PostgresSessionStoreIT extends DatabaseSessionsContract {

  @Override
  ConnectionPool openPool() {
    TestDatabase database = PostgresServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
