package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.path;

import io.accesstokens.testing.Midnight;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;

/** A topic about the secrets of rotated tokens. */
abstract class SecretChangeTopic extends Topic {

  /** The number of uses of the current day begins with 0 at midnight. */
  @BeforeEach
  final void avoidMidnight() {
    Midnight.avoid(ZoneOffset.UTC, Duration.ofMinutes(2));
  }

  /** Returns the body of a rotation with a grace period. */
  static String grace(long seconds) {
    return "{\"gracePeriodSeconds\":" + seconds + '}';
  }

  final ApiResult whoami(String raw) {
    return anonymous.bearer(raw).get(WHOAMI);
  }

  static Instant instant(JsonObject json, String member) {
    return Instant.parse(json.getString(member));
  }

  static JsonObject previous(TestToken rotated) {
    return rotated.token().getJsonObject("previousSecret");
  }

  /** Returns the names of the audit events of a service token, newest first. */
  final List<String> events(String id) {
    return tokens.events(id).stream().map(event -> event.getString("event")).toList();
  }

  final JsonObject introspected(String raw) {
    return alice.form(OAuthTopic.INTROSPECT, "token=" + raw).ok();
  }

  final JsonObject usage(String id) {
    return bob.get(path(id) + "/usage").ok();
  }

  static ConditionFactory await() {
    return Awaitility.await().pollInterval(Duration.ofMillis(100));
  }
}
