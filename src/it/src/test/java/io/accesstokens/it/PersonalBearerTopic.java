package io.accesstokens.it;

import static io.accesstokens.testing.client.PersonalTokens.path;
import static io.accesstokens.testing.client.PersonalTokens.request;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the permissions of a personal token: those of its user, limited to its scopes. */
abstract class PersonalBearerTopic extends Topic {

  private static final String READ = "access-tokens:service:read";
  private static final String WRITE = "access-tokens:service:write";
  private static final String REVOKE = "access-tokens:service:revoke";
  private static final String OWN_READ = "access-tokens:user:read";

  private Api bearer(Api person, String... scopes) {
    return anonymous.bearer(new PersonalTokens(person).create(scopes).rawToken());
  }

  private static List<String> texts(JsonObject json, String member) {
    return json.getJsonArray(member).getValuesAs(JsonString::getString);
  }

  @Test
  void personalTokenAuthenticatesItsUser() {
    TestToken made = new PersonalTokens(carol).create();
    JsonObject me = anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
    assertEquals("user", me.getString("type"));
    assertEquals("user:default/carol", me.getString("subject"));
    assertEquals(made.id(), me.getString("tokenId"));
    assertEquals(made.token().getString("expiresAt"), me.getString("expiresAt"));
    assertEquals(List.of(READ, OWN_READ), texts(me, "permissions"));
    assertEquals(List.of(OWN_READ), texts(bearer(dave).get(WHOAMI).ok(), "permissions"));
  }

  @Test
  void tokenWithoutScopesReadsAsItsUser() {
    TestToken platform = tokens.create();
    TestToken payments = tokens.create(good().of(PAYMENTS));
    bearer(bob).get(ServiceTokens.path(payments.id())).ok();
    Api carols = bearer(carol);
    carols.get(ServiceTokens.path(platform.id())).ok();
    carols.get(ServiceTokens.path(payments.id())).problem(404);
    bearer(dave).get(PersonalTokens.PATH).ok();
    bearer(dave).get(ServiceTokens.PATH).problem(403);
  }

  @Test
  void writesAndRevocationsNeedTheirScopes() {
    TestToken made = tokens.create();
    Api plain = bearer(carol);
    ApiResult denied = plain.delete(ServiceTokens.path(made.id()), REASON).problem(403);
    String challenge = denied.headerLine("WWW-Authenticate");
    assertTrue(challenge.contains("error=\"insufficient_scope\""), challenge);
    assertTrue(challenge.contains("scope=\"" + REVOKE + '"'), challenge);
    plain.post(ServiceTokens.PATH, good().json()).problem(403);
    plain.call("DELETE", path(NO_ID)).send().problem(403);

    Api writing = bearer(carol, WRITE, "catalog:read");
    TestToken by = new ServiceTokens(writing).create();
    assertEquals("user:default/carol", by.token().getString("createdBy"));
    writing.post(ServiceTokens.PATH, good().scopes("catalog:write").json()).problem(403);
    writing.post(ServiceTokens.PATH, good().of(PAYMENTS).json()).problem(403);
    writing.delete(ServiceTokens.path(made.id()), REASON).problem(403);

    bearer(carol, REVOKE).delete(ServiceTokens.path(made.id()), REASON).expect(204);
    assertEquals("user:default/carol", tokens.get(made.id()).getString("revokedBy"));
    bearer(dave, READ, WRITE, REVOKE).post(ServiceTokens.PATH, good().json()).problem(403);
  }

  @Test
  void personalTokenCreatesNoTokens() {
    Api all = bearer(alice, READ, WRITE, REVOKE, OWN_READ, "access-tokens:user:revoke");
    all.post(PersonalTokens.PATH, request("child")).problem(403);
    for (String never : List.of("access-tokens:user:write", "access-tokens:user:admin")) {
      new PersonalTokens(alice).tryCreate(request("never", never)).violates("scopes");
    }
    JsonObject scopes = alice.get(PersonalTokens.PATH + "/scopes").ok();
    List<String> ids =
        ServiceTokens.objects(scopes, "scopes").stream()
            .map(scope -> scope.getString("id"))
            .toList();
    assertTrue(ids.containsAll(List.of("catalog:read", READ, WRITE, REVOKE, OWN_READ)), "" + ids);
    assertTrue(ids.stream().noneMatch("access-tokens:user:write"::equals), "" + ids);
  }

  @Test
  void introspectionAndProxiesSeeTheUser() {
    TestToken made = new PersonalTokens(carol).create("catalog:read");
    JsonObject reported = alice.form(OAuthTopic.INTROSPECT, "token=" + made.rawToken()).ok();
    assertTrue(reported.getBoolean("active"), reported::toString);
    assertEquals("user:default/carol", reported.getString("sub"));
    assertEquals("catalog:read", reported.getString("scope"));
    assertEquals(made.id(), reported.getString("jti"));
    Api bearer = anonymous.bearer(made.rawToken());
    ApiResult yes = bearer.get(VerifyTopic.VERIFY + "?scope=catalog:read").expect(204);
    assertEquals("user:default/carol", yes.headerLine("X-Access-Token-Subject"));
    bearer.get(VerifyTopic.VERIFY + "?scope=catalog:write").problem(403);
    bearer(dave, "catalog:read").get(VerifyTopic.VERIFY + "?scope=catalog:read").problem(403);
  }

  @Test
  void tokenIsRevokedByItsHolder() {
    TestToken made = new PersonalTokens(dave).create();
    anonymous.form(OAuthTopic.REVOKE, "token=" + made.rawToken()).expect(200);
    anonymous.form(OAuthTopic.REVOKE, "token=" + made.rawToken()).expect(200);
    anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    JsonObject reported = alice.form(OAuthTopic.INTROSPECT, "token=" + made.rawToken()).ok();
    assertEquals("{\"active\":false}", reported.toString());
    assertEquals(List.of("revoked", "minted"), new PersonalTokens(dave).events(made.id()));
  }
}
