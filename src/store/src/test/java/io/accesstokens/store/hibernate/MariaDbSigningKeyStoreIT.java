package io.accesstokens.store.hibernate;

import io.accesstokens.testing.MariaDbServer;

class MariaDbSigningKeyStoreIT extends DatabaseSigningKeysContract {

  @Override
  ConnectionPool openPool() {
    MariaDbServer.Database database = MariaDbServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
