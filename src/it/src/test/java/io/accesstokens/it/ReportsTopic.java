package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.encode;
import static io.accesstokens.testing.client.ServiceTokens.objects;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the audit log and the counts of all tokens. */
abstract class ReportsTopic extends Topic {

  private static final String AUDIT = PATH + "/audit";
  private static final String OVERVIEW = PATH + "/overview";

  private static List<JsonObject> events(Api as, String query) {
    return objects(as.get(AUDIT + '?' + query).ok(), "events");
  }

  @Test
  void eachEventHasTheNameAndGroupOfItsToken() {
    TestToken made = tokens.create();
    tokens.revoke(made.id());
    JsonObject own = tokens.loggedEvents(made.id()).get(0);
    List<JsonObject> events = events(bob, "tokenId=" + made.id());
    assertEquals(2, events.size());
    JsonObject event = events.get(0);
    assertEquals("revoked", event.getString("event"));
    assertEquals("user:default/alice", event.getString("actor"));
    assertEquals("no longer needed", event.getJsonObject("metadata").getString("reason"));
    assertEquals(made.id(), event.getString("tokenId"));
    assertEquals(made.name(), event.getString("tokenName"));
    assertEquals(made.token().getString("tokenPrefix"), event.getString("tokenPrefix"));
    assertEquals(PLATFORM, event.getString("groupEntityRef"));
    assertEquals("Platform", event.getString("groupDisplayName"));
    // The event equals that in the token's own audit log, and has more members.
    own.forEach((name, value) -> assertEquals(value, event.get(name), name));
  }

  @Test
  void filtersAreCombined() {
    TestToken made = tokens.create(good().of(PAYMENTS));
    tokens.revoke(made.id());
    String token = "tokenId=" + made.id();
    assertEquals(2, events(bob, token).size());
    assertEquals(1, events(bob, token + "&event=created").size());
    assertEquals(0, events(bob, token + "&event=imported").size());
    assertEquals(2, events(bob, token + "&groupEntityRef=Group:payments").size());
    assertEquals(0, events(bob, token + "&groupEntityRef=platform").size());
    assertEquals(2, events(bob, token + "&actor=alice").size());
    assertEquals(0, events(bob, token + "&actor=bob").size());
    assertEquals(0, events(bob, token + "&actor=command:import-backstage").size());
    Instant at =
        Instant.parse(events(bob, token + "&event=revoked").get(0).getString("occurredAt"));
    assertEquals(1, events(bob, token + "&from=" + at).size());
    assertEquals(1, events(bob, token + "&to=" + at).size());
    assertEquals(0, events(bob, token + "&from=" + at + "&to=" + at).size());
    assertEquals(
        0, events(bob, "tokenId=" + NO_ID + "&actor=&event=&groupEntityRef=&from=&to=").size());
  }

  @Test
  void eventIsReadByItsId() {
    TestToken theirs = tokens.create(good().of(PAYMENTS));
    String event = events(bob, "tokenId=" + theirs.id()).get(0).getString("id");
    String id = "id=" + event;
    // The log index of an event can change between two responses.
    assertEquals(List.of(event), ids(events(bob, id)));
    assertEquals(List.of(event), ids(events(bob, id + "&tokenId=" + theirs.id())));
    assertEquals(List.of(), events(bob, id + "&event=revoked"));
    assertEquals(List.of(), events(carol, id), "events of another group");
    assertEquals(List.of(), events(bob, "id=" + NO_ID));
    dave.get(AUDIT + '?' + id).problem(403);
    String csv = bob.get(AUDIT + "/export?format=csv&" + id).expect(200).text();
    assertEquals(2, csv.lines().count(), csv);
  }

  @Test
  void eventsAreCountedByKindWithoutTheFilterByKind() {
    TestToken made = tokens.create(good().of(PAYMENTS));
    tokens.revoke(made.id());
    String query = "?limit=1&tokenId=" + made.id();
    JsonObject page = bob.get(AUDIT + query + "&event=revoked&counts=true").ok();
    assertEquals(1, page.getInt("total"));
    List<JsonObject> counts = objects(page, "eventCounts");
    assertEquals(7, counts.size(), counts::toString);
    for (JsonObject count : counts) {
      boolean happened = Set.of("created", "revoked").contains(count.getString("event"));
      assertEquals(happened ? 1 : 0, count.getInt("total"), count::toString);
    }
    assertFalse(
        bob.get(AUDIT + query).ok().containsKey("eventCounts"), "counts were not requested");
    List<JsonObject> others =
        objects(carol.get(AUDIT + query + "&counts=true").ok(), "eventCounts");
    assertEquals(7, others.size(), others::toString);
    others.forEach(count -> assertEquals(0, count.getInt("total"), "events of another group"));
  }

