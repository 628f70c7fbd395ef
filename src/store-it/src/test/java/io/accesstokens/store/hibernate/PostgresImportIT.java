package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;

class PostgresImportIT extends ImportContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.postgres();
  }
}
