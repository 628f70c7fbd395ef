package io.accesstokens.store.feed;

import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;

class PostgresReplicasIT extends ReplicasContract {

  @Override
  TestDatabase newDatabase() {
    return PostgresServer.shared().newDatabase();
  }
}
