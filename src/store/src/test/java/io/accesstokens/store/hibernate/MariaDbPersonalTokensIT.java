package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.MariaDbServer;

class MariaDbPersonalTokensIT extends DatabasePersonalTokensContract {

  @Override
  ConnectionPool openPool() {
    MariaDbServer.Database database = MariaDbServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
