package io.accesstokens.store.schema;

import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;

class PostgresMigrationsIT extends MigrationsContract {

  @Override
  TestDatabase newDatabase() {
    return PostgresServer.shared().newDatabase();
  }

  @Override
  DatabaseServer createServer() {
    return PostgresServer.create();
  }

  @Override
  String schema() {
    return "current_schema()";
  }
}
