package io.accesstokens.store.jdbc;

import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;

class MariaDbHostDataSourceIT extends HostDataSourceContract {

  @Override
  TestDatabase newDatabase() {
    return MariaDbServer.shared().newDatabase();
  }

  @Override
  String driverSettings() {
    return "useServerPrepStmts=true&defaultFetchSize=1";
  }

  @Override
  String timeouts() {
    return "select @@idle_transaction_timeout, @@innodb_lock_wait_timeout";
  }

  @Override
  String defaultTimeouts() {
    return "0,50";
  }
}
