package io.accesstokens.store.feed;

import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;

class MariaDbReplicasIT extends ReplicasContract {

  @Override
  TestDatabase newDatabase() {
    return MariaDbServer.shared().newDatabase();
  }
}
