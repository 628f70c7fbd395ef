package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests identity and permissions of the caller, and the last use of a token. */
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

  @Test
  void lastUseIsReportedWithinFiveSeconds() throws InterruptedException {
    TestToken made = tokens.create();
    assertEquals(JsonValue.NULL, tokens.get(made.id()).get("lastUsedAt"));
    Instant before = Instant.now().minusMillis(1);
    anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
    Instant lastUsedAt = awaitLastUse(made);
    assertFalse(lastUsedAt.isBefore(before), () -> lastUsedAt + " is before " + before);
    assertFalse(lastUsedAt.isAfter(Instant.now()), () -> lastUsedAt + " is in the future");
  }

  @Test
  void rejectedUseIsNotCounted() throws InterruptedException {
    TestToken made = tokens.create();
    tokens.revoke(made.id());
    anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    // If a later use is visible, an earlier one would be visible too.
    TestToken later = tokens.create();
    anonymous.bearer(later.rawToken()).get(WHOAMI).ok();
    awaitLastUse(later);
    assertEquals(JsonValue.NULL, tokens.get(made.id()).get("lastUsedAt"));
  }

  private Instant awaitLastUse(TestToken made) throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    JsonValue seen = JsonValue.NULL;
    while (seen.equals(JsonValue.NULL) && Instant.now().isBefore(end)) {
      Thread.sleep(100);
      seen = tokens.get(made.id()).getOrDefault("lastUsedAt", JsonValue.NULL);
    }
    assertFalse(seen.equals(JsonValue.NULL), "no last use after a minute");
    return Instant.parse(seen.toString().replace("\"", ""));
  }
}
