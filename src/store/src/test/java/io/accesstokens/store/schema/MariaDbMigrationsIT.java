package io.accesstokens.store.schema;

import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;

class MariaDbMigrationsIT extends MigrationsContract {

  @Override
  TestDatabase newDatabase() {
    return MariaDbServer.shared().newDatabase();
  }

  @Override
  DatabaseServer createServer() {
    return MariaDbServer.create();
  }

  @Override
  String schema() {
    return "database()";
  }
}
