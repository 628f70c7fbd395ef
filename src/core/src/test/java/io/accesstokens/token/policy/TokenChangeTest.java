package io.accesstokens.token.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TokenChangeTest {

  private static ServiceToken token(String expiresAt) {
    return new ServiceToken(
        new UUID(0, 1),
        "deploy",
        "Deploys at night",
        "bsat_0123456",
        EntityRef.parseGroup("platform").orElseThrow(),
        List.of("catalog:read"),
        "user:default/ada",
        Instant.parse("2026-03-01T12:00:00Z"),
        Instant.parse(expiresAt),
        null,
        null,
        null);
  }

  @Test
  void instantsHaveMilliseconds() {
    TokenChange change =
        new TokenChange(token("2026-04-01T12:00:00Z"), token("2026-03-31T00:00:00Z"));
    assertEquals(
        Map.of(
            "fields",
            "expiresAt",
            "expiresAt.old",
            "2026-04-01T12:00:00.000Z",
            "expiresAt.new",
            "2026-03-31T00:00:00.000Z"),
        change.metadata());
  }
}
