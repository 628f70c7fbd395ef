package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;

class MariaDbRotationIT extends DatabaseRotationContract {

  @Override
  ConnectionPool openPool() {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
