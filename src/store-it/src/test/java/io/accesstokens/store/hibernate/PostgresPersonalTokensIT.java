package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;

class PostgresPersonalTokensIT extends DatabasePersonalTokensContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.postgres();
  }
}
