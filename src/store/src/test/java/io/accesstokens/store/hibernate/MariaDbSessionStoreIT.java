package io.accesstokens.store.hibernate;

import io.accesstokens.testing.MariaDbServer;

class MariaDbSessionStoreIT extends DatabaseSessionsContract {

  @Override
  ConnectionPool openPool() {
    MariaDbServer.Database database = MariaDbServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
