package io.accesstokens.store.session;

import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;

class PostgresMintFlowStoreIT extends DatabaseMintFlowsContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.postgres();
  }
}
