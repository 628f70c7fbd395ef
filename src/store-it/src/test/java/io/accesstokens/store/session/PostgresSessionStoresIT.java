package io.accesstokens.store.session;

import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;

class PostgresSessionStoresIT extends DatabaseSessionStoresContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.postgres();
  }
}
