package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests identity and permissions of the caller. */
abstract class WhoAmITopic extends Topic {

  @Test
  void serviceTokenIsDescribed() {
    TestToken made = tokens.create(good().of(PAYMENTS).scopes("techdocs:read", "catalog:read"));
    JsonObject me = anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
    assertEquals("service", me.getString("type"));
    assertEquals("service-token:" + PAYMENTS + ':' + made.name(), me.getString("subject"));
    assertEquals("[\"techdocs:read\",\"catalog:read\"]", "" + me.get("scopes"));
    assertEquals("[]", "" + me.get("permissions"));
    assertEquals(made.token().getString("expiresAt"), me.getString("expiresAt"));
    assertEquals(made.id(), me.getString("tokenId"));
  }

  @Test
  void userIsDescribedWithPermissions() {
    List<String> service = List.of("read", "write", "revoke");
    assertPerson(
        alice,
        "alice",
        service,
        "access-tokens:introspect",
        "access-tokens:metrics:read",
        "access-tokens:log:read",
        "access-tokens:user:admin");
    assertPerson(
        bob, "bob", List.of("read"), "access-tokens:metrics:read", "access-tokens:log:read");
    assertPerson(carol, "carol", service);
    assertPerson(dave, "dave", List.of());
  }

  private static void assertPerson(Api person, String name, List<String> service, String... more) {
    JsonObject me = person.get(WHOAMI).ok();
    assertEquals("user", me.getString("type"));
    assertEquals("user:default/" + name, me.getString("subject"));
    Set<String> expected = new HashSet<>(Set.of(more));
    service.forEach(verb -> expected.add("access-tokens:service:" + verb));
    List.of("read", "write", "revoke").forEach(v -> expected.add("access-tokens:user:" + v));
    Set<String> permissions = new HashSet<>();
    me.getJsonArray("permissions").forEach(p -> permissions.add(p.toString().replace("\"", "")));
    assertEquals(expected, permissions);
    assertEquals(JsonValue.NULL, me.getOrDefault("expiresAt", JsonValue.NULL));
    assertEquals(JsonValue.NULL, me.getOrDefault("tokenId", JsonValue.NULL));
  }
}
