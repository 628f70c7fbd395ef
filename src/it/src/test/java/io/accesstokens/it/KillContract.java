package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Tests {@code kill -9} during many changes. After the restart:
 *
 * <ul>
 *   <li>Each change with a response is present, with its audit event.
 *   <li>Each token has an event, and each event has a token.
 * </ul>
 *
 * <p>The system property {@code kill.rounds} sets the number of kills; the default is 3. A file in
 * {@code target/kills} has the row of the results for {@code src/bench/kills}.
 */
abstract class KillContract {

  private static final int ROUNDS = Integer.getInteger("kill.rounds", 3);

  /**
   * Number of created tokens before the kill in each round. Soon after a start, the process still
   * uses the state that the previous kill left. That state must survive too.
   */
  private static final List<Integer> KILLED_AFTER = List.of(1, 120, 10, 3, 300, 30);

  /** Returns the call of the application. */
  abstract WarProcess call();

  /** Opens a connection to the database of the killed application. */
  abstract Connection database() throws SQLException;

  @Test
  void everyConfirmedChangeSurvivesAKillWithItsAuditEvent() throws Exception {
    RunningApplication application = RunningApplication.start(call());
    try {
      Set<String> checked = new HashSet<>();
      int created = 0;
      int revoked = 0;
      for (int round = 0; round < ROUNDS; round++) {
        application.api().as("alice").get(ServiceTokens.WHOAMI).ok();
        Storm storm = Storm.against(application);
        storm.awaitCreated(KILLED_AFTER.get(round % KILLED_AFTER.size()));
        application.kill();
        storm.awaitEnd();
        assertEquals(Set.of(), storm.unexpected());
        application = application.restart();
        check(application, storm, checked);
        created += storm.created().size();
        revoked += storm.revoked().size();
      }
      assertTrue(revoked > 0, "no revocation was confirmed before a kill");
      application.stop();
      checkDatabase(checked.size());
      publish(created, revoked);
    } finally {
      application.close();
    }
  }

  private void publish(int created, int revoked) throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "kills"));
    String database = getClass().getSimpleName().replace("KillIT", "");
    Files.writeString(
        folder.resolve(database + ".md"),
        "| %s | %d | %d | %d | 0 |%n".formatted(database, ROUNDS, created, revoked));
  }

  private static void check(RunningApplication application, Storm storm, Set<String> checked) {
    ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
    Map<String, String> statuses = new HashMap<>();
    for (JsonObject token : alice.all("limit=500")) {
      statuses.put(token.getString("id"), token.getString("status"));
    }
    Set<String> lost = new HashSet<>(storm.created());
    lost.removeAll(statuses.keySet());
    assertEquals(Set.of(), lost, "confirmed creations that are lost");
    Set<String> alive = new HashSet<>(storm.revoked());
    alive.removeIf(id -> "revoked".equals(statuses.get(id)));
    assertEquals(Set.of(), alive, "confirmed revocations that are lost");
    for (Map.Entry<String, String> token : statuses.entrySet()) {
      if (checked.add(token.getKey())) {
        List<String> events =
            alice.events(token.getKey()).stream().map(event -> event.getString("event")).toList();
        boolean revoked = token.getValue().equals("revoked");
        assertEquals(revoked ? List.of("revoked", "created") : List.of("created"), events);
      }
    }
  }

  private void checkDatabase(int tokens) throws SQLException {
    Sql sql = new Sql(this::database);
    assertEquals(tokens, sql.count("service_access_tokens"));
    assertEquals(
        0,
        sql.count(
            "service_access_token_audit_log e where not exists (select 1 from"
                + " service_access_tokens t where t.id = e.token_id)"),
        "events without a token");
    assertEquals(
        0,
        sql.count(
            "service_access_tokens t where not exists (select 1 from"
                + " service_access_token_audit_log e where e.token_id = t.id and e.event ="
                + " 'created')"),
        "tokens without an event");
    assertEquals(
        0,
        sql.count(
            "service_access_tokens t where t.revoked_at is not null and not exists (select 1 from"
                + " service_access_token_audit_log e where e.token_id = t.id and e.event ="
                + " 'revoked')"),
        "revocations without an event");
    assertEquals(
        0,
        sql.count(
            "service_access_tokens t where t.revoked_at is null and exists (select 1 from"
                + " service_access_token_audit_log e where e.token_id = t.id and e.event ="
                + " 'revoked')"),
        "events of revocations that did not happen");
  }
}
