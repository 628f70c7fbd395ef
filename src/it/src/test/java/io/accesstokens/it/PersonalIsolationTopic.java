package io.accesstokens.it;

import static io.accesstokens.testing.client.PersonalTokens.USER_TOKENS;
import static io.accesstokens.testing.client.PersonalTokens.adminPath;
import static io.accesstokens.testing.client.PersonalTokens.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Tests that no caller can access another user's personal tokens by any resource. */
abstract class PersonalIsolationTopic extends Topic {

  private final PersonalTokens daves = new PersonalTokens(dave);

  private void isLikeNone(Api other, TestToken made, int status) {
    for (String suffix : List.of("", "/audit", "/usage")) {
      ApiResult there = other.get(path(made.id()) + suffix).problem(status);
      assertEquals(
          other.get(path(NO_ID) + suffix).problem(status).untracedText(), there.untracedText());
    }
    String upperCase = made.id().toUpperCase(Locale.ROOT);
    other.get(path(upperCase)).problem(status);
    for (String body : List.of("{}", REASON, "{\"userEntityRef\":\"user:default/dave\"}")) {
      ApiResult there = other.delete(path(made.id()), body).problem(status);
      assertEquals(
          other.delete(path(NO_ID), body).problem(status).untracedText(), there.untracedText());
    }
  }

  @Test
  void tokenOfAnotherUserIsNotFound() {
    TestToken made = daves.create();
    for (Api other : List.of(alice, bob, carol)) {
      isLikeNone(other, made, 404);
      Api bearer =
          anonymous.bearer(
              new PersonalTokens(other)
                  .create("access-tokens:user:read", "access-tokens:user:revoke")
                  .rawToken());
      isLikeNone(bearer, made, 404);
      for (String query :
          List.of(
              "limit=500",
              "limit=500&user=user:default/dave",
              "limit=500&userEntityRef=user:default/dave",
              "limit=500&owner=dave")) {
        String list = other.get(PersonalTokens.PATH + '?' + query).ok().toString();
        assertFalse(list.contains(made.id()), list);
        list = bearer.get(PersonalTokens.PATH + '?' + query).ok().toString();
        assertFalse(list.contains(made.id()), list);
      }
    }
    isLikeNone(anonymous, made, 401);
    assertEquals(List.of("minted"), daves.events(made.id()));
    anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
  }

  @Test
  void serviceTokenHasNoAccessToPersonalTokens() {
    TestToken made = new PersonalTokens(alice).create();
    Api service = anonymous.bearer(tokens.create().rawToken());
    service.get(PersonalTokens.PATH).problem(403);
    service.get(path(made.id())).problem(403);
    service.get(path(made.id()) + "/audit").problem(403);
    service.post(PersonalTokens.PATH, PersonalTokens.request("n")).problem(403);
    service.delete(path(made.id()), "{}").problem(403);
    service.get(USER_TOKENS + "?userEntityRef=alice").problem(403);
  }

  @Test
  void personalAndServiceTokensAreSeparate() {
    TestToken made = new PersonalTokens(alice).create();
    alice.get(ServiceTokens.path(made.id())).problem(404);
    alice.get(ServiceTokens.path(made.id()) + "/audit").problem(404);
    alice.delete(ServiceTokens.path(made.id()), REASON).problem(404);
    TestToken service = tokens.create();
    alice.get(path(service.id())).problem(404);
    alice.delete(path(service.id()), "{}").problem(404);
    alice.delete(adminPath(service.id()), REASON).problem(404);
    anonymous.bearer(service.rawToken()).get(WHOAMI).ok();
  }

  @Test
  void onlyAdministratorsListAndRevokeTokensOfOthers() {
    TestToken made = daves.create();
    for (Api other : List.of(bob, carol, dave)) {
      other.get(USER_TOKENS + "?userEntityRef=dave").problem(403);
      other.get(adminPath(made.id())).problem(403);
      other.get(adminPath(made.id()) + "/audit").problem(403);
      other.delete(adminPath(made.id()), REASON).problem(403);
    }
    JsonObject list = alice.get(USER_TOKENS + "?userEntityRef=dave&limit=500").ok();
    JsonObject token =
        ServiceTokens.objects(list, "tokens").stream()
            .filter(listed -> listed.getString("id").equals(made.id()))
            .findFirst()
            .orElseThrow();
    assertEquals("user:default/dave", token.getString("userEntityRef"));
    alice.post(USER_TOKENS, PersonalTokens.request("n")).problem(405);
    alice.delete(adminPath(made.id()), "{}").violates("reason");
    alice.delete(adminPath(made.id()), REASON).expect(204);
    alice.delete(adminPath(made.id()), REASON).problem(409);
    anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    JsonObject event =
        ServiceTokens.objects(dave.get(path(made.id()) + "/audit").ok(), "events").get(0);
    assertEquals("user:default/alice", event.getString("actor"));
    assertEquals("no longer needed", event.getJsonObject("metadata").getString("reason"));
  }

