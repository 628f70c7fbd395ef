package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests totals when there are more tokens than the application counts. */
class ManyTokensIT {

  /** Maximum exact total. */
  private static final int COUNTED = 10_000;

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  @Test
  void totalIsExactUpToTenThousandAndALowerBoundBeyond() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDatabase(database);
    try (RunningApplication application = RunningApplication.start(call)) {
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      insert(1, COUNTED);
      JsonObject exact = alice.list("limit=1");
      assertEquals(COUNTED, exact.getInt("total"));
      assertFalse(exact.getBoolean("totalIsLowerBound", false), exact::toString);

      insert(COUNTED + 1, COUNTED + 200);
      for (String query : new String[] {"limit=1", "limit=0", "status=active&limit=1"}) {
        JsonObject bounded = alice.list(query);
        assertTrue(bounded.getBoolean("totalIsLowerBound", false), bounded::toString);
        int total = bounded.getInt("total");
        assertTrue(total >= COUNTED && total <= COUNTED + 200, bounded::toString);
      }
      assertEquals(0, alice.list("groupEntityRef=payments").getInt("total"));

      // The cursor reaches the last token, beyond the counted ones.
      Set<String> seen = new HashSet<>();
      for (JsonObject token : alice.all("limit=500")) {
        assertTrue(seen.add(token.getString("id")), "twice: " + token);
      }
      assertEquals(COUNTED + 200, seen.size());
    }
  }

  /** Inserts rows as an import does, with the columns that the contract guarantees. */
  private void insert(int from, int to) throws SQLException {
    database
        .sql()
        .execute(
            """
            insert into service_access_tokens
              (id, name, description, token_hash, token_prefix, group_entity_ref, scopes,
               created_by, created_at, expires_at)
            select uuid(), concat('many-', seq), 'one of many', random_bytes(32), 'bsat_manyman',
               'group:default/platform', '["catalog:read"]', 'user:default/alice',
               utc_timestamp(6) - interval (seq div 7) second, utc_timestamp(6) + interval 90 day
            from seq_%d_to_%d
            """
                .formatted(from, to));
  }
}
