package io.accesstokens.store.notice;

import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;

class MariaDbNoticeStoreIT extends NoticeStoreContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.mariaDb();
  }
}
