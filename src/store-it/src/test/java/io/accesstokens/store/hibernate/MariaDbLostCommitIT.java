package io.accesstokens.store.hibernate;

import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.MariaDbServer;

class MariaDbLostCommitIT extends LostCommitContract {

  @Override
  DatabaseServer server() {
    return MariaDbServer.shared();
  }

  @Override
  String fourSeconds() {
    return "socketTimeout=4000";
  }

  @Override
  String waitingSessions() {
    return "select count(*) from information_schema.processlist"
        + " where info like '%access_token_change%' and id <> connection_id()"
        + " and db = database()";
  }
}
