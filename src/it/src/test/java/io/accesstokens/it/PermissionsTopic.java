package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the permissions in a complete table of callers and calls. */
abstract class PermissionsTopic extends Topic {

  private String mine = "";
  private String theirs = "";
  private String raw = "";

  @BeforeAll
  void makeATokenOfEachGroup() {
    TestToken made = tokens.create(good().of(PLATFORM));
    mine = made.id();
    raw = made.rawToken();
    theirs = tokens.create(good().of(PAYMENTS)).id();
  }

  private Api caller(String name) {
    return switch (name) {
      case "anonymous" -> anonymous;
      case "token" -> anonymous.bearer(raw);
      default -> anonymous.as(name);
    };
  }

  @ParameterizedTest(name = "{0} {1} {2}: {3}")
  @CsvSource({
    // caller, method, path, status, permission named
    "anonymous, GET,    '',             401,",
    "anonymous, GET,    /scopes,        401,",
    "anonymous, GET,    /{mine},        401,",
    "anonymous, GET,    /{none},        401,",
    "anonymous, GET,    /{mine}/audit,  401,",
    "anonymous, POST,   '',             401,",
    "anonymous, DELETE, /{mine},        401,",
    "anonymous, DELETE, /{none},        401,",
    "alice,     GET,    '',             200,",
    "alice,     GET,    /scopes,        200,",
    "alice,     GET,    /{theirs},      200,",
    "alice,     GET,    /{theirs}/audit,200,",
    "alice,     GET,    /{none},        404,",
    "bob,       GET,    '',             200,",
    "bob,       GET,    /scopes,        200,",
    "bob,       GET,    /{mine},        200,",
    "bob,       GET,    /{theirs},      200,",
    "bob,       GET,    /{theirs}/audit,200,",
    "bob,       POST,   '',             403, access-tokens:service:write",
    "bob,       DELETE, /{mine},        403, access-tokens:service:revoke",
    "bob,       DELETE, /{none},        403, access-tokens:service:revoke",
    "carol,     GET,    '',             200,",
    "carol,     GET,    /scopes,        200,",
    "carol,     GET,    /{mine},        200,",
    "carol,     GET,    /{mine}/audit,  200,",
    "carol,     GET,    /{theirs},      404,",
    "carol,     GET,    /{theirs}/audit,404,",
    "carol,     DELETE, /{theirs},      404,",
    "carol,     DELETE, /{none},        404,",
    "dave,      GET,    '',             403, access-tokens:service:read",
    "dave,      GET,    /scopes,        403, access-tokens:service:read",
    "dave,      GET,    /{mine},        403, access-tokens:service:read",
    "dave,      GET,    /{none},        403, access-tokens:service:read",
    "dave,      GET,    /{mine}/audit,  403, access-tokens:service:read",
    "dave,      POST,   '',             403, access-tokens:service:write",
    "dave,      DELETE, /{mine},        403, access-tokens:service:revoke",
    "token,     GET,    '',             403, access-tokens:service:read",
    "token,     GET,    /scopes,        403, access-tokens:service:read",
    "token,     GET,    /{mine},        403, access-tokens:service:read",
    "token,     GET,    /{mine}/audit,  403, access-tokens:service:read",
    "token,     POST,   '',             403, access-tokens:service:write",
    "token,     DELETE, /{mine},        403, access-tokens:service:revoke",
  })
  void callersHaveTheirPermissions(
      String caller, String method, String path, int status, @Nullable String permission) {
    String target =
        PATH + path.replace("{mine}", mine).replace("{theirs}", theirs).replace("{none}", NO_ID);
    Api.Call call = caller(caller).call(method, target);
    ApiResult answer =
        switch (method) {
          case "POST" -> call.json(good().json()).send();
          case "DELETE" -> call.json(REASON).send();
          default -> call.send();
        };
    if (status == 200) {
      answer.ok();
      return;
    }
    answer.problem(status);
    if (permission != null) {
      assertTrue(answer.text().contains(permission), answer::toString);
    }
    if (caller.equals("token")) {
      String challenge = answer.headerLine("WWW-Authenticate");
      assertTrue(challenge.contains("error=\"insufficient_scope\""), answer::toString);
      assertTrue(challenge.contains("scope=\"" + permission + "\""), answer::toString);
    }
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"{", "{}", "[]", "{\"name\":7}"})
  void permissionsAreCheckedBeforeTheBody(String body) {
    anonymous.post(PATH, body).problem(401);
    dave.post(PATH, body).problem(403);
    bob.post(PATH, body).problem(403);
    bob.delete(PATH + '/' + mine, body).problem(403);
    anonymous.delete(PATH + '/' + mine, body).problem(401);
  }

  @Test
  void permissionsAreCheckedBeforeTheQuery() {
    anonymous.get(PATH + "?limit=x").problem(401);
    dave.get(PATH + "?limit=x").problem(403);
    dave.get(PATH + "?status=bogus").problem(403);
  }

  @Test
  void memberIsLimitedToTheirGroups() {
    ServiceTokens own = new ServiceTokens(carol);
    TestToken made = own.create(good().of(PLATFORM));
    assertEquals("user:default/carol", made.token().getString("createdBy"));
    own.tryCreate(good().of(PAYMENTS)).problem(403);
    own.tryCreate(good().of("guests")).problem(403);
    // A missing group looks like an inaccessible one, or is an invalid field.
    own.tryCreate(good().of("nope")).expectProblem().expectOneOf(403, 422);
    own.tryCreate(good().of("a/b/c")).problem(422);
    own.revoke(made.id());
    own.tryRevoke(made.id()).problem(409);
    for (JsonObject token : own.all("limit=500")) {
      assertEquals(PLATFORM, token.getString("groupEntityRef"));
    }
    int all = own.list("limit=0").getInt("total");
    assertEquals(own.list("limit=0&groupEntityRef=platform").getInt("total"), all);
    assertEquals(tokens.list("limit=0&groupEntityRef=platform").getInt("total"), all);
    assertEquals(0, own.list("groupEntityRef=payments").getInt("total"));
    assertEquals(0, own.list("groupEntityRef=payments&status=active").getInt("total"));
  }

  @Test
  void tokenOfAnotherGroupIsNotChanged() {
    carol.delete(PATH + '/' + theirs, REASON).problem(404);
    assertEquals("active", tokens.get(theirs).getString("status"));
    ApiResult absent = carol.get(PATH + '/' + NO_ID).problem(404);
    ApiResult hidden = carol.get(PATH + '/' + theirs).problem(404);
    assertEquals(absent.untracedText(), hidden.untracedText());
  }

  @Test
  void auditorSeesEveryGroup() {
    int all = tokens.list("limit=0").getInt("total");
    assertEquals(all, new ServiceTokens(bob).list("limit=0").getInt("total"));
  }

  @ParameterizedTest(name = "{0}: {1}, {2}")
  @CsvSource({
    "Sec-Fetch-Site, cross-site,  403",
    "Sec-Fetch-Site, same-site,   403",
    "Sec-Fetch-Site, nonsense,    403",
    "Sec-Fetch-Site, same-origin, 201",
    "Sec-Fetch-Site, none,        201",
    "Origin,         https://evil.example, 403",
    "Origin,         http://127.0.0.1.evil.example, 403",
    "Origin,         http://127.0.0.1:1, 403",
    "Origin,         'null',      403",
    "Origin,         '{own}',     201",
  })
  void checksTheOriginOfAnUnsafeRequestByBasic(String header, String value, int status) {
    String sent = value.replace("{own}", alice.origin());
    ApiResult answer = alice.call("POST", PATH).header(header, sent).json(good().json()).send();
    assertEquals(status, answer.status(), answer::toString);
    String id = tokens.create().id();
    ApiResult revoked =
        alice.call("DELETE", PATH + '/' + id).header(header, sent).json(REASON).send();
    assertEquals(status == 201 ? 204 : status, revoked.status(), revoked::toString);
    if (status == 201) {
      alice.exchanges().addRawToken(answer.json().getString("rawToken"));
    } else {
      answer.problem(status);
    }
    alice.call("GET", PATH).header(header, sent).send().ok();
  }

  @Test
  void secFetchSiteOverridesOrigin() {
    alice
        .call("POST", PATH)
        .header("Sec-Fetch-Site", "cross-site")
        .header("Origin", alice.origin())
        .json(good().json())
        .send()
        .problem(403);
  }

  @Test
  void catalogHasItsConfiguredOrder() {
    JsonObject catalog = bob.get(PATH + "/scopes").ok();
    List<JsonObject> scopes = ServiceTokens.objects(catalog, "scopes");
    assertEquals(
        List.of(
            "catalog:read",
            "catalog:write",
            "techdocs:read",
            "scaffolder:read",
            "scaffolder:execute"),
        scopes.stream().map(scope -> scope.getString("id")).toList());
    assertEquals(
        List.of("catalog", "catalog", "techdocs", "scaffolder", "scaffolder"),
        scopes.stream().map(scope -> scope.getString("plugin")).toList());
    for (JsonObject scope : scopes) {
      assertFalse(scope.getString("description").isBlank(), scope::toString);
    }
  }
}
