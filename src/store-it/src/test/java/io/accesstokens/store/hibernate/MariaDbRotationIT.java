package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;

class MariaDbRotationIT extends DatabaseRotationContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.mariaDb();
  }
}
