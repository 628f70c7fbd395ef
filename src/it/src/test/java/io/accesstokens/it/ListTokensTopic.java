package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.encode;
import static io.accesstokens.testing.client.ServiceTokens.objects;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests lists: order, pages, cursors, filters and their limits. */
abstract class ListTokensTopic extends Topic {

  private static final String GUESTS = "group:default/guests";
  private static final int MANY = 60;

  private String active = "";
  private String expiring = "";
  private String revoked = "";
  private String expired = "";

  @BeforeAll
  void makeTokensOfEachStatus() throws InterruptedException {
    TestToken shortLived = tokens.createExpiring(good().of(GUESTS));
    expired = shortLived.id();
    for (int i = 0; i < MANY; i++) {
      active = tokens.create(good().of(GUESTS)).id();
    }
    expiring = tokens.create(good().of(GUESTS).with("expiresInDays", "29")).id();
    TestToken dead = tokens.create(good().of(GUESTS));
    revoked = dead.id();
    tokens.revoke(revoked);
    shortLived.awaitExpiry();
  }

  @Test
  void defaultPageHasFiftyTokensNewestFirst() {
    JsonObject page = alice.get(PATH).ok();
    assertTrue(
        page.keySet().containsAll(Set.of("tokens", "total", "limit", "offset")), page::toString);
    assertEquals(50, page.getInt("limit"));
    assertEquals(0, page.getInt("offset"));
    List<JsonObject> listed = objects(page, "tokens");
    assertEquals(50, listed.size());
    assertNewestFirst(listed);
    int total = page.getInt("total");
    assertTrue(total >= MANY + 3, () -> "total: " + total);
  }

  @ParameterizedTest(name = "limit {0}")
  @ValueSource(ints = {1, 2, 49, 50, 51, 499, 500})
  void pageHasAtMostTheLimit(int limit) {
    JsonObject page = tokens.list("groupEntityRef=guests&limit=" + limit);
    assertEquals(limit, page.getInt("limit"));
    assertEquals(Math.min(limit, page.getInt("total")), page.getJsonArray("tokens").size());
  }

  @Test
  void limitZeroReturnsTheTotalOnly() {
    JsonObject page = tokens.list("limit=0&groupEntityRef=guests");
    assertEquals(0, page.getJsonArray("tokens").size());
    assertEquals(0, page.getInt("limit"));
    assertEquals(tokens.list("groupEntityRef=guests").getInt("total"), page.getInt("total"));
  }

  @Test
  void offsetSkipsTokens() {
    List<String> all = ids(objects(tokens.list("groupEntityRef=guests&limit=500"), "tokens"));
    for (int offset : new int[] {0, 1, 30, all.size() - 1, all.size(), all.size() + 1, 5000}) {
      JsonObject page = tokens.list("groupEntityRef=guests&limit=7&offset=" + offset);
      int from = Math.min(offset, all.size());
      assertEquals(all.subList(from, Math.min(from + 7, all.size())), ids(objects(page, "tokens")));
      assertEquals(offset, page.getInt("offset"));
      assertEquals(all.size(), page.getInt("total"));
    }
  }

  @ParameterizedTest(name = "pages of {0}")
  @ValueSource(ints = {1, 7, 50, 63, 500})
  void cursorsLeadThroughTheWholeList(int limit) {
    List<String> whole = ids(objects(tokens.list("groupEntityRef=guests&limit=500"), "tokens"));
    assertEquals(whole, ids(tokens.all("groupEntityRef=guests&limit=" + limit)));
  }

