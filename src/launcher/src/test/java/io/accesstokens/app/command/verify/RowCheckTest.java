package io.accesstokens.app.command.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.LogEntry;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.transparency.LogSequencer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RowCheckTest {

  private static final String TABLE = LogFixture.SERVICE;

  private final LogFixture opened = new LogFixture();
  private final Sql sql = opened.sql;
  private final JdbcLogStore log = opened.log;
  private final LogSequencer sequencer = LogSequencer.of(log, opened.keys, opened.origin);
  private final List<String> notices = new ArrayList<>();

  @BeforeEach
  void appendTwoEvents() throws SQLException {
    insert(null);
    insert(null);
    sequencer.run();
  }

  @AfterEach
  void close() {
    sequencer.close();
    opened.close();
  }

  /** Inserts the row of an event, and returns the id of the event. */
  private String insert(@Nullable Long index) throws SQLException {
    String id = UUID.randomUUID().toString();
    sql.execute(
        "insert into %s (id, token_id, event, actor, metadata, occurred_at, log_index) values"
                .formatted(TABLE)
            + " ('%s', '%s', 'created', 'user:default/alice', '{}', '2026-03-01 12:00:00', %s)"
                .formatted(id, UUID.randomUUID(), index));
    return id;
  }

  /** Starts a comparison that knows the first two entries only. */
  private RowCheck started(List<String> problems) {
    RowCheck check = new RowCheck(log, problems::add, notices::add, proof -> false);
    for (String entry : log.entries(0, 2)) {
      check.add(LogEntry.parse(entry.getBytes(StandardCharsets.UTF_8)));
    }
    return check;
  }

  @Test
  void eventsThatAreAppendedDuringTheRunAreNoProblem() throws SQLException {
    List<String> problems = new ArrayList<>();
    RowCheck check = started(problems);
    for (int i = 0; i < 300; i++) {
      insert(null);
    }
    sequencer.run();
    assertEquals(302, log.state().size(), "size");
    check.end(2, count -> {});
    assertEquals(List.of(), problems);
  }

  @Test
  void changeOfAnAppendedRowIsReported() throws SQLException {
    List<String> problems = new ArrayList<>();
    RowCheck check = started(problems);
    String id = insert(null);
    sequencer.run();
    sql.execute("update " + TABLE + " set actor = 'user:default/eve' where id = '" + id + "'");
    check.end(2, count -> {});
    assertEquals(
        List.of("the row " + id + " of " + TABLE + " was changed: actor (entry 2)"), problems);
  }

  @Test
  void rowWithAnIndexOutsideTheLogIsReported() throws SQLException {
    for (long index : List.of(-1L, Long.MIN_VALUE, 2L, Long.MAX_VALUE)) {
      String id = insert(index);
      List<String> problems = new ArrayList<>();
      started(problems).end(2, count -> {});
      assertEquals(
          List.of("the row " + id + " of " + TABLE + " was inserted: its index is not in the log"),
          problems,
          () -> "index " + index);
      sql.execute("delete from " + TABLE + " where id = '" + id + "'");
    }
  }

  /** Otherwise, a command would run for hours if a large table was emptied. */
  @Test
  void manyDeletedRowsAreReadTogether() throws SQLException {
    for (int i = 0; i < 98; i++) {
      insert(null);
    }
    sequencer.run();
    sql.execute("delete from " + TABLE);
    List<String> problems = new ArrayList<>();
    RowCheck check = started(problems);
    sql.execute("set query_statistics true");
    check.end(2, count -> {});
    assertEquals(100, problems.size(), problems::toString);
    opened.assertExecutionsBelow(50);
  }

  @Test
  void rowWithTheIndexOfAnotherEventIsReported() throws SQLException {
    List<String> problems = new ArrayList<>();
    RowCheck check = started(problems);
    insert(null);
    sequencer.run();
    String id = insert(2L);
    check.end(2, count -> {});
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith("the row " + id + " of "), problems::toString);
  }
}
