package io.accesstokens.store.session;

import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;

class PostgresSessionStoreIT extends DatabaseSessionsContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.postgres();
  }
}
