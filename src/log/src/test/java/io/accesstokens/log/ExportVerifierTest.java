package io.accesstokens.log;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportVerifierTest {

  private static final String HEADER =
      "id,occurredAt,event,actor,tokenId,tokenName,tokenPrefix,groupEntityRef,reason,source,change,"
          + "fields,gracePeriodSeconds,previousTokenPrefix,previousSecretExpiresAt,retry,by,"
          + "usedTokenPrefix,address,replacedTokenPrefix,endGraceOnFirstUse,logIndex,reasonSalt\r\n";

  private static final String TOKEN = "5f0c7b54-0a53-4b2c-8f0c-3f1f3d0c9a11";
  private static final String SALT = Base64.getEncoder().encodeToString(new byte[32]);

  @TempDir Path folder;

  private final List<LogEntry> log = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();

  @BeforeEach
  void writeLog() {
    for (int i = 0; i < 300; i++) {
      log.add(entry(i, Map.of("reason", "r" + i)));
    }
  }

  private static LogEntry entry(long index, Map<String, String> metadata) {
    return new LogEntry(
        new UUID(7, index).toString(),
        TOKEN,
        LogEntry.SERVICE,
        "group:default/platform",
        "revoked",
        "user:default/alice",
        LogEntry.loggedMetadata(metadata),
        "2026-11-27T10:%02d:%02d.000Z".formatted(index / 60, index % 60),
        index);
  }

  private static String json(LogEntry entry, String metadata) {
    return ("{\"id\":\"%s\",\"tokenId\":\"%s\",\"tokenName\":\"ci\",\"tokenPrefix\":null,"
            + "\"groupEntityRef\":\"%s\",\"groupDisplayName\":null,\"event\":\"%s\","
            + "\"actor\":\"%s\",\"metadata\":%s,\"occurredAt\":\"%s\",\"logIndex\":%d}\n")
        .formatted(
            entry.id(),
            entry.tokenId(),
            entry.owner(),
            entry.event(),
            entry.actor(),
            metadata,
            entry.occurredAt(),
            entry.logIndex());
  }

  private static String json(LogEntry entry) {
    return json(entry, "{\"reason\":\"" + entry.metadata().get("reason") + "\"}");
  }

  private static String csv(LogEntry entry, String reason, String salt) {
    return String.join(
            ",",
            entry.id(),
            entry.occurredAt(),
            entry.event(),
            entry.actor(),
            entry.tokenId(),
            "ci",
            "",
            entry.owner(),
            reason,
            ",".repeat(11),
            Long.toString(entry.logIndex()),
            salt)
        + "\r\n";
  }

  private static String csv(LogEntry entry) {
    return csv(entry, entry.metadata().getOrDefault("reason", ""), "");
  }

  /** Returns the lines, the newest event first. */
  private List<String> lines(boolean csv) {
    List<String> lines = new ArrayList<>();
    log.forEach(entry -> lines.add(0, csv ? csv(entry) : json(entry)));
    return lines;
  }

  private List<String> problems(String export, Predicate<LogEntry> claim) throws IOException {
    Path file = Files.writeString(folder.resolve("export"), export);
    List<String> problems = new ArrayList<>();
    notices.clear();
    try (ExportVerifier verifier = new ExportVerifier(file, claim, problems::add)) {
      log.forEach(verifier::add);
      verifier.end();
      notices.addAll(verifier.notices());
    }
    return problems;
  }

  private List<String> problems(String export) throws IOException {
    return problems(export, entry -> true);
  }

  private String summary(int index) {
    return log.get(index).summary();
  }

  @Test
  void exportWithAllEventsIsProved() throws IOException {
    assertEquals(List.of(), problems(String.join("", lines(false))));
    assertEquals(List.of(), problems(HEADER + String.join("", lines(true))));
    assertEquals(1, notices.size(), notices::toString);
  }

  @Test
  void exportAsOcsfIsRefused() {
    LogFormatException refused =
        assertThrows(LogFormatException.class, () -> problems("{\"class_uid\":3004}\n"));
    assertEquals("exports as OCSF cannot be verified: export CSV or NDJSON", refused.getMessage());
  }

  @Test
  void emptyExportIsProvedIfNothingIsClaimed() throws IOException {
    assertEquals(List.of(), problems("", entry -> false));
    assertEquals(List.of(), problems(HEADER, entry -> false));
    assertEquals(300, problems("").size(), "missing events");
  }

  @Test
  void removedLineIsNamed() throws IOException {
    for (boolean csv : List.of(false, true)) {
      for (int index : List.of(0, 100, 299)) {
        List<String> lines = lines(csv);
        lines.remove(299 - index);
        String export = (csv ? HEADER : "") + String.join("", lines);
        assertEquals(
            List.of("export: an event is missing: " + summary(index)), problems(export), export);
        assertEquals(index == 299 ? 2 : 1, notices.size(), notices::toString);
      }
    }
  }

  @Test
  void eventOutsideTheClaimIsNamed() throws IOException {
    Predicate<LogEntry> claim = entry -> entry.logIndex() < 10;
    List<String> lines = lines(false);
    assertEquals(List.of(), problems(String.join("", lines.subList(290, 300)), claim));
    assertEquals(
        List.of(
            "export: the export contains an event that does not match the query: " + summary(10)),
        problems(String.join("", lines.subList(289, 300)), claim));
  }

  @Test
  void repeatedAndInsertedLinesAreNamed() throws IOException {
    for (boolean csv : List.of(false, true)) {
      List<String> lines = lines(csv);
      lines.add(lines.get(5));
      LogEntry other = entry(1_000, Map.of());
      lines.add(csv ? csv(other) : json(other));
      assertEquals(
          List.of(
              "export: 2 lines have the same event: " + summary(294),
              "export: the line "
                  + (csv ? 303 : 302)
                  + " is not an event in the log: event "
                  + other.id()),
          problems((csv ? HEADER : "") + String.join("", lines)));
    }
  }

  @Test
  void changedMembersAreNamed() throws IOException {
    Map<String, String> changes =
        Map.of(
            "\"tokenId\":\"5", "tokenId",
            "\"groupEntityRef\":\"", "groupEntityRef",
            "\"event\":\"", "event",
            "\"actor\":\"", "actor",
            "\"occurredAt\":\"202", "occurredAt",
            "\"logIndex\":", "logIndex",
            "\"reason\":\"", "metadata.reason",
            "\"metadata\":{", "metadata.x");
    for (Map.Entry<String, String> change : changes.entrySet()) {
      List<String> lines = lines(false);
      String added = change.getValue().equals("metadata.x") ? "\"x\":\"y\"," : "1";
      lines.set(3, lines.get(3).replace(change.getKey(), change.getKey() + added));
      assertEquals(
          List.of("export: the line 4 differs in " + change.getValue() + ": " + summary(296)),
          problems(String.join("", lines)).stream()
              .filter(problem -> !problem.contains(" is not an event: "))
              .toList(),
          change::toString);
    }
    List<String> lines = lines(false);
    lines.set(3, lines.get(3).replace("{\"id\"", "{\"approvedBy\":\"bob\",\"id\""));
    assertEquals(
        List.of("export: the line 4 differs in approvedBy: " + summary(296)),
        problems(String.join("", lines)));
  }

  @Test
  void changedCellsAreNamed() throws IOException {
    for (String column :
        List.of(
            "occurredAt",
            "event",
            "actor",
            "tokenId",
            "groupEntityRef",
            "reason",
            "source",
            "address",
            "logIndex",
            "reasonSalt")) {
      int position = List.of(HEADER.strip().split(",", -1)).indexOf(column);
      List<String> lines = lines(true);
      String[] cells = lines.get(3).replace("\r\n", "").split(",", -1);
      cells[position] = column.equals("occurredAt") ? "2026-11-27T10:00:00.001Z" : "1";
      lines.set(3, String.join(",", cells) + "\r\n");
      assertEquals(
          List.of("export: the line 5 differs in " + column + ": " + summary(296)),
          problems(HEADER + String.join("", lines)));
    }
    assertEquals(
        List.of("export: the column actor is missing"),
        problems(HEADER.replace("actor,", ""), entry -> false));
  }

  @Test
  void malformedLinesAreNamed() throws IOException {
    for (String line :
        List.of(
            "x\n",
            "{\n",
            "[]\n",
            "{\"id\":\"x\",\"metadata\":{}}\n",
            "{\"id\":1,\"metadata\":{}}\n",
            "{\"metadata\":{\"a\":{}}}\n",
            "{\"metadata\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}\n",
            json(log.get(0)).replace("\"actor\"", "\"actor\":\"user:default/eve\",\"actor\""),
            json(log.get(0)).strip() + json(log.get(1)),
            json(log.get(0)).strip() + " x\n")) {
      List<String> lines = lines(false);
      lines.add(1, line);
      List<String> problems = problems(String.join("", lines));
      assertEquals(1, problems.size(), problems::toString);
      assertEquals(true, problems.get(0).startsWith("export: the line 2 is not an event: "), line);
    }
    Map.of(
            "x\r\n",
            "it must have " + HEADER.split(",").length + " cells",
            csv(log.get(0), "\"a\"b", ""),
            "a text follows the closing quote of a cell",
            csv(log.get(0), "a\"b", ""),
            "a quote is not at the start of a cell",
            csv(log.get(0), "", "\"a"),
            "a cell has no closing quote")
        .forEach(
            (line, problem) ->
                assertEquals(
                    List.of("export: the line 2 is not an event: " + problem),
                    assertDoesNotThrow(() -> problems(HEADER + line, entry -> false)),
                    line));
    assertThrows(LogFormatException.class, () -> problems("a,b\r\n"));
    assertThrows(LogFormatException.class, () -> problems("x".repeat(1_000_001)));
    assertThrows(
        UncheckedIOException.class,
        () -> new ExportVerifier(folder.resolve("none"), entry -> true, problem -> {}).close());
  }

  @Test
  void cellsWithQuotesLineBreaksAndFormulasAreDecoded() throws IOException {
    log.clear();
    log.add(entry(0, Map.of("reason", "=a,\"b\"\r\n\u20ac")));
    log.add(entry(1, Map.of("tokenPrefix", "bsat_abcdefg")));
    String first = csv(log.get(0), "\"'=a,\"\"b\"\"\r\n\u20ac\"", "");
    String second =
        csv(log.get(1))
            .replace(",".repeat(14) + "1,", ",".repeat(10) + "bsat_abcdefg" + ",".repeat(4) + "1,");
    assertEquals(List.of(), problems(HEADER + first + second));
  }

  /** Earlier versions did not have the columns of exchanges. */
  @Test
  void columnsOfExchangesAreVerified() throws IOException {
    log.clear();
    log.add(entry(0, Map.of("jti", "j", "scope", "a b")));
    String header = HEADER.replace("reasonSalt", "reasonSalt,jti,scope");
    String line = csv(log.get(0)).replace("\r\n", ",j,a b\r\n");
    assertEquals(List.of(), problems(header + line));
    assertEquals(List.of(), problems(HEADER + csv(log.get(0))));
    assertEquals(
        List.of("export: the line 2 differs in scope: " + summary(0)),
        problems(header + line.replace("a b", "a")));
  }

  /** Earlier versions did not escape formulas in full width. */
  @Test
  void formulasInFullWidthCanBeEscaped() throws IOException {
    log.clear();
    log.add(entry(0, Map.of("reason", "\uFF1Da")));
    assertEquals(List.of(), problems(HEADER + csv(log.get(0), "\"'\uFF1Da\"", "")));
    assertEquals(List.of(), problems(HEADER + csv(log.get(0), "\uFF1Da", "")));
  }

  /** Earlier versions escaped a formula only at the start of a cell. */
  @Test
  void formulasAfterSeparatorsCanBeEscaped() throws IOException {
    String reason = "-a;=b;'=c\r\n@d";
    Map<String, String> metadata = new HashMap<>(Map.of("reason", reason));
    for (String salt : List.of("", SALT)) {
      if (!salt.isEmpty()) {
        metadata.put(LogEntry.REASON_SALT, salt);
      }
      log.clear();
      log.add(entry(0, metadata));
      String cell = "\"'-a;'=b;''=c\r\n'@d\"";
      assertEquals(List.of(), problems(HEADER + csv(log.get(0), cell, salt)));
      assertEquals(List.of(), problems(HEADER + csv(log.get(0), "\"'" + reason + '"', salt)));
      String changed = cell.replace("'=b", "b");
      assertEquals(1, problems(HEADER + csv(log.get(0), changed, salt)).size());
    }
  }

  @Test
  void hashedReasonsAreVerified() throws IOException {
    log.clear();
    Map<String, String> metadata = new HashMap<>(Map.of("reason", "=a secret"));
    metadata.put(LogEntry.REASON_SALT, SALT);
    log.add(entry(0, metadata));
    assertEquals(1, log.get(0).metadata().size(), "metadata");
    String salted = "{\"reason\":\"=a secret\",\"reasonSalt\":\"" + SALT + "\"}";
    String difference = "export: the line 1 differs in metadata.reason: " + summary(0);
    assertEquals(List.of(), problems(json(log.get(0), salted)));
    assertEquals(
        List.of(difference), problems(json(log.get(0), salted.replace("secret", "Secret"))));
    assertEquals(
        List.of(
            "export: the line 1 differs in metadata.reason, metadata.reasonSalt: " + summary(0)),
        problems(json(log.get(0), salted.replace(SALT, "AAAA"))));
    assertEquals(List.of(), problems(json(log.get(0), "{}")));
    assertEquals(2, notices.size(), notices::toString);
    assertEquals(List.of(), problems(HEADER + csv(log.get(0), "\"'=a secret\"", SALT)));
    assertEquals(List.of(), problems(HEADER + csv(log.get(0))));
    assertEquals(2, notices.size(), notices::toString);
    assertEquals(
        List.of("export: the line 2 differs in reason, reasonSalt: " + summary(0)),
        problems(HEADER + csv(log.get(0), "a secret", SALT)));
  }

  @Test
  void reasonThatWasExportedBeforeItsSaltExistedIsANotice() throws IOException {
    log.clear();
    log.add(entry(0, Map.of("reason", "left", LogEntry.REASON_SALT, SALT)));
    String line = json(log.get(0), "{\"reason\":\"left\"}");
    String early = line.replace("\"logIndex\":0", "\"logIndex\":null");
    String cells = csv(log.get(0), "left", "");
    for (String export : List.of(early, HEADER + cells.replace(",0,\r\n", ",,\r\n"))) {
      assertEquals(List.of(), problems(export));
      assertEquals(
          "export: the reasons of 1 events are not verified, because the events were exported"
              + " before they were logged",
          notices.get(1));
    }
    assertEquals(
        List.of("export: the line 1 differs in metadata.reason: " + summary(0)), problems(line));
    assertEquals(
        List.of("export: the line 2 differs in reason: " + summary(0)), problems(HEADER + cells));
  }

  @Test
  void hashOfMetadataIsNoMetadata() throws IOException {
    log.clear();
    Map<String, String> hash = LogEntry.hashedMetadata("{\"fields\":\"a\"}");
    log.add(entry(0, hash));
    String copied = "{\"metadataSha256\":\"" + hash.get(LogEntry.METADATA_HASH) + "\"}";
    assertEquals(
        List.of("export: the line 1 differs in metadata: " + summary(0)),
        problems(json(log.get(0), copied)));
    assertEquals(List.of(), problems(json(log.get(0), "{\"fields\":\"a\"}")));
    assertEquals(1, notices.size(), notices::toString);
    assertEquals(List.of(), problems(HEADER + csv(log.get(0), "left", "")));
    assertEquals(true, notices.get(1).contains(" metadata of 1 events "), notices::toString);
  }

  @Test
  void removedIndexOfAnOlderEventIsNamed() throws IOException {
    log.set(200, entry(200, Map.of("reason", "left", LogEntry.REASON_SALT, SALT)));
    for (boolean csv : List.of(false, true)) {
      List<String> lines = lines(csv);
      String changed =
          csv
              ? csv(log.get(200), "another", "").replace(",200,\r\n", ",,\r\n")
              : json(log.get(200), "{\"reason\":\"another\"}").replace(":200}", ":null}");
      lines.set(99, changed);
      assertEquals(
          List.of(
              "export: the line " + (csv ? 101 : 100) + " differs in logIndex: " + summary(200)),
          problems((csv ? HEADER : "") + String.join("", lines)));
    }
  }

  @Test
  void eventThatWasExportedBeforeItWasLoggedIsProved() throws IOException {
    log.subList(1, 300).clear();
    assertEquals(
        List.of(), problems(json(log.get(0)).replace("\"logIndex\":0", "\"logIndex\":null")));
    assertEquals(List.of(), problems(HEADER + csv(log.get(0)).replace(",0,\r\n", ",,\r\n")));
  }

  @Test
  void exportOfPersonalTokensIsProved() throws IOException {
    LogEntry first = log.get(0);
    log.set(
        0,
        new LogEntry(
            first.id(),
            first.tokenId(),
            LogEntry.PERSONAL,
            "user:default/dave",
            "minted",
            "user:default/dave",
            Map.of("reason", "none"),
            first.occurredAt(),
            0));
    Predicate<LogEntry> personal = entry -> entry.kind().equals(LogEntry.PERSONAL);
    String line = json(log.get(0)).replace("groupEntityRef", "userEntityRef");
    String header = HEADER.replace("groupEntityRef", "userEntityRef");
    String cells = csv(log.get(0));
    assertEquals(List.of(), problems(line, personal));
    assertEquals(List.of(), problems(header + cells, personal));
    assertEquals(List.of("export: an event is missing: " + summary(0)), problems("", personal));
    assertEquals(
        List.of("export: the line 1 differs in userEntityRef: " + summary(0)),
        problems(
            line.replace("userEntityRef\":\"user:default/dave", "userEntityRef\":\"x"), personal));
    assertEquals(
        List.of("export: the line 1 differs in userEntityRef, groupEntityRef: " + summary(0)),
        problems(json(log.get(0)), personal));
    assertEquals(
        List.of("export: the line 2 differs in groupEntityRef, userEntityRef: " + summary(0)),
        problems(HEADER + cells, personal));
  }
}
