package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.store.Samples;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.store.TokenStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that {@code kill -9} loses no committed change. The test copies H2's file immediately after
 * a change has returned. The copy has the same content as the file after such a kill: all data that
 * the process has passed to the operating system. The test opens a copy after every change, and
 * sometimes restarts the program on it.
 *
 * <p>H2 reuses space in its file when the content of the space is 45 seconds old. In this test, H2
 * may reuse space immediately. A few changes then show errors that would otherwise need a long run,
 * or a start on older files.
 */
class H2DurabilityIT {

  private static final int STARTS = 4;
  private static final int CREATES_EACH = 12;

  @TempDir Path directory;

  private final Map<String, String> completed = new HashMap<>();

  @Test
  void completedChangesAreInTheFile() throws Exception {
    Path file = directory.resolve("start-0.mv.db");
    for (int start = 0; start < STARTS; start++) {
      try (ConnectionPool pool = ConnectionPool.open(url(file), "sa", "", 3)) {
        Migrations.migrate(pool);
        try (TokenStore store = new HibernateTokenStore(pool)) {
          check(file);
          for (int i = 0; i < CREATES_EACH; i++) {
            change(store, "ci-" + start + "-" + i, i, file);
            if (i % 4 == 3) {
              store.maintain(NOON); // the next change moves pages to other chunks
            }
          }
        }
        // The file is copied before H2 closes it. So the next start does not see the writes of
        // closing.
        file = Files.copy(file, directory.resolve("start-" + (start + 1) + ".mv.db"));
      }
    }
  }

  private void change(TokenStore store, String name, int number, Path file) throws Exception {
    ServiceToken token = put(store, token(name));
    String id = token.id().toString();
    completed.put(id, "created");
    check(file);
    if (number % 2 == 0) {
      Samples.recordUses(
          store,
          Map.of(token.id(), TokenUsage.of(new UsageCount(1, NOON, null), 0, 0, null, null)));
    }
    if (number % 3 == 0) {
      revoke(store, UUID.fromString(id), NOON);
      completed.put(id, "created,revoked,announced");
      check(file);
    }
  }

  private void check(Path file) throws Exception {
    Path left = directory.resolve("left.mv.db");
    Files.copy(file, left, StandardCopyOption.REPLACE_EXISTING);
    assertEquals(completed, found(left));
  }

  private static Map<String, String> found(Path file) throws Exception {
    try (Connection connection = DriverManager.getConnection(url(file), "sa", "");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select id, (select listagg(event, ',') within group (order by event)"
                    + " from service_access_token_audit_log where token_id = t.id)"
                    + " || case when revoked_at is null then '' else ',announced' end,"
                    + " (select count(*) from access_token_changes c"
                    + " where c.token_hash = t.token_hash)"
                    + " from service_access_tokens t")) {
      Map<String, String> found = new HashMap<>();
      while (rows.next()) {
        boolean announced = rows.getString(2).endsWith("announced");
        assertEquals(announced ? 1 : 0, rows.getInt(3));
        found.put(rows.getString(1), rows.getString(2));
      }
      return found;
    }
  }

  /** Returns the URL of a database whose unused space can be used again at once. */
  static String url(Path file) {
    String path = file.toString();
    return H2Database.url(Path.of(path.substring(0, path.length() - ".mv.db".length())))
        + ";RETENTION_TIME=0";
  }
}
