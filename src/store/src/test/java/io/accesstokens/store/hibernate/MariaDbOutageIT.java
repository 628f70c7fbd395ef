package io.accesstokens.store.hibernate;

import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.MariaDbServer;

class MariaDbOutageIT extends OutageContract {

  @Override
  DatabaseServer createServer() {
    return MariaDbServer.create();
  }

  @Override
  String refusedLogin() {
    return "Access denied";
  }
}
