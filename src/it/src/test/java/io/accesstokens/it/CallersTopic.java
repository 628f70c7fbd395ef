package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests which clients the usage of a service token lists. */
abstract class CallersTopic extends SecretChangeTopic {

  private static final Set<String> MEMBERS =
      Set.of("secret", "outcome", "address", "client", "usesToday", "lastUsedAt");

  private ApiResult use(TestToken token, String userAgent) {
    return anonymous
        .bearer(token.rawToken())
        .call("GET", WHOAMI)
        .header("User-Agent", userAgent)
        .send();
  }

  private List<JsonObject> callers(String id) {
    return usage(id).getJsonArray("callers").getValuesAs(JsonObject.class);
  }

  /** Returns the callers as texts: the secret, the outcome, the client and the number of uses. */
  private List<String> summary(String id) {
    return callers(id).stream()
        .map(
            caller ->
                caller.getString("secret")
                    + ' '
                    + caller.getString("outcome")
                    + ' '
                    + caller.getString("client", "null")
                    + ' '
                    + caller.getInt("usesToday"))
        .sorted()
        .toList();
  }

  private void awaitCallers(String id, String... expected) {
    await().untilAsserted(() -> assertEquals(List.of(expected), summary(id)));
  }

  @Test
  void callersOfEachSecretAreListed() {
    TestToken first = tokens.create();
    Instant before = Instant.now().minusMillis(1);
    use(first, "old-job/1.0 (host a)").ok();
    use(first, "old-job/1.0 (host b)").ok();
    TestToken second = tokens.rotate(first.id(), "{}");
    awaitCallers(first.id(), "previous accepted old-job/1.0 2");
    use(first, "old-job/1.0").ok();
    use(second, "new-job/2.0").ok();
    awaitCallers(first.id(), "current accepted new-job/2.0 1", "previous accepted old-job/1.0 3");
    TestToken third = tokens.rotate(first.id(), "{}");
    use(first, "old-job/1.0").problem(401);
    use(second, "new-job/2.0").ok();
    use(third, "new-job/3.0").ok();
    awaitCallers(
        first.id(),
        "current accepted new-job/3.0 1",
        "ended refused old-job/1.0 1",
        "previous accepted new-job/2.0 2");
    List<JsonObject> callers = callers(first.id());
    List<Instant> lastUses = new ArrayList<>();
    for (JsonObject caller : callers) {
      assertEquals(MEMBERS, caller.keySet(), caller::toString);
      assertEquals("127.0.0.1", caller.getString("address"));
      Instant lastUsedAt = instant(caller, "lastUsedAt");
      assertTrue(
          lastUsedAt.isAfter(before) && !lastUsedAt.isAfter(Instant.now()), caller::toString);
      lastUses.add(0, lastUsedAt);
    }
    assertEquals(lastUses.stream().sorted().toList(), lastUses, "newest first");
  }

  @Test
  void verifiedAndIntrospectedClientsAreListed() {
    TestToken made = tokens.create();
    anonymous
        .bearer(made.rawToken())
        .call("GET", VerifyTopic.VERIFY)
        .header("User-Agent", "behind-a-proxy/1")
        .send()
        .expect(204);
    alice
        .call("POST", OAuthTopic.INTROSPECT)
        .header("User-Agent", "resource-server/1")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("token=" + made.rawToken() + "&client_address=2001:DB8::7")
        .send()
        .ok();
    introspected(made.rawToken());
    awaitCallers(
        made.id(),
        "current accepted behind-a-proxy/1 1",
        "current accepted null 1",
        "current accepted null 1");
    List<JsonValue> addresses =
        callers(made.id()).stream()
            .filter(caller -> caller.isNull("client"))
            .map(caller -> caller.get("address"))
            .toList();
    assertTrue(addresses.contains(JsonValue.NULL), addresses::toString);
    assertEquals(
        List.of("\"2001:db8::7\""),
        addresses.stream()
            .filter(address -> address != JsonValue.NULL)
            .map(JsonValue::toString)
            .toList());
  }
}
