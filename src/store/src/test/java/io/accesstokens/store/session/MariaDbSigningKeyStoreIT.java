package io.accesstokens.store.session;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;

class MariaDbSigningKeyStoreIT extends DatabaseSigningKeysContract {

  @Override
  ConnectionPool openPool() {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
