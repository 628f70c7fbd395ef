package io.accesstokens.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogEntryTest {

  private static final String JSON =
      "{\"actor\":\"user:default/alice\",\"event\":\"revoked\",\"id\":\"i\",\"kind\":\"service\","
          + "\"logIndex\":7,\"metadata\":{\"reason\":\"a\\\"b\\n\u20ac\"},"
          + "\"occurredAt\":\"2026-11-27T10:00:00.000Z\",\"owner\":\"group:default/platform\","
          + "\"tokenId\":\"t\"}";

  private static LogEntry entry(Map<String, String> metadata) {
    return new LogEntry(
        "i",
        "t",
        LogEntry.SERVICE,
        "group:default/platform",
        "revoked",
        "user:default/alice",
        metadata,
        "2026-11-27T10:00:00.000Z",
        7);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void entryIsCanonicalJson() {
    LogEntry entry = entry(Map.of("reason", "a\"b\n\u20ac"));
    assertEquals(JSON, new String(entry.bytes(), StandardCharsets.UTF_8));
    assertEquals(entry, LogEntry.parse(utf8(JSON)));
  }

  /** The order of the members in RFC 8785, section 3.2.3: by UTF-16 code units. */
  @Test
  void membersAreSortedAsTheSpecificationSays() {
    String json =
        new String(
            entry(
                    Map.of(
                        "\u20ac", "Euro Sign",
                        "\r", "Carriage Return",
                        "\ufb33", "Hebrew Letter Dalet With Dagesh",
                        "1", "One",
                        "\ud83d\ude00", "Emoji: Grinning Face",
                        "\u0080", "Control",
                        "\u00f6", "Latin Small Letter O With Diaeresis"))
                .bytes(),
            StandardCharsets.UTF_8);
    assertTrue(
        json.contains(
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
                + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
                + "\"\ud83d\ude00\":\"Emoji: Grinning Face\","
                + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}"),
        json);
  }

  @Test
  void missingOwnerIsNull() {
    LogEntry entry =
        new LogEntry("i", "t", LogEntry.PERSONAL, null, "minted", "a", Map.of(), "2026", 0);
    String json = new String(entry.bytes(), StandardCharsets.UTF_8);
    assertTrue(json.contains("\"owner\":null"), json);
    assertEquals(entry, LogEntry.parse(entry.bytes()));
  }

  @Test
  void metadataThatIsTooLongIsReplacedByItsHash() {
    LogEntry parsed = LogEntry.parse(entry(Map.of("reason", "x".repeat(70_000))).bytes());
    assertEquals(1, parsed.metadata().size());
    assertEquals(44, parsed.metadata().getOrDefault(LogEntry.METADATA_HASH, "").length());
    assertArrayEquals(
        entry(Map.of("reason", "x".repeat(70_000))).bytes(), parsed.bytes(), "a second time");
  }

  @Test
  void unpairedSurrogateIsReplaced() {
    byte[] bytes = entry(Map.of("a", "b\ud800c")).bytes();
    assertEquals(Map.of("a", "b?c"), LogEntry.parse(bytes).metadata());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "null",
        "{\"actor\":",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "{\"actor\":1,\"event\":\"e\",\"id\":\"i\",\"kind\":\"k\",\"logIndex\":7,\"metadata\":{},"
            + "\"occurredAt\":\"o\",\"owner\":null,\"tokenId\":\"t\"}",
        "{\"actor\":\"a\",\"event\":\"e\",\"id\":\"i\",\"kind\":\"k\",\"logIndex\":7.5,"
            + "\"metadata\":{},\"occurredAt\":\"o\",\"owner\":null,\"tokenId\":\"t\"}",
        "{\"actor\":\"a\",\"event\":\"e\",\"id\":\"i\",\"kind\":\"k\",\"logIndex\":1e9999999,"
            + "\"metadata\":{},\"occurredAt\":\"o\",\"owner\":null,\"tokenId\":\"t\"}",
        "{\"actor\":\"a\",\"event\":\"e\",\"id\":\"i\",\"kind\":\"k\",\"logIndex\":7,"
            + "\"metadata\":{\"a\":1},\"occurredAt\":\"o\",\"owner\":null,\"tokenId\":\"t\"}",
        "{\"event\":\"e\",\"actor\":\"a\",\"id\":\"i\",\"kind\":\"k\",\"logIndex\":7,"
            + "\"metadata\":{},\"occurredAt\":\"o\",\"owner\":null,\"tokenId\":\"t\"}",
        "{\"actor\":\"a\",\"event\":\"e\",\"id\":\"i\",\"kind\":\"k\",\"logIndex\":7,"
            + "\"metadata\":{},\"occurredAt\":\"o\",\"owner\":null,\"tokenId\":\"\\ud800\"}"
      })
  void otherBytesAreRejected(String json) {
    assertThrows(LogFormatException.class, () -> LogEntry.parse(utf8(json)), json);
  }

  @Test
  void longEntriesAreRejected() {
    assertThrows(LogFormatException.class, () -> LogEntry.parse(new byte[65_536]));
    assertThrows(
        LogFormatException.class, () -> LogEntry.parse(utf8("[".repeat(65_000))), "deep nesting");
    assertThrows(
        LogFormatException.class,
        () -> LogEntry.parse(utf8("{\"metadata\":" + "[".repeat(65_000))),
        "deep nesting of a member");
  }
}
