package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;

class MariaDbImportIT extends ImportContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.mariaDb();
  }
}