  @Test
  void usesOfAllTokensAreListedByDay() {
    String usage = PATH + "/usage?days=2";
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    JsonObject found = carol.get(usage).ok();
    List<JsonObject> days = objects(found, "days");
    assertEquals(2, days.size());
    assertTrue(found.getBoolean("complete"), found::toString);
    assertTrue(days.get(1).getString("day").compareTo(today) >= 0, days::toString);
    assertEquals(90, objects(bob.get(PATH + "/usage").ok(), "days").size());
    for (String wrong : List.of("days=0", "days=91", "days=x")) {
      bob.get(PATH + "/usage?" + wrong).problem(400);
    }
  }

  @Test
  void overviewReportsUsesAfterTheEndToTheirReadersOnly() {
    for (String group : List.of(PLATFORM, PAYMENTS)) {
      TestToken made = tokens.create(good().of(group));
      tokens.revoke(made.id());
      // The report lists ten tokens, the most used ones first.
      for (int i = 0; i < 30; i++) {
        anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
      }
    }
    await()
        .until(
            () -> groupsOfUsedAfterEnd(bob),
            groups -> groups.containsAll(List.of(PLATFORM, PAYMENTS)));
    assertEquals(Set.of(PLATFORM), groupsOfUsedAfterEnd(carol));
  }

  private static Set<String> groupsOfUsedAfterEnd(Api as) {
    Set<String> groups = new HashSet<>();
    for (JsonObject used : objects(as.get(OVERVIEW).ok().getJsonObject("usedAfterEnd"), "tokens")) {
      assertFalse(used.getJsonArray("callers").isEmpty(), used::toString);
      groups.add(used.getJsonObject("token").getString("groupEntityRef"));
    }
    return groups;
  }

