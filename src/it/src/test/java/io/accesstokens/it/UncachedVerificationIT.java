package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.sql.SQLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests verification with {@code cacheTtlSeconds: 0} at a database that other processes share. */
class UncachedVerificationIT {

  /**
   * A server that is read-only still answers every query for a token. It may be a former primary
   * server, so it gives no lease.
   */
  @Test
  void eachVerificationNeedsALease() throws Exception {
    try (MariaDbServer server = MariaDbServer.create()) {
      server.start();
      TestDatabase database = server.newDatabase();
      WarProcess call =
          WarProcess.inNewFolder()
              .withDatabase(database)
              .withEnvironment("ACCESSTOKENS_SERVICE_CACHETTLSECONDS", "0");
      try (RunningApplication application = RunningApplication.start(call)) {
        ServiceTokens tokens = new ServiceTokens(application.api().as("alice"));
        Api bearer = application.api().bearer(tokens.create().rawToken());
        assertEquals(200, bearer.get(WHOAMI).status(), "with a lease");
        setReadOnly(database, 1);
        awaitStatus(503, bearer);
        setReadOnly(database, 0);
        awaitStatus(200, bearer);
      }
    }
  }

  private static void setReadOnly(TestDatabase database, int value) throws SQLException {
    database.sql().execute("set global read_only = " + value);
  }

  private static void awaitStatus(int status, Api bearer) {
    Awaitility.await().untilAsserted(() -> assertEquals(status, bearer.get(WHOAMI).status()));
  }
}
