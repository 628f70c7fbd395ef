package io.accesstokens.store.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.VerificationUnavailableException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PostgresReplicasIT extends ReplicasContract {

  @Override
  TestDatabase newDatabase() {
    return PostgresServer.shared().newDatabase();
  }

  /** This process has followed a later timeline. The server then is a former primary server. */
  @Test
  void errorNamesTheFormerPrimaryServer() {
    TestDatabase created = newDatabase();
    Lease.Durations durations = Lease.Durations.of(Duration.ofMillis(500), Duration.ZERO);
    try (ConnectionPool pool =
        ConnectionPool.open(created.url(), created.user(), created.password(), 4)) {
      Migrations.migrate(pool);
      try (Database database = new Database(pool);
          Replica replica = Replica.enlist(database, pool, new ChangeCounter(), durations, false);
          ChangeFeed feed = replica.feed()) {
        String server = feed.read(null).server();
        String system = server.substring(0, server.indexOf(':'));
        database.follow(system + ":FFFFFFFF", Duration.ZERO);
        VerificationUnavailableException refused =
            assertThrows(VerificationUnavailableException.class, () -> feed.read(null));
        assertEquals("the change feed was read from a former primary server", refused.getMessage());
      }
    }
  }
}
