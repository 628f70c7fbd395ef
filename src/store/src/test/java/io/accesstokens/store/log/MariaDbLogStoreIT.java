package io.accesstokens.store.log;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;

class MariaDbLogStoreIT extends DatabaseLogContract {

  @Override
  ConnectionPool openPool() {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
