package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the export of the audit log of all tokens as a file. */
abstract class AuditLogExportTopic extends Topic {

  private static final String EXPORT = PATH + "/audit/export?format=";

  /** A formula, quotes, a line break, a right-to-left override, an emoji and markup. */
  private static final String HOSTILE = "=cmd|' /C calc'!A0\n\"<b>\u202E\uD83D\uDD11,";

  private TestToken revokedForAHostileReason() {
    TestToken made = tokens.create(good().of(PAYMENTS));
    alice
        .delete(
            PATH + '/' + made.id(),
            Json.createObjectBuilder().add("reason", HOSTILE).build().toString())
        .expect(204);
    // The export and the list must show the same index.
    assertEquals(2, tokens.loggedEvents(made.id()).size());
    return made;
  }

  private ApiResult export(String format, String filters) {
    ApiResult answer = bob.get(EXPORT + format + filters).expect(200);
    assertTrue(
        answer
            .headerLine("Content-Disposition")
            .matches(
                "attachment; filename=\"audit-until-\\d{4}-\\d\\d-\\d\\d\\."
                    + (format.equals("ocsf") ? "ocsf.ndjson" : format)
                    + '"'),
        answer::toString);
    assertEquals("no-store", answer.headerLine("Cache-Control"));
    assertEquals("nosniff", answer.headerLine("X-Content-Type-Options"));
    return answer;
  }

  @Test
  void csvContainsNoFormula() {
    TestToken made = revokedForAHostileReason();
    ApiResult answer = export("csv", "&tokenId=" + made.id());
    assertTrue(answer.headerLine("Content-Type").startsWith("text/csv"), answer::toString);
    JsonObject revoked = tokens.events(made.id()).get(0);
    JsonObject created = tokens.events(made.id()).get(1);
    String token =
        String.join(
            ",",
            made.id(),
            made.name(),
            made.token().getString("tokenPrefix"),
            "group:default/payments");
    assertEquals(
        "id,occurredAt,event,actor,tokenId,tokenName,tokenPrefix,groupEntityRef,reason,source,"
            + "change,fields,gracePeriodSeconds,previousTokenPrefix,previousSecretExpiresAt,retry,by,"
            + "usedTokenPrefix,address,replacedTokenPrefix,endGraceOnFirstUse,"
            + "logIndex,reasonSalt,jti,scope\r\n"
            + revoked.getString("id")
            + ','
            + revoked.getString("occurredAt")
            + ",revoked,user:default/alice,"
            + token
            + ",\"'"
            + HOSTILE.replace("\"", "\"\"")
            + "\",,,,,,,,,,,,,"
            + revoked.getInt("logIndex")
            + ",,,\r\n"
            + created.getString("id")
            + ','
            + created.getString("occurredAt")
            + ",created,user:default/alice,"
            + token
            + ",,,,,,,,,,,,,,"
            + created.getInt("logIndex")
            + ",,,\r\n",
        answer.text());
  }

  @Test
  void csvDescribesRotations() {
    TestToken made = tokens.create();
    String body = "{\"gracePeriodSeconds\":600,\"endGraceOnFirstUse\":true}";
    TestToken lost =
        TestToken.ofRotation(tokens.tryRotate(made.id(), body, "k"), alice.exchanges());
    TestToken.ofRotation(tokens.tryRotate(made.id(), body, "k"), alice.exchanges());
    int last = tokens.loggedEvents(made.id()).get(0).getInt("logIndex");
    List<String> lines = export("csv", "&tokenId=" + made.id()).text().lines().toList();
    String prefix = lost.token().getString("tokenPrefix");
    assertTrue(lines.get(1).endsWith(",true,,,," + prefix + ",," + last + ",,,"), lines::toString);
    assertTrue(lines.get(2).contains(",,,,,,true,"), lines::toString);
  }

