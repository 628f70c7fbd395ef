package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.http.response.ResponseMemory;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServiceTokensResourceTest {

  private final ApiFixture api = new ApiFixture();

  /**
   * Returns an API with many tokens, so that the runtime begins to send a list or an export before
   * the response is complete.
   */
  private static ApiFixture withResponseMemory(long bytes) {
    ApiFixture api =
        ApiFixture.with(
            (service, feature) -> {
              feature.responseMemory(new ResponseMemory(bytes));
              return List.of();
            });
    String description = '"' + "\ud83d\ude00".repeat(500) + '"';
    for (int i = 0; i < 40; i++) {
      String body = ApiFixture.body("t" + i, "[\"catalog:read\"]");
      api.as("alice").post(ApiFixture.SERVICE, body.replace("\"d\"", description)).expect(201);
    }
    return api;
  }

  @Test
  void unreadExportsOfOneCallerAreLimited() {
    ApiFixture small = withResponseMemory(4L * ResponseMemory.EXPORT_BYTES);
    String export = ApiFixture.SERVICE + "/audit/export?format=ndjson";
    small
        .as("alice")
        .getAndRunAtFirstBytes(
            export,
            () -> {
              small.store.failure = ListTokenStore.outage(); // the store must not be read
              ApiFixture.Answer refused = small.as("alice").get(export).expect(503);
              small.store.failure = null;
              assertEquals("5", refused.header("Retry-After"));
              String error = refused.json().getString("error");
              assertTrue(error.startsWith("too many large responses and exports"), error);
              assertNull(refused.header("Content-Disposition"));
              small.as("alice").get(ApiFixture.SERVICE + "?limit=5").expect(200);
              small.as("bob").get(export).expect(200);
            })
        .expect(200);
    small.as("alice").get(export).expect(200);
  }

  @Test
  void unreadExportsOfAllCallersAreLimited() {
    ApiFixture small = withResponseMemory(ResponseMemory.EXPORT_BYTES);
    String export = ApiFixture.SERVICE + "/audit/export?format=ndjson";
    small
        .as("alice")
        .getAndRunAtFirstBytes(export, () -> small.as("bob").get(export).expect(503))
        .expect(200);
    small.as("bob").get(export).expect(200);
  }

  @Test
  void unreadLargeListsAreLimited() {
    ApiFixture small = withResponseMemory(100_000);
    String list = ApiFixture.SERVICE + "?limit=500";
    small
        .as("alice")
        .getAndRunAtFirstBytes(
            list,
            () -> {
              small.as("alice").get(list).expect(503);
              small.as("bob").get(list).expect(503);
              small.as("bob").get(ApiFixture.SERVICE + "?limit=5").expect(200);
            })
        .expect(200);
    small.as("bob").get(list).expect(200);
  }

  @Test
  void creationReturnsTheRawTokenOnceAndItsLocation() {
    ApiFixture.Answer answer =
        api.as("alice")
            .post(ApiFixture.SERVICE, ApiFixture.body("deploy", "[\"catalog:read\"]"))
            .expect(201);
    JsonObject token = answer.json().getJsonObject("token");
    assertTrue(
        answer.json().getString("rawToken").startsWith(token.getString("tokenPrefix")),
        answer::text);
    assertEquals(
        "/context/api/access-tokens/service/" + token.getString("id"), answer.header("Location"));
    assertEquals("application/json", answer.header("Content-Type"));
    assertEquals(
        List.of(
            "id",
            "name",
            "description",
            "tokenPrefix",
            "groupEntityRef",
            "groupDisplayName",
            "scopes",
            "createdBy",
            "createdAt",
            "expiresAt",
            "lastUsedAt",
            "revokedAt",
            "revokedBy",
            "status",
            "allowedAddresses",
            "requestsPerMinute",
            "secretCreatedAt",
            "lifetimeSeconds",
            "previousSecret"),
        List.copyOf(token.keySet()));
    assertEquals("group:default/platform", token.getString("groupEntityRef"));
    assertEquals(JsonValue.NULL, token.get("lastUsedAt"));
    assertEquals(token.get("createdAt"), token.get("secretCreatedAt"));
    assertEquals(JsonValue.NULL, token.get("previousSecret"));
    String createdAt = token.getString("createdAt");
    assertTrue(createdAt.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"), createdAt);
  }

  @Test
  void locationHasThePublicPath() {
    ApiFixture.Call alice =
        ApiFixture.with(
                (tokens, feature) -> {
                  feature.publicPath("/tokens/api/");
                  return List.of();
                })
            .as("alice");
    ApiFixture.Answer answer =
        alice.post(ApiFixture.SERVICE, ApiFixture.body("deploy", "[\"catalog:read\"]")).expect(201);
    assertEquals(
        "/tokens/api/access-tokens/service/" + answer.json().getJsonObject("token").getString("id"),
        answer.header("Location"));
  }

  @Test
  void getListAndCreateRenderTheSame() {
    JsonObject created = api.create("deploy", "[\"catalog:read\"]").getJsonObject("token");
    String path = ApiFixture.SERVICE + "/" + created.getString("id");
    assertEquals(created, api.as("bob").get(path).expect(200).json());
    String upperCaseId = created.getString("id").toUpperCase(Locale.ROOT);
    assertEquals(
        created, api.as("bob").get(ApiFixture.SERVICE + "/" + upperCaseId).expect(200).json());
    JsonObject list = api.as("carol").get(ApiFixture.SERVICE + "/").expect(200).json();
    assertEquals(created, list.getJsonArray("tokens").getJsonObject(0));
    assertEquals(List.of("tokens", "total", "limit", "offset", "next"), List.copyOf(list.keySet()));
    assertEquals(50, list.getInt("limit"));
    assertEquals(JsonValue.NULL, list.get("next"));
  }

  @Test
  void cursorPagesContainEveryTokenOnce() {
    for (int i = 0; i < 5; i++) {
      api.create("t" + i, "[\"catalog:read\"]");
    }
    String next = "";
    Set<String> seen = new HashSet<>();
    do {
      JsonObject page =
          api.as("bob").get(ApiFixture.SERVICE + "?limit=2&after=" + next).expect(200).json();
      for (JsonObject token : page.getJsonArray("tokens").getValuesAs(JsonObject.class)) {
        assertTrue(seen.add(token.getString("id")), token::toString);
      }
      next = page.isNull("next") ? "" : page.getString("next");
    } while (!next.isEmpty());
    assertEquals(5, seen.size());
  }

  @Test
  void lowerBoundIsMarked() {
    String id = api.create("deploy", "[\"catalog:read\"]").getJsonObject("token").getString("id");
    api.store.lowerBound = true;
    assertEquals(
        JsonValue.TRUE, api.as("bob").get(ApiFixture.SERVICE).json().get("totalIsLowerBound"));
    assertEquals(
        JsonValue.TRUE,
        api.as("bob")
            .get(ApiFixture.SERVICE + "/" + id + "/audit")
            .json()
            .get("totalIsLowerBound"));
    api.store.lowerBound = false;
    JsonObject exact = api.as("bob").get(ApiFixture.SERVICE + "/" + id + "/audit").json();
    assertFalse(exact.containsKey("totalIsLowerBound"), exact::toString);
  }

  @Test
  void revocationIsFinalAndAudited() {
    JsonObject created = api.create("deploy", "[\"catalog:read\"]");
    String path = ApiFixture.SERVICE + "/" + created.getJsonObject("token").getString("id");
    String raw = created.getString("rawToken");
    JsonObject me = api.with(raw).get(ApiFixture.WHOAMI).expect(200).json();
    assertEquals("service", me.getString("type"));
    assertEquals("service-token:group:default/platform:deploy", me.getString("subject"));
    assertEquals(created.getJsonObject("token").getString("id"), me.getString("tokenId"));
    assertEquals("[\"catalog:read\"]", me.getJsonArray("scopes").toString());
    assertEquals("[]", me.getJsonArray("permissions").toString());

    ApiFixture.Answer gone = api.as("carol").delete(path, "{\"reason\":\" leaked \"}").expect(204);
    assertEquals("", gone.text());
    assertNull(gone.header("Content-Type"));
    String challenge = api.with(raw).get(ApiFixture.WHOAMI).expect(401).header("WWW-Authenticate");
    assertEquals(
        "Bearer realm=\"access-tokens\", error=\"invalid_token\",Basic realm=\"test\"", challenge);
    api.as("alice").delete(path, "{\"reason\":\"again\"}").expect(409);

    JsonObject auditLog = api.as("bob").get(path + "/audit").expect(200).json();
    assertEquals(2, auditLog.getInt("total"));
    JsonObject event = auditLog.getJsonArray("events").getJsonObject(0);
    assertEquals("{\"reason\":\"leaked\"}", event.getJsonObject("metadata").toString());
    assertEquals("revoked", event.getString("event"));
    assertEquals("user:default/carol", event.getString("actor"));
    assertEquals(
        "{}",
        auditLog.getJsonArray("events").getJsonObject(1).getJsonObject("metadata").toString());
  }

  @Test
  void whoAmIHasNoTokenFieldsForAUser() {
    JsonObject me = api.as("bob").get(ApiFixture.WHOAMI).expect(200).json();
    assertEquals("user", me.getString("type"));
    assertEquals(JsonValue.NULL, me.get("expiresAt"));
    assertFalse(me.containsKey("tokenId"), me::toString);
    assertTrue(
        me.getJsonArray("permissions").toString().contains("access-tokens:service:read"),
        me::toString);
  }

  @Test
  void scopesAreListedInCatalogOrder() {
    JsonObject scopes = api.as("bob").get(ApiFixture.SERVICE + "/scopes").expect(200).json();
    assertEquals(
        "{\"id\":\"catalog:read\",\"description\":\"Read entities of the software catalog\",\"plugin\":\"catalog\"}",
        scopes.getJsonArray("scopes").get(0).toString());
  }

  @Test
  void malformedIdsAreNotFound() {
    for (String id : List.of("1-1-1-1-1", "x", "00000000-0000-0000-0000-00000000000g", "%20")) {
      api.as("alice").get(ApiFixture.SERVICE + "/" + id).expect(404);
      api.as("alice").get(ApiFixture.SERVICE + "/" + id + "/audit").expect(404);
      api.as("alice").delete(ApiFixture.SERVICE + "/" + id, "{\"reason\":\"r\"}").expect(404);
    }
    api.as("alice").get(ApiFixture.SERVICE + "/00000000-0000-4000-8000-000000000000").expect(404);
  }
}
