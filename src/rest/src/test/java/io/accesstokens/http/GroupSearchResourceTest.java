package io.accesstokens.http;

import static io.accesstokens.http.ApiFixture.GROUPS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which groups a caller can select. */
class GroupSearchResourceTest {

  private static final String PLATFORM = "group:default/platform";
  private static final String PAYMENTS = "group:default/payments";
  private static final String READ = "?permission=access-tokens:service:read";

  private final ApiFixture api = new ApiFixture();

  private static List<String> refs(ApiFixture.Answer answer) {
    return answer.expect(200).json().getJsonArray("groups").getValuesAs(JsonObject.class).stream()
        .map(group -> group.getString("groupEntityRef"))
        .toList();
  }

  @Test
  void adminFindsAllGroups() {
    JsonObject all = api.as("alice").get(GROUPS).expect(200).json();
    assertEquals(
        "{\"groups\":[{\"groupEntityRef\":\"group:default/platform\",\"displayName\":\"Our"
            + " Platform\"},{\"groupEntityRef\":\"group:default/payments\",\"displayName\":"
            + "\"payments\"}],\"truncated\":false}",
        all.toString());
  }

  @Test
  void memberFindsOwnGroups() {
    for (String permission : List.of("read", "write", "revoke")) {
      String query = "?permission=access-tokens:service:" + permission;
      assertEquals(List.of(PLATFORM), refs(api.as("carol").get(GROUPS + query)), permission);
    }
    assertEquals(List.of(PLATFORM), refs(api.as("carol").get(GROUPS + "?q=OUR%20plat")));
    assertEquals(List.of(), refs(api.as("carol").get(GROUPS + "?q=pay")));
  }

  @Test
  void auditorFindsAllGroupsForReadingAndNoneForWriting() {
    assertEquals(List.of(PLATFORM, PAYMENTS), refs(api.as("bob").get(GROUPS + READ)));
    for (String query : List.of("", "?permission=access-tokens:service:revoke")) {
      String error = api.as("bob").get(GROUPS + query).expect(403).json().getString("error");
      assertTrue(error.contains(query.isEmpty() ? ":write" : ":revoke"), error);
    }
  }

  @Test
  void tokenFindsItsOwnGroup() {
    String raw =
        api.create("manager", "[\"access-tokens:service:read\",\"catalog:read\"]")
            .getString("rawToken");
    assertEquals(List.of(PLATFORM), refs(api.with(raw).get(GROUPS + READ)));
    api.with(raw).get(GROUPS).expect(403);
    String other = api.create("other", "[\"catalog:read\"]").getString("rawToken");
    api.with(other).get(GROUPS + READ).expect(403);
  }

  @Test
  void missingPermissionIsReportedBeforeTheQueryIsRead() {
    api.anonymous().get(GROUPS + "?limit=x").expect(401);
    api.as("dave").get(GROUPS + "?limit=x").expect(403);
    api.as("carol").send("POST", GROUPS, null).expect(405);
  }

  @ParameterizedTest
  @CsvSource({
    "?limit=-1, limit",
    "?limit=101, limit",
    "?limit=x, limit",
    "?permission=access-tokens:introspect, permission",
    "?permission=write, permission",
    "?q=a&q=b, q",
    "?q=%ff, query",
  })
  void aWrongParameterIsNamed(String query, String field) {
    assertEquals(List.of(field), api.as("alice").get(GROUPS + query).expect(400).fields());
  }

  @Test
  void aSearchHasAtMostTwoHundredCharacters() {
    assertEquals(List.of(), refs(api.as("alice").get(GROUPS + "?q=" + "%F0%9F%98%80".repeat(200))));
    assertEquals(
        List.of("q"), api.as("alice").get(GROUPS + "?q=" + "x".repeat(201)).expect(400).fields());
  }

  @Test
  void truncationIsReported() {
    JsonObject one = api.as("alice").get(GROUPS + "?limit=1").expect(200).json();
    assertEquals(1, one.getJsonArray("groups").size());
    assertTrue(one.getBoolean("truncated"), one::toString);
    JsonObject none = api.as("alice").get(GROUPS + "?limit=0").expect(200).json();
    assertEquals(0, none.getJsonArray("groups").size());
    assertTrue(none.getBoolean("truncated"), none::toString);
    JsonObject all = api.as("alice").get(GROUPS + "?limit=2").json();
    assertFalse(all.getBoolean("truncated"), all::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"?q=%27%20OR%201%3D1", "?q=%3Cscript%3E", "?q=*", "?q=.%2B", "?q=group:x/"})
  void searchTextHasNoSpecialCharacters(String query) {
    assertEquals(List.of(), refs(api.as("alice").get(GROUPS + query)));
  }

  @Test
  void unreachableDirectoryIs503() {
    api.directoryUp = false;
    assertEquals("1", api.as("alice").get(GROUPS).expect(503).header("Retry-After"));
  }
}