  @Test
  void jsonLinesEqualTheListedEvents() {
    TestToken made = revokedForAHostileReason();
    String filters = "&groupEntityRef=payments&actor=alice&tokenId=" + made.id();
    ApiResult answer = export("ndjson", filters);
    assertTrue(
        answer.headerLine("Content-Type").startsWith("application/x-ndjson"), answer::toString);
    List<JsonObject> listed =
        bob.get(PATH + "/audit?" + filters)
            .ok()
            .getJsonArray("events")
            .getValuesAs(JsonObject.class);
    assertEquals(listed, answer.text().lines().map(AuditLogExportTopic::object).toList());
    assertTrue(answer.text().endsWith("}\n"), "the last line has no line feed");
  }

  @Test
  void ocsfEventsHaveTheFactsOfTheListedEvents() {
    TestToken made = revokedForAHostileReason();
    ApiResult answer = export("ocsf", "&tokenId=" + made.id());
    assertTrue(
        answer.headerLine("Content-Type").startsWith("application/x-ndjson"), answer::toString);
    List<JsonObject> exported = answer.text().lines().map(AuditLogExportTopic::object).toList();
    assertEquals(2, exported.size(), answer::toString);
    JsonObject revoked = tokens.events(made.id()).get(0);
    JsonObject event = exported.get(0);
    assertEquals("Entity Management: Disable", event.getString("type_name"));
    assertEquals(HOSTILE, event.getString("comment"));
    assertEquals(made.name(), event.getJsonObject("entity").getString("name"));
    assertEquals(revoked.getString("id"), event.getJsonObject("metadata").getString("uid"));
    assertEquals(revoked.getInt("logIndex"), event.getJsonObject("metadata").getInt("sequence"));
    assertEquals("Entity Management: Create", exported.get(1).getString("type_name"));
  }

  private static JsonObject object(String line) {
    try (JsonReader reader = Json.createReader(new StringReader(line))) {
      return reader.readObject();
    }
  }

  @Test
  void exportIgnoresPaging() {
    String own = "&tokenId=" + revokedForAHostileReason().id();
    int total = bob.get(PATH + "/audit?limit=0" + own).ok().getInt("total");
    assertEquals(2, total);
    assertEquals(total, export("ndjson", own + "&limit=1&offset=1").text().lines().count());
    String none = export("csv", "&tokenId=" + NO_ID).text();
    assertEquals(1, none.lines().count());
    assertEquals("", export("ndjson", "&tokenId=" + NO_ID).text());
  }

  @Test
  void exportExcludesGroupsThatTheCallerMayNotRead() {
    TestToken theirs = revokedForAHostileReason();
    TestToken own = tokens.create();
    String text = carol.get(EXPORT + "csv").expect(200).text();
    assertTrue(text.contains(own.id()), text);
    assertFalse(text.contains(theirs.id()), text);
    assertFalse(text.contains("payments"), text);
  }

  @Test
  void acceptHeadersOfBrowsersAndScriptsAreAccepted() {
    for (String accept : List.of("text/csv", "*/*", "text/html,*/*;q=0.8", "application/json")) {
      bob.call("GET", EXPORT + "csv").header("Accept", accept).send().expect(200);
    }
    bob.call("GET", EXPORT + "csv").header("Accept", "image/png").send().problem(406);
    bob.call("GET", PATH).header("Accept", "text/csv").send().problem(406);
    ApiResult head = bob.call("HEAD", EXPORT + "csv").send().expect(200);
    assertEquals(0, head.length());
    assertTrue(head.headerLine("Content-Disposition").startsWith("attachment"), head::toString);
  }

  @Test
  void wrongParametersAreReported() {
    for (String query : List.of("xlsx", "", "csv&format=csv", "CSV")) {
      assertEquals(List.of("format"), bob.get(EXPORT + query).problem(400).violatedFields(), query);
    }
    assertEquals(
        List.of("event", "from"),
        bob.get(EXPORT + "csv&from=x&event=x").problem(400).violatedFields().stream()
            .sorted()
            .toList());
    bob.get(PATH + "/audit/export").problem(400);
  }
}
