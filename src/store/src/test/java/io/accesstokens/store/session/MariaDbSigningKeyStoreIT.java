package io.accesstokens.store.session;

import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;

class MariaDbSigningKeyStoreIT extends DatabaseSigningKeysContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.mariaDb();
  }
}
