package io.accesstokens.store.hibernate;

import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.PostgresServer;

class PostgresLostCommitIT extends LostCommitContract {

  @Override
  DatabaseServer server() {
    return PostgresServer.shared();
  }

  @Override
  String fourSeconds() {
    return "socketTimeout=4";
  }

  @Override
  String waitingSessions() {
    return "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        + " and query like '%access_token_change%' and datname = current_database()";
  }
}
