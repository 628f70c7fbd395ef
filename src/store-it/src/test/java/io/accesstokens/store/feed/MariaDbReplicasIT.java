package io.accesstokens.store.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TcpProxy;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class MariaDbReplicasIT extends ReplicasContract {

  @Override
  TestDatabase newDatabase() {
    return MariaDbServer.shared().newDatabase();
  }

  /** The operator sets the former primary server to read only. Its connections stay open. */
  @Test
  void replicaFollowsASwitchOver() throws Exception {
    int newPort = MariaDbServer.shared().port();
    try (MariaDbServer former = MariaDbServer.create();
        TcpProxy address = TcpProxy.to(former.port())) {
      former.start();
      TestDatabase before = former.newDatabase();
      String name = before.url().substring(before.url().lastIndexOf('/') + 1);
      new Sql(newDatabase()::connect).execute("create database " + name);
      Member other = start(on(newPort, name), DURATIONS, false);
      TestToken copied = other.create("copied");
      Member replica = start(on(address.port(), name), DURATIONS, false);
      TestToken made = replica.create("ci");
      assertTrue(replica.accepts(made), "the token of the former server is accepted");

      new Sql(before::connect).execute("set global read_only = 1");
      Awaitility.await().atMost(TIMEOUT).until(() -> !acceptsIfAvailable(replica, made));
      address.redirect(newPort);
      Awaitility.await().atMost(TIMEOUT).until(() -> acceptsIfAvailable(replica, copied));
      for (int i = 0; i < 3; i++) {
        TestToken next = replica.create("next-" + i);
        assertTrue(other.accepts(next), "the token was created on the new server");
        assertTrue(replica.accepts(next), "the token is read from the new server");
        other.revoke(next);
        assertEquals(false, replica.accepts(next));
      }
      assertEquals(false, replica.accepts(made));
    }
  }

  private static TestDatabase on(int port, String name) {
    return new TestDatabase(
        "jdbc:mariadb://127.0.0.1:" + port + "/" + name,
        MariaDbServer.USER,
        MariaDbServer.PASSWORD);
  }
}
