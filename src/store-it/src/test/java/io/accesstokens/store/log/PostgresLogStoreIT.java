package io.accesstokens.store.log;

import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;

class PostgresLogStoreIT extends DatabaseLogContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.postgres();
  }
}
