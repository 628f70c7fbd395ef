package io.accesstokens.store.notice;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;

class MariaDbNoticeStoreIT extends NoticeStoreContract {

  @Override
  ConnectionPool openPool() {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }
}