  @Test
  void onlyAdministratorsReadAndExportTheEventsOfAllUsers() {
    TestToken made = daves.create();
    String audit = USER_TOKENS + "/audit";
    for (Api other : List.of(bob, carol, dave)) {
      other.get(audit).problem(403);
      other.get(audit + "/export?format=csv").problem(403);
    }
    String of = "tokenId=" + made.id() + "&userEntityRef=dave&event=minted";
    JsonObject page = alice.get(audit + "?counts=true&" + of).ok();
    JsonObject event = ServiceTokens.objects(page, "events").get(0);
    assertEquals("user:default/dave", event.getString("userEntityRef"), event::toString);
    assertEquals(made.name(), event.getString("tokenName"), event::toString);
    assertEquals(1, page.getInt("total"), page::toString);
    assertEquals(
        "minted",
        ServiceTokens.objects(page, "eventCounts").get(0).getString("event"),
        page::toString);
    assertEquals(
        0, alice.get(audit + "?tokenId=" + made.id() + "&userEntityRef=bob").ok().getInt("total"));
    assertEquals(
        0, alice.get(ServiceTokens.PATH + "/audit?tokenId=" + made.id()).ok().getInt("total"));
    alice.get(audit + "?event=created").problem(400);
    alice.get(audit + "?userEntityRef=group:x").problem(400);
    ApiResult file =
        alice
            .get(
                audit
                    + "/export?format=csv&from=2020-01-01T00:00:00Z&to=2999-01-01T00:00:00Z&"
                    + of)
            .expect(200);
    assertEquals(
        "attachment; filename=\"audit-personal-2020-01-01-to-2998-12-31.csv\"",
        file.headerLine("Content-Disposition"));
    List<String> lines = file.text().lines().toList();
    assertTrue(lines.get(0).contains(",tokenPrefix,userEntityRef,"), lines::toString);
    assertEquals(2, lines.size(), lines::toString);
    assertTrue(lines.get(1).contains(",user:default/dave,"), lines::toString);
  }

  @Test
  void administratorRevokesAllTokensOfAUser() {
    TestToken one = daves.create();
    TestToken two = daves.create();
    TestToken other = new PersonalTokens(carol).create();
    anonymous.bearer(two.rawToken()).get(WHOAMI).ok();
    String body = "{\"userEntityRef\":\"dave\",\"reason\":\"left the company\"}";
    for (Api caller : List.of(bob, carol, dave)) {
      caller.post(USER_TOKENS + "/revoke", body).problem(403);
      caller.get(USER_TOKENS + "/users").problem(403);
    }
    alice.post(USER_TOKENS + "/revoke", "{\"userEntityRef\":\"dave\"}").violates("reason");
    JsonObject user =
        ServiceTokens.objects(alice.get(USER_TOKENS + "/users?q=" + prefixOf(two)).ok(), "users")
            .get(0);
    assertEquals("user:default/dave", user.getString("userEntityRef"));
    assertFalse(user.containsKey("gone"), user::toString);
    JsonObject answer = alice.post(USER_TOKENS + "/revoke", body).ok();
    assertEquals(user.getInt("liveTokens"), answer.getJsonArray("revoked").size());
    for (TestToken made : List.of(one, two)) {
      anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
      assertEquals(List.of("revoked", "minted"), daves.events(made.id()));
    }
    anonymous.bearer(other.rawToken()).get(WHOAMI).ok();
    assertEquals(0, alice.post(USER_TOKENS + "/revoke", body).ok().getJsonArray("revoked").size());
    anonymous.bearer(daves.create().rawToken()).get(WHOAMI).ok();
  }

  private String prefixOf(TestToken token) {
    return daves.get(token.id()).getString("prefix");
  }
}