  @Test
  void eventsArePagedNewestFirst() {
    for (int i = 0; i < 5; i++) {
      tokens.create();
    }
    // Events of uses are recorded in the background, possibly between two reads.
    String created = AUDIT + "?event=created&";
    JsonObject all =
        await("events in the log")
            .until(
                () -> bob.get(created + "limit=500").ok(),
                page -> objects(page, "events").stream().noneMatch(e -> e.isNull("logIndex")));
    List<JsonObject> expected = objects(all, "events").subList(0, 5);
    List<JsonObject> paged = new ArrayList<>();
    String after = "";
    while (paged.size() < 4) {
      JsonObject page = bob.get(created + "limit=2" + after).ok();
      assertEquals(2, objects(page, "events").size());
      paged.addAll(objects(page, "events"));
      after = "&after=" + encode(page.getString("next"));
    }
    assertEquals(expected.subList(0, 4), paged);
    assertEquals(
        expected.subList(3, 5), objects(bob.get(created + "limit=2&offset=3").ok(), "events"));
    JsonObject none = bob.get(created + "limit=0").ok();
    assertEquals(all.get("total"), none.get("total"));
    assertEquals(JsonValue.NULL, none.get("next"));
    Instant last = Instant.MAX;
    for (JsonObject event : objects(all, "events")) {
      Instant at = Instant.parse(event.getString("occurredAt"));
      assertFalse(at.isAfter(last), event::toString);
      last = at;
    }
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "limit=501",
        "offset=-1",
        "after=garbage",
        "after=AAAA",
        "tokenId=x",
        "id=x",
        "event=minted",
        "event=Created",
        "groupEntityRef=user:default/alice",
        "actor=%00",
        "from=yesterday",
        "from=2026-01-01",
        "to=2026-01-01T00:00:00",
        "to=1969-12-31T00:00:00Z",
        "event=created&event=created",
        "q=%ff"
      })
  void wrongParameterIsRejected(String query) {
    alice.get(AUDIT + '?' + query).problem(400);
    // An export has no pages, so it ignores the parameters of a page.
    boolean isOfPage = query.matches("(limit|offset|after)=.*");
    alice.get(AUDIT + "/export?format=csv&" + query).expect(isOfPage ? 200 : 400);
  }

  @Test
  void cursorOfAnotherListIsRejected() {
    tokens.create();
    tokens.create();
    String other = tokens.list("limit=1").getString("next");
    alice.get(AUDIT + "?after=" + encode(other)).problem(400);
    String own = alice.get(AUDIT + "?limit=1").ok().getString("next");
    alice.get(PATH + "?after=" + encode(own)).problem(400);
    alice.get(AUDIT + "?offset=1&after=" + encode(own)).problem(400);
  }

  @Test
  void memberSeesEventsOfTheirGroupsOnly() {
    tokens.create();
    TestToken theirs = tokens.create(good().of(PAYMENTS));
    Set<String> groups = new HashSet<>();
    events(carol, "limit=500").forEach(event -> groups.add(event.getString("groupEntityRef")));
    assertEquals(Set.of(PLATFORM), groups);
    assertEquals(0, events(carol, "tokenId=" + theirs.id()).size());
    JsonObject other = carol.get(AUDIT + "?groupEntityRef=payments").ok();
    assertEquals(0, other.getInt("total"));
    JsonObject overview = carol.get(OVERVIEW).ok();
    assertEquals(1, overview.getJsonArray("groups").size());
    assertEquals(
        PLATFORM, overview.getJsonArray("groups").getJsonObject(0).getString("groupEntityRef"));
    assertEquals(0, overview.getJsonObject("otherGroups").getInt("groups"));
  }

  @Test
  void reportsNeedTheReadPermission() {
    for (String path : List.of(AUDIT, OVERVIEW, PATH + "/usage", AUDIT + "/export?format=csv")) {
      anonymous.get(path).problem(401);
      dave.get(path).problem(403);
      bob.get(path).expect(200);
      alice.call("DELETE", path).send().problem(405);
    }
  }

  private static int status(JsonObject overview, String status) {
    return overview.getJsonObject("statuses").getInt(status);
  }

  @Test
  void overviewCountsEqualTheListTotals() {
    TestToken soon = tokens.create(good().with("expiresInDays", "3"));
    TestToken later = tokens.create(good().of(PAYMENTS).with("expiresInDays", "90"));
    tokens.revoke(tokens.create().id());
    // Uses of other tests' tokens are written in the background, possibly between two reads.
    await().untilAsserted(() -> agreesWithLists(bob.get(OVERVIEW).ok(), soon));
    assertEquals("active", tokens.get(later.id()).getString("status"));
  }

  private void agreesWithLists(JsonObject overview, TestToken soon) {
    for (String status : List.of("active", "expiring", "expired", "revoked")) {
      assertEquals(
          tokens.list("limit=0&status=" + status).getInt("total"),
          status(overview, status),
          status);
    }
    assertEquals(
        tokens.list("limit=0&live=true&neverUsed=true").getInt("total"),
        overview.getInt("neverUsed"));
    assertEquals(0, overview.getInt("unused"));
    List<JsonObject> days = objects(overview, "expiringByDay");
    LocalDate today = LocalDate.parse(overview.getString("asOf").substring(0, 10));
    assertEquals(31, days.size());
    assertEquals(today.toString(), days.get(0).getString("day"));
    assertEquals(
        status(overview, "expiring"), days.stream().mapToInt(day -> day.getInt("tokens")).sum());
    LocalDate end =
        LocalDate.ofInstant(Instant.parse(soon.token().getString("expiresAt")), ZoneOffset.UTC);
    assertTrue(
        days.stream()
            .anyMatch(
                day -> day.getString("day").equals(end.toString()) && day.getInt("tokens") > 0),
        () -> "no token expires on " + end + " in " + days);
    for (JsonObject day : days) {
      Instant start = Instant.parse(day.getString("day") + "T00:00:00Z");
      String within = "&expiresAfter=" + start + "&expiresBefore=" + start.plus(Duration.ofDays(1));
      assertEquals(
          tokens.list("limit=0&status=expiring" + within).getInt("total"),
          day.getInt("tokens"),
          day::toString);
    }
    List<JsonObject> groups = objects(overview, "groups");
    assertNotEquals(List.of(), groups);
    for (JsonObject group : groups) {
      String of = "limit=0&groupEntityRef=" + encode(group.getString("groupEntityRef"));
      assertEquals(tokens.list(of).getInt("total"), group.getInt("tokens"));
      assertEquals(tokens.list(of + "&status=expiring").getInt("total"), group.getInt("expiring"));
    }
  }
}
