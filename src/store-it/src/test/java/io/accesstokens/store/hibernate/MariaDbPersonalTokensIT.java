package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;

class MariaDbPersonalTokensIT extends DatabasePersonalTokensContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.mariaDb();
  }
}