  @Test
  void cursorIgnoresTokensCreatedLater() {
    JsonObject first = tokens.list("groupEntityRef=guests&limit=10");
    List<String> whole = ids(objects(tokens.list("groupEntityRef=guests&limit=500"), "tokens"));
    tokens.create(good().of(GUESTS));
    JsonObject second =
        tokens.list("groupEntityRef=guests&limit=10&after=" + encode(first.getString("next")));
    assertEquals(whole.subList(10, 20), ids(objects(second, "tokens")));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"active", "expiring", "revoked", "expired"})
  void filtersByStatus(String status) {
    String mine =
        switch (status) {
          case "active" -> active;
          case "expiring" -> expiring;
          case "revoked" -> revoked;
          default -> expired;
        };
    List<JsonObject> listed = tokens.all("limit=500&status=" + status);
    assertTrue(ids(listed).contains(mine), status);
    for (JsonObject token : listed) {
      assertEquals(status, token.getString("status"));
    }
    assertNewestFirst(listed);
    // A token of another test can expire between two requests.
    String own = "groupEntityRef=guests&status=" + status;
    assertEquals(tokens.all(own).size(), tokens.list("limit=0&" + own).getInt("total"));
  }

  @Test
  void eachTokenHasExactlyOneStatus() {
    Set<String> seen = new HashSet<>();
    int sum = 0;
    for (String status : List.of("active", "expiring", "revoked", "expired")) {
      List<String> ids = ids(tokens.all("limit=500&groupEntityRef=guests&status=" + status));
      sum += ids.size();
      seen.addAll(ids);
    }
    assertEquals(sum, seen.size());
    assertEquals(tokens.list("limit=0&groupEntityRef=guests").getInt("total"), sum);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "guests",
        "group:guests",
        "default/guests",
        "GROUP:default/guests",
        "group:Default/GUESTS",
        " guests ",
        "group:default/guests"
      })
  void normalisesAGroupFilter(String ref) {
    List<JsonObject> listed = tokens.all("limit=500&groupEntityRef=" + encode(ref));
    assertTrue(ids(listed).contains(active), listed::toString);
    for (JsonObject token : listed) {
      assertEquals(GUESTS, token.getString("groupEntityRef"));
    }
  }

  @Test
  void unknownGroupHasAnEmptyPage() {
    JsonObject page = tokens.list("groupEntityRef=nope");
    assertEquals(0, page.getInt("total"));
    assertEquals(0, page.getJsonArray("tokens").size());
  }

  @Test
  void combinesFilters() {
    List<String> both = ids(tokens.all("limit=500&groupEntityRef=guests&status=revoked"));
    assertTrue(both.contains(revoked), "the revoked token is missing");
    assertFalse(both.contains(active), "an active token is in the list");
    List<String> other = ids(tokens.all("limit=500&groupEntityRef=payments&status=revoked"));
    assertFalse(other.contains(revoked), "a token of another group is in the list");
  }

  @Test
  void timesOfExpiryDivideTheListWithoutOverlap() {
    Instant midnight = Instant.now().plus(40, ChronoUnit.DAYS).truncatedTo(ChronoUnit.DAYS);
    Instant next = midnight.plus(1, ChronoUnit.DAYS);
    String before = tokens.create(expiringAt(midnight.minusMillis(1))).id();
    String first = tokens.create(expiringAt(midnight)).id();
    String last = tokens.create(expiringAt(next.minusMillis(1))).id();
    String after = tokens.create(expiringAt(next)).id();
    Set<String> made = Set.of(before, first, last, after);
    assertEquals(Set.of(before), found(made, "expiresBefore=" + midnight));
    assertEquals(
        Set.of(first, last),
        found(made, "expiresAfter=" + midnight + "&expiresBefore=" + next + "&status=active"));
    assertEquals(Set.of(after), found(made, "expiresAfter=" + next));
    assertEquals(0, tokens.list("expiresAfter=" + next + "&expiresBefore=" + next).getInt("total"));
    assertEquals(
        0, tokens.list("expiresAfter=" + next + "&expiresBefore=" + midnight).getInt("total"));
  }

  private static TokenRequest expiringAt(Instant instant) {
    return good().of(GUESTS).withText("expiresAt", instant.toString());
  }

  private Set<String> found(Set<String> among, String query) {
    Set<String> found = new HashSet<>(ids(tokens.all("limit=500&groupEntityRef=guests&" + query)));
    found.retainAll(among);
    return found;
  }

  @Test
  void totalIncludesTokensBeyondThePage() {
    int before = tokens.list("groupEntityRef=guests&limit=1").getInt("total");
    tokens.create(good().of(GUESTS));
    JsonObject page = tokens.list("groupEntityRef=guests&limit=1");
    assertEquals(before + 1, page.getInt("total"));
    assertFalse(page.getBoolean("totalIsLowerBound", false), page::toString);
  }

  private static void assertNewestFirst(List<JsonObject> listed) {
    List<String> instants =
        new ArrayList<>(listed.stream().map(token -> token.getString("createdAt")).toList());
    List<String> sorted = instants.stream().sorted(Comparator.reverseOrder()).toList();
    assertEquals(sorted, instants);
  }
}
