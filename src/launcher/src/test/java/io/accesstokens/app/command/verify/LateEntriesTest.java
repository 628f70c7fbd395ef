package io.accesstokens.app.command.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.LogEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LateEntriesTest {

  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final int HOUR = 3_600;

  private final List<String> problems = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final LateEntries late = new LateEntries(0, problems::add, notices::add);
  private long next;

  private void add(String token, String event, int seconds) {
    add(token, event, seconds, "user:default/alice");
  }

  private void add(String token, String event, int seconds, String actor) {
    String time = START.plusSeconds(seconds).toString();
    String id = "event-" + next;
    late.add(new LogEntry(id, token, LogEntry.SERVICE, null, event, actor, Map.of(), time, next++));
  }

  @Test
  void lateEntryOfATokenWithoutAnImportIsAProblem() {
    add("a", "created", 0);
    add("a", "revoked", -HOUR);
    add("b", "created", 1);
    late.end();
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).contains("entry 1: revoked of the token a "), problems::toString);
    assertEquals(List.of(), notices);
  }

  @Test
  void importOfATokenWhoseImportIsArchivedIsANote() {
    next = 256;
    add("b", "created", 0);
    add("a", "updated", -HOUR);
    add("b", "updated", -HOUR);
    add("c", "created", 1);
    late.end();
    assertEquals(1, problems.size(), "the token b was created after the archive: " + problems);
    assertTrue(problems.get(0).contains("entry 258: updated of the token b "), problems::toString);
    assertEquals(1, notices.size(), notices::toString);
    assertTrue(
        notices
            .get(0)
            .endsWith("; its token can have been imported in an archived entry: give --archive"),
        notices::toString);
  }

  @Test
  void importThatTheCheckpointCutsIsANote() {
    add("a", "created", 0);
    add("b", "created", -HOUR);
    add("b", "updated", -HOUR);
    late.end();
    assertEquals(List.of(), problems);
    assertEquals(2, notices.size(), notices::toString);
    assertTrue(notices.get(0).endsWith("verify the log again"), notices::toString);
  }

  @Test
  void eachImportIsNamedWithItsFirstTokens() {
    add("a", "created", 0);
    for (int token = 30; token > 0; token--) {
      String id = "token-%02d".formatted(token);
      add(id, "created", -HOUR);
      add(id, "updated", -HOUR);
      add(id, "imported", 60 - token);
    }
    add("late", "revoked", -HOUR);
    add("late", "imported", 2 * HOUR);
    add("other", "created", -HOUR);
    add("other", "imported", 2 * HOUR, "user:default/eve");
    late.end();
    assertEquals(List.of(), problems);
    assertEquals(3, notices.size(), notices::toString);
    assertTrue(
        notices
            .get(0)
            .startsWith(
                "an import by user:default/alice from 2026-03-01T12:00:30Z to"
                    + " 2026-03-01T12:00:59Z has added 60 events with earlier times to 30 tokens:"
                    + " token-01, token-02, "),
        notices::toString);
    assertTrue(notices.get(0).contains(", token-20 and others; "), notices::toString);
    assertTrue(
        notices
            .get(1)
            .startsWith(
                "an import by user:default/alice at 2026-03-01T14:00:00Z has added 1 event with"
                    + " earlier times to 1 token: late; "),
        notices::toString);
    assertTrue(notices.get(2).startsWith("an import by user:default/eve at "), notices::toString);
  }
}
