package io.accesstokens.store.session;

import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;

class MariaDbSessionStoresIT extends DatabaseSessionStoresContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.mariaDb();
  }
}
