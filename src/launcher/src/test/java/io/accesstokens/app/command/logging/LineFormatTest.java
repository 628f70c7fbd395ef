package io.accesstokens.app.command.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.logging.LogFormat;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LineFormatTest {

  private static final String FORGED = "\n2026-01-01T00:00:00.000Z INFO audit: forged";

  private @Nullable String id = "4bf92f3577b34da6a3ce929d0e0e4736";

  private static LogRecord entry(String logger, Level level, String message) {
    LogRecord entry = new LogRecord(level, message);
    entry.setLoggerName(logger);
    entry.setInstant(Instant.parse("2026-11-26T19:50:25.9Z"));
    return entry;
  }

  private String text(LogRecord entry) {
    return new LineFormat(LogFormat.TEXT, () -> id).format(entry);
  }

  private JsonObject json(LogRecord entry) {
    String line = new LineFormat(LogFormat.JSON, () -> id).format(entry);
    assertEquals(1, line.lines().count(), line);
    assertTrue(line.endsWith(System.lineSeparator()), line);
    assertTrue(line.length() < 100_000, line.length() + " characters");
    try (JsonReader reader = Json.createReader(new StringReader(line))) {
      return reader.readObject();
    }
  }

  private static IllegalStateException hostile() {
    return new IllegalStateException(
        "a" + FORGED + "\u001b[31m \u202e \u2028 " + "x".repeat(100_000));
  }

  @Test
  void textIsOneLine() {
    assertEquals(
        "2026-11-26T19:50:25.900Z WARNING a.B: said \"x\" traceId=4bf92f3577b34da6a3ce929d0e0e4736"
            + System.lineSeparator(),
        text(entry("a.B", Level.WARNING, "said \"x\"")));
    id = null;
    assertEquals(
        "2026-11-26T19:50:25.900Z ERROR a.B: x" + System.lineSeparator(),
        text(entry("a.B", Level.SEVERE, "x")));
  }

  @Test
  void textCannotForgeLines() {
    LogRecord entry = entry("a.B", Level.WARNING, "m" + FORGED + "\r\u0000\u001b[2J\u0085\u202e");
    entry.setThrown(hostile());
    List<String> lines = text(entry).lines().toList();
    assertTrue(
        lines.get(0).contains("m 2026-01-01T00:00:00.000Z INFO audit: forged "), lines.get(0));
    assertTrue(lines.get(0).contains("\\u0000\\u001b[2J\\u0085\\u202e"), lines.get(0));
    for (String line : lines.subList(1, lines.size())) {
      assertTrue(line.startsWith("\t"), line);
      assertFalse(line.chars().anyMatch(c -> c == 0x1b || c == 0x202e || c == 0x2028), line);
    }
    assertTrue(text(entry).length() < 3 * LineFormat.MAX_TRACE, "unbounded");
  }

  @Test
  void jsonHasTheDocumentedMembers() {
    LogRecord entry = entry("a.B", Level.SEVERE, "failed");
    entry.setThrown(new IllegalStateException("why"));
    JsonObject line = json(entry);
    assertEquals(
        Set.of("time", "level", "logger", "message", "thread", "traceId", "error"), line.keySet());
    assertEquals("2026-11-26T19:50:25.900Z", line.getString("time"));
    assertEquals("ERROR", line.getString("level"));
    assertEquals("a.B", line.getString("logger"));
    assertEquals("failed", line.getString("message"));
    assertEquals(Thread.currentThread().getName(), line.getString("thread"));
    assertEquals(id, line.getString("traceId"));
    JsonObject error = line.getJsonObject("error");
    assertEquals("java.lang.IllegalStateException", error.getString("type"));
    assertEquals("why", error.getString("message"));
    assertTrue(error.getString("stackTrace").contains("\n\tat "), error::toString);
  }

  @Test
  void jsonEscapesAndBoundsHostileText() {
    LogRecord entry = entry("a\n\"B", Level.INFO, "\"}\\" + FORGED + "\u2028" + "x".repeat(20_000));
    entry.setThrown(hostile());
    JsonObject line = json(entry);
    assertEquals("a\n\"B", line.getString("logger"));
    assertTrue(line.getString("message").startsWith("\"}\\" + FORGED), "the text is kept");
    assertEquals(LineFormat.MAX_MESSAGE + 1, line.getString("message").length());
    JsonObject error = line.getJsonObject("error");
    assertEquals(LineFormat.MAX_TRACE + 1, error.getString("stackTrace").length());
    assertEquals(LineFormat.MAX_MESSAGE + 1, error.getString("message").length());
  }

  @Test
  void eventsAreObjectsOfTheSameSchema() {
    String event = "{\"event\":\"created\",\"actor\":\"user:default/alice\"}";
    assertEquals(event + System.lineSeparator(), text(entry("audit", Level.INFO, event)));
    JsonObject audit = json(entry("audit", Level.INFO, event));
    assertEquals("created", audit.getJsonObject("audit").getString("event"));
    assertEquals("audit event", audit.getString("message"));
    JsonObject access = json(entry("access", Level.INFO, "{\"status\":200}"));
    assertEquals(200, access.getJsonObject("access").getInt("status"));
  }

  @Test
  void hiddenCharactersOfEventsAreEscaped() {
    String reason = "a\u2028b\u202ec\u0085";
    String event = "{\"reason\":\"" + reason + "\"}";
    String escaped = "{\"reason\":\"a\\u2028b\\u202ec\\u0085\"}";
    LogRecord audit = entry("audit", Level.INFO, event);
    assertEquals(escaped + System.lineSeparator(), text(audit));
    for (String logger : List.of("audit", "access")) {
      LogRecord entry = entry(logger, Level.INFO, event);
      String line = new LineFormat(LogFormat.JSON, () -> id).format(entry);
      assertTrue(line.contains(escaped), line);
      assertEquals(reason, json(entry).getJsonObject(logger).getString("reason"));
    }
  }

  @Test
  void levelsHaveStandardNames() {
    List<Level> levels =
        List.of(Level.SEVERE, Level.WARNING, Level.INFO, Level.CONFIG, Level.FINE, Level.FINER);
    assertEquals(
        List.of("ERROR", "WARNING", "INFO", "DEBUG", "DEBUG", "TRACE"),
        levels.stream().map(level -> json(entry("a", level, "x")).getString("level")).toList());
  }
}
