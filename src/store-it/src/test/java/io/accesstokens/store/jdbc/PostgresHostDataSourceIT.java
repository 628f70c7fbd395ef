package io.accesstokens.store.jdbc;

import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;

class PostgresHostDataSourceIT extends HostDataSourceContract {

  @Override
  TestDatabase newDatabase() {
    return PostgresServer.shared().newDatabase();
  }

  @Override
  String driverSettings() {
    return "prepareThreshold=-1&defaultRowFetchSize=1";
  }

  @Override
  String timeouts() {
    return "select current_setting('idle_in_transaction_session_timeout'),"
        + " current_setting('lock_timeout')";
  }

  @Override
  String defaultTimeouts() {
    return "0,0";
  }

  @Override
  String limitedTimeouts() {
    return "1s,2s";
  }
}
