package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.token.store.TokenStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that maintenance limits the size of H2's file. Each change writes a part of each changed
 * table again, and most of the old parts are unused.
 */
class H2CompactionIT {

  private static final int CHANGES = 300;

  /** About half of the size without maintenance. */
  private static final long MAX_BYTES = 5_000_000;

  @TempDir Path directory;

  @Test
  void maintenanceReclaimsUnusedSpace() throws Exception {
    Path file = directory.resolve("used.mv.db");
    try (ConnectionPool pool = ConnectionPool.open(H2DurabilityIT.url(file), "sa", "", 3)) {
      Migrations.migrate(pool);
      try (TokenStore store = new HibernateTokenStore(pool)) {
        for (int i = 0; i < CHANGES; i++) {
          put(store, token("ci-" + i));
          if (i % 50 == 0) {
            store.maintain(NOON);
          }
        }
        long size = Files.size(file);
        assertTrue(size < MAX_BYTES, "the file has " + size + " bytes");
      }
    }
  }
}
