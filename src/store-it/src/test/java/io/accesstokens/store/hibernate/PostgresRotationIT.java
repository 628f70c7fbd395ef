package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;

class PostgresRotationIT extends DatabaseRotationContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.postgres();
  }
}
