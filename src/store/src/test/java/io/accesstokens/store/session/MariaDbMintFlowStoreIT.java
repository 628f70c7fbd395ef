package io.accesstokens.store.session;

import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;

class MariaDbMintFlowStoreIT extends DatabaseMintFlowsContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.mariaDb();
  }
}
