package io.accesstokens.store.hibernate;

import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.PostgresServer;

class PostgresOutageIT extends OutageContract {

  @Override
  DatabaseServer createServer() {
    return PostgresServer.create();
  }

  @Override
  String refusedLogin() {
    return "password authentication failed";
  }
}
