package io.accesstokens.app.command.verify;

import static io.accesstokens.app.command.verify.LogFixture.PERSONAL;
import static io.accesstokens.app.command.verify.LogFixture.SERVICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.transparency.LogSequencer;
import io.accesstokens.transparency.PendingEvent;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Changes one thing in a database with a log of 300 events, and checks that the verification names
 * it. Each token has two events.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TamperTest {

  private static final List<String> TABLES =
      List.of(
          SERVICE,
          PERSONAL,
          "access_token_log",
          "access_token_log_entries",
          "access_token_log_tiles",
          "access_token_log_keys");

  private static final String LATEST = " (the entry 299 has 2026-03-01T12:04:59Z)";

  private final LogFixture opened = new LogFixture();
  private final Sql sql = opened.sql;
  private final HibernateTokenStore store = opened.store;
  private final JdbcLogStore log = opened.log;
  private final List<String> notices = new ArrayList<>();
  private String earlier;
  private long accepted;

  @BeforeAll
  void writeLog() throws SQLException {
    insertEvents(0, 280, "{\"source\":\"x\"}");
    run(UnaryOperator.identity());
    earlier = String.valueOf(log.state().checkpoint());
    insertEvents(280, 300, "{\"reason\":\"a name\",\"source\":\"x\"}");
    run(event -> event.withReasonSalt(opened.random));
    for (String table : TABLES) {
      sql.execute("create table copy_" + table + " as select * from " + table);
    }
    assertEquals(List.of(), problems());
  }

  @AfterAll
  void close() {
    opened.close();
  }

  @AfterEach
  void restore() throws SQLException {
    accepted = 0;
    for (String table : TABLES) {
      String columns = String.join(", ", columns(table));
      sql.execute("delete from " + table);
      sql.execute(
          "insert into %s (%s) select %s from copy_%s".formatted(table, columns, columns, table));
    }
  }

  private void run(UnaryOperator<PendingEvent> preparation) {
    LogSequencer.of(log, opened.keys, opened.origin, preparation).run();
  }

  /** Inserts events of both kinds. Two events with consecutive numbers belong to one token. */
  private void insertEvents(int first, int end, String metadata) throws SQLException {
    for (int i = first; i < end; i++) {
      insert(i % 4 < 2 ? SERVICE : PERSONAL, i, metadata);
    }
  }

  private void insert(String table, int number, String metadata) throws SQLException {
    sql.execute(
        ("insert into %s (id, token_id, event, actor, metadata, occurred_at) values"
                + " ('%s', '%s', 'revoked', 'user:default/alice', '%s',"
                + " timestamp '2026-03-01 12:00:00' + %d * interval '1' second)")
            .formatted(table, id(number), new UUID(1, number / 2), metadata, number));
  }

  private static String id(int number) {
    return new UUID(2, number).toString();
  }

  private List<String> columns(String table) throws SQLException {
    return sql.texts(
        "select column_name from information_schema.columns where table_name = '"
            + table
            + "' and is_generated = 'NEVER' order by ordinal_position");
  }

  private List<String> problems(String... checkpoints) {
    return problems(new DatabaseLog(store, () -> {}).keys(), checkpoints);
  }

  private List<String> problems(List<String> known, String... checkpoints) {
    DatabaseLog files = new DatabaseLog(store, () -> {});
    LogVerifier verifier =
        new LogVerifier(files, files.checkpoint(), known.stream().map(VerifierKey::parse).toList());
    for (String checkpoint : checkpoints) {
      verifier.verifyExtends(checkpoint.getBytes(StandardCharsets.UTF_8));
    }
    LogFiles.EntryCheck check = files.rowCheck(verifier);
    LateEntries late = new LateEntries(accepted, verifier::report, verifier::remark);
    verifier.verifyEntries(
        entry -> {
          check.add(entry);
          late.add(entry);
        },
        count -> {});
    check.end(verifier.checkpoint().size(), count -> {});
    late.end();
    notices.clear();
    notices.addAll(verifier.notices());
    return verifier.problems();
  }

  private static String row(String table, int number) {
    return "the row " + id(number) + " of " + table;
  }

  @Test
  void eachChangedColumnIsNamed() throws SQLException {
    Map<String, String> changes = new LinkedHashMap<>();
    changes.put("token_id", "'" + new UUID(9, 9) + "'");
    changes.put("event", "'created'");
    changes.put("actor", "'user:default/eve'");
    changes.put("metadata", "'{}'");
    changes.put("occurred_at", "timestamp '2026-03-01 11:00:00'");
    changes.put("seq", "1000000");
    changes.put("log_index", "299");
    changes.put("group_entity_ref", "'group:default/eve'");
    changes.put("id", "'" + new UUID(9, 9) + "'");
    for (String table : List.of(SERVICE, PERSONAL)) {
      List<String> columns = new ArrayList<>(columns(table));
      columns.removeIf(column -> !changes.containsKey(column));
      assertEquals(columns(table), columns, "a column has no change in this test");
      int number = table.equals(SERVICE) ? 8 : 10;
      for (String column : columns) {
        sql.execute(
            "update %s set %s = %s where id = '%s'"
                .formatted(table, column, changes.get(column), id(number)));
        List<String> problems = problems();
        String named =
            switch (column) {
              case "id" -> "event " + id(number);
              case "group_entity_ref" ->
                  row(table, number) + " was changed: the owner of the token";
              default -> row(table, number) + " was changed: " + column;
            };
        assertTrue(
            problems.stream().anyMatch(problem -> problem.contains(named)),
            () -> column + " of " + table + ": " + problems);
        restore();
      }
    }
  }

  @Test
  void deletedRowsAreNamed() throws SQLException {
    sql.execute("delete from " + SERVICE + " where id = '" + id(8) + "'");
    sql.execute("delete from " + PERSONAL + " where id = '" + id(10) + "'");
    List<String> problems = problems();
    assertEquals(2, problems.size(), problems::toString);
    assertTrue(problems.get(0).endsWith("event " + id(8)), problems::toString);
    assertTrue(problems.get(1).endsWith("event " + id(10)), problems::toString);
  }

  @Test
  void insertedRowsAreNamed() throws SQLException {
    insert(SERVICE, 1_000, "{}");
    sql.execute("update " + SERVICE + " set log_index = 7 where id = '" + id(1_000) + "'");
    assertEquals(
        List.of(row(SERVICE, 1_000) + " was inserted: another event has its index"), problems());
    sql.execute("update " + SERVICE + " set log_index = null where id = '" + id(1_000) + "'");
    assertEquals(List.of(), problems());
    assertTrue(
        notices.get(0).startsWith(row(SERVICE, 1_000) + " is not in the log yet"),
        notices::toString);
    sql.execute(
        "update "
            + SERVICE
            + " set occurred_at = timestamp '2026-03-01 12:01:00' where id = '"
            + id(1_000)
            + "'");
    List<String> problems = problems();
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(
        problems.get(0).startsWith(row(SERVICE, 1_000) + " was inserted: it has no index"),
        problems::toString);
  }

  @Test
  void insertedRowsThatTheServiceHasLoggedAreNamed() throws SQLException {
    insert(SERVICE, 1_000, "{}");
    insert(SERVICE, 1_002, "{}");
    for (int number : List.of(1_000, 1_002)) {
      sql.execute(
          "update %s set occurred_at = timestamp '2026-03-01 11:5%d:00' where id = '%s'"
              .formatted(SERVICE, number / 2 % 10 * 8, id(number)));
    }
    run(UnaryOperator.identity());
    List<String> problems = problems();
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(
        problems.get(0).startsWith("the time of an entry is more than 10 minutes before the time")
            && problems.get(0).contains("entry 300: revoked of the token ")
            && problems.get(0).endsWith("event " + id(1_000) + LATEST),
        problems::toString);
    accepted = 301;
    assertEquals(List.of(), problems());
    assertTrue(
        notices.get(0).endsWith(LATEST + "; the earlier checkpoint covers it"), notices::toString);
  }

  @Test
  void oldEventsOfAnImportAreNoProblem() throws SQLException {
    insert(SERVICE, 1_000, "{}");
    insert(SERVICE, 1_001, "{}");
    insert(SERVICE, 1_002, "{}");
    insert(SERVICE, 1_003, "{}");
    sql.execute("update " + SERVICE + " set token_id = 'x' where log_index is null");
    sql.execute(
        "update %s set occurred_at = timestamp '2025-01-01 00:00:00' where id in ('%s', '%s', '%s')"
            .formatted(SERVICE, id(1_000), id(1_001), id(1_003)));
    sql.execute("update " + SERVICE + " set event = 'imported' where id = '" + id(1_002) + "'");
    assertEquals(List.of(), problems(), "before the service has logged them");
    run(UnaryOperator.identity());
    assertEquals(List.of(), problems());
    assertEquals(2, notices.size(), notices::toString);
    assertTrue(
        notices.get(0).endsWith("; its token was imported, so a further import can have added it"),
        notices::toString);
    assertEquals(
        "an import by user:default/alice at 2026-03-01T12:16:42Z has added 2 events with earlier"
            + " times to 1 token: x; compare them with the source of the import, because the log"
            + " does not prove them",
        notices.get(1));
  }

  @Test
  void useOfAnEndedSecretThatWasWrittenAfterAnOutageIsNoProblem() throws SQLException {
    insert(SERVICE, 1_000, "{}");
    sql.execute(
        ("update %s set event = 'ended-secret-used',"
                + " occurred_at = timestamp '2026-03-01 11:00:00' where id = '%s'")
            .formatted(SERVICE, id(1_000)));
    assertEquals(List.of(), problems(), "before the service has logged it");
    run(UnaryOperator.identity());
    assertEquals(List.of(), problems());
    assertTrue(
        notices
            .get(0)
            .endsWith(
                LATEST + "; the service logs such a use late after an outage of the database"),
        notices::toString);
  }

  @Test
  void changedRowOfATokenIsNamed() throws SQLException {
    String token = new UUID(1, 2_000).toString();
    sql.execute(
        ("insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
                + " group_entity_ref, scopes, created_by, created_at, expires_at) values"
                + " ('%s', 'a', '', x'%s', 'p', 'group:default/a', '[]',"
                + " 'user:default/alice', timestamp '2026-03-01 12:06:00',"
                + " timestamp '2027-03-01 12:06:00')")
            .formatted(token, "0".repeat(64)));
    insert(SERVICE, 4_000, "{}");
    sql.execute(
        ("update %s set event = 'created', occurred_at = timestamp '2026-03-01 12:06:00',"
                + " group_entity_ref = 'group:default/a' where id = '%s'")
            .formatted(SERVICE, id(4_000)));
    run(UnaryOperator.identity());
    assertEquals(List.of(), problems());
    sql.execute("update service_access_tokens set revoked_at = created_at");
    assertEquals(
        List.of(
            "the row "
                + token
                + " of service_access_tokens was changed: it is revoked, but no event says so"),
        problems());
    sql.execute("update service_access_tokens set revoked_at = null");
    String move = "update " + SERVICE + " set token_id = '%s' where id = '" + id(4_000) + "'";
    sql.execute(move.formatted(new UUID(1, 2_001)));
    assertEquals(
        List.of(
            row(SERVICE, 4_000) + " was changed: token_id (entry 300)",
            "the row "
                + token
                + " of service_access_tokens was inserted: no event says that it was created"),
        problems(),
        "the row of the token was not deleted");
    sql.execute(move.formatted(token));
    sql.execute("update service_access_tokens set group_entity_ref = 'group:default/eve'");
    String changed = "the group or user in the row of a token was changed: entry 300: ";
    List<String> problems = problems();
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith(changed), problems::toString);
    sql.execute("delete from service_access_tokens");
    problems = problems();
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(
        problems.get(0).startsWith("the row of a token was deleted: entry 300: "),
        problems::toString);
  }

  @Test
  void hashInTheMetadataOfARowIsNamed() throws SQLException {
    insert(SERVICE, 1_000, "damaged");
    sql.execute(
        "update %s set occurred_at = timestamp '2026-03-01 12:06:00' where id = '%s'"
            .formatted(SERVICE, id(1_000)));
    run(UnaryOperator.identity());
    assertEquals(List.of(), problems());
    sql.execute(
        "update %s set metadata = '{\"metadataSha256\":\"%s\"}' where id = '%s'"
            .formatted(
                SERVICE,
                LogEntry.hashedMetadata("damaged").get(LogEntry.METADATA_HASH),
                id(1_000)));
    assertEquals(List.of(row(SERVICE, 1_000) + " was changed: metadata (entry 300)"), problems());
  }

  @Test
  void eventThatWasReplacedUnderItsIdIsNamed() throws SQLException {
    sql.execute(
        "update access_token_log_entries set event_id = '%s' where log_index = 8"
            .formatted(new UUID(9, 9)));
    sql.execute(
        "update %s set actor = 'user:default/eve', log_index = null where id = '%s'"
            .formatted(SERVICE, id(8)));
    run(UnaryOperator.identity());
    List<String> problems = problems();
    for (String named :
        List.of(
            "access_token_log_entries was changed: event_id of the entry 8",
            row(SERVICE, 8) + " was changed: log_index, actor (entry 8)",
            "the event of an entry is also the event of an earlier entry: entry 300: ")) {
      assertTrue(
          problems.stream().anyMatch(problem -> problem.startsWith(named)),
          () -> named + ": " + problems);
    }
  }

  @Test
  void swappedRowsAreNamed() throws SQLException {
    sql.execute(
        "update %s set log_index = case log_index when 8 then 12 else 8 end where log_index in (8, 12)"
            .formatted(SERVICE));
    assertEquals(
        List.of(
            row(SERVICE, 8) + " was changed: log_index (entry 8)",
            row(SERVICE, 12) + " was changed: log_index (entry 12)"),
        problems());
  }

  @Test
  void removalOfTheNewestHundredIsFound() throws SQLException {
    sql.execute("delete from " + SERVICE + " where log_index >= 200");
    sql.execute("delete from " + PERSONAL + " where log_index >= 200");
    List<String> problems = problems();
    assertEquals(100, problems.size(), problems::toString);
    assertTrue(problems.get(99).endsWith("event " + id(299)), problems::toString);
    sql.execute("delete from access_token_log_entries where log_index >= 200");
    problems = problems();
    assertEquals("the entry 200 is missing", problems.get(0));
    assertEquals("the entry 255 is missing", problems.get(55));
    assertTrue(
        problems
            .get(56)
            .startsWith(
                "access_token_log_entries has no rows for the entries from 256 to 299, so the"
                    + " entries from 256 to 299 are not verified"),
        problems::toString);
  }

  @Test
  void databaseOfABackupIsFoundByALaterCheckpoint() throws SQLException {
    String later = String.valueOf(log.state().checkpoint());
    rollBack(earlier, 280);
    sql.execute("delete from " + SERVICE + " where log_index >= 280");
    sql.execute("delete from " + PERSONAL + " where log_index >= 280");
    sql.execute("delete from access_token_log_entries where log_index >= 280");
    assertEquals(
        List.of("tile/0/001.p/24 has 44 hashes: hashes were added, or the log was cut"),
        problems(earlier));
    sql.execute(
        "update access_token_log_tiles set hashes = substring(hashes from 1 for %d)"
                .formatted(24 * 32)
            + " where tile_level = 0 and tile_index = 1");
    assertEquals(List.of(), problems(earlier), "self-consistency");
    assertEquals(
        List.of("the log was shortened: it has 280 entries, and the earlier checkpoint has 300"),
        problems(earlier, later));
    assertTrue(notices.contains("the log extends the earlier checkpoint of size 280"), "notice");
    assertTrue(
        notices.get(1).startsWith("a database that was restored from a backup also"),
        notices::toString);
  }

  private void rollBack(String note, int size) throws SQLException {
    sql.execute("update access_token_log set tree_size = %d, note = '%s'".formatted(size, note));
  }

  @Test
  void checkpointThatWasRolledBackIsFound() throws SQLException {
    rollBack(earlier, 280);
    List<String> problems = problems();
    assertTrue(
        problems.contains(
            "access_token_log_entries has 20 entries that the latest checkpoint of size 280 does"
                + " not cover: the checkpoint was rolled back, or entries were inserted"),
        problems::toString);
    assertEquals(22, problems.size(), problems::toString);
    restore();
    rollBack(String.valueOf(log.state().checkpoint()), 290);
    assertEquals(
        "access_token_log was changed: tree_size is 290, but the latest checkpoint has 300 entries",
        problems().get(0));
  }

  @Test
  void changesOfTheLogAreNamed() throws SQLException {
    Map<String, String> changes = new LinkedHashMap<>();
    changes.put(
        "update access_token_log_entries set entry = replace(entry, 'alice', 'eve')"
            + " where log_index = 7",
        "the entry 7 was changed");
    changes.put(
        "update access_token_log_entries set event_id = '" + id(999) + "' where log_index = 7",
        "access_token_log_entries was changed: event_id of the entry 7");
    changes.put(
        "delete from access_token_log_entries where log_index = 7",
        "the entry 7 was deleted from access_token_log_entries");
    changes.put(
        "update access_token_log_tiles set hashes = x'00' || substring(hashes from 2)"
            + " where tile_level = 0 and tile_index = 0",
        "tile/0/000 does not have the hashes of the entries");
    changes.put(
        "delete from access_token_log_tiles where tile_level = 0 and tile_index = 1",
        "the tile tile/0/001.p/44 is missing");
    for (Map.Entry<String, String> change : changes.entrySet()) {
      sql.execute(change.getKey());
      List<String> problems = problems();
      assertTrue(problems.contains(change.getValue()), () -> change.getKey() + ": " + problems);
      restore();
    }
  }

  @Test
  void changedNameAndKeyOfTheLogAreNamed() throws SQLException {
    DatabaseLog files = new DatabaseLog(store, () -> {});
    List<String> kept = files.keys();
    sql.execute("update access_token_log set origin = 'example.com/other'");
    assertEquals(
        List.of(
            "access_token_log was changed: origin is example.com/other, but the latest checkpoint"
                + " belongs to the log example.com/log"),
        problems(kept));
    restore();
    sql.execute("update access_token_log_keys set public_key = 'x'");
    LogFormatException refused = assertThrows(LogFormatException.class, files::keys);
    assertTrue(
        String.valueOf(refused.getMessage())
            .startsWith("access_token_log_keys was changed: the key "),
        refused::toString);
  }

  @Test
  void deletedEntriesDoNotHideOtherChanges() throws SQLException {
    sql.execute("delete from access_token_log_entries where log_index in (7, 9)");
    sql.execute("delete from " + SERVICE + " where id = '" + id(9) + "'");
    sql.execute(
        "update %s set actor = 'user:default/eve' where id = '%s'".formatted(SERVICE, id(8)));
    assertEquals(
        List.of(
            "the entry 9 is missing",
            "the entry 7 was deleted from access_token_log_entries",
            row(SERVICE, 8) + " was changed: actor (entry 8)"),
        problems());
  }

  @Test
  void onlyErasureOfAHashedReasonIsNoProblem() throws SQLException {
    String update = "update " + SERVICE + " set metadata = %s where id = '" + id(281) + "'";
    sql.execute(update.formatted("'{\"source\":\"x\"}'"));
    assertEquals(List.of(), problems());
    assertEquals(List.of(row(SERVICE, 281) + ": the reason was erased (entry 281)"), notices);
    restore();
    for (String change :
        List.of(
            "'{}'",
            "replace(metadata, 'a name', 'another name')",
            "replace(metadata, 'reasonSalt', 'salt')",
            "'{\"source\":\"x\",\"reason\":\"a name\"}'",
            "'{\"source\":\"y\"}'")) {
      sql.execute(update.formatted(change));
      assertEquals(
          List.of(row(SERVICE, 281) + " was changed: metadata (entry 281)"), problems(), change);
      restore();
    }
  }
}
