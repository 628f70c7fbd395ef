package io.accesstokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServiceTokenStatusTest {

  private static final Instant END = Instant.parse("2027-01-31T12:00:00Z");

  private static ServiceToken token(@Nullable Instant revokedAt) {
    return new ServiceToken(
        new UUID(0, 1),
        "n",
        "d",
        "bsat_0123456",
        new EntityRef("group", "default", "platform"),
        List.of("catalog:read"),
        "user:default/alice",
        END.minus(Duration.ofDays(365)),
        END,
        null,
        revokedAt,
        revokedAt == null ? null : "user:default/alice");
  }

  private static TokenStatus at(Duration beforeTheEnd) {
    return token(null).statusAt(END.minus(beforeTheEnd));
  }

  @Test
  void statusChangesExactlyAtItsThresholds() {
    Duration milli = Duration.ofMillis(1);
    Duration window = Duration.ofDays(30);
    assertEquals(TokenStatus.ACTIVE, at(window.plus(milli)));
    // "Under 30 days left" does not include exactly 30 days.
    assertEquals(TokenStatus.ACTIVE, at(window));
    assertEquals(TokenStatus.EXPIRING, at(window.minus(milli)));
    assertEquals(TokenStatus.EXPIRING, at(milli));
    assertEquals(TokenStatus.EXPIRED, at(Duration.ZERO));
    assertEquals(TokenStatus.EXPIRED, at(milli.negated()));
  }

  @Test
  void revokedWinsOverEverything() {
    ServiceToken revoked = token(END.minus(Duration.ofDays(100)));
    for (int days : List.of(-400, -10, 0, 10)) {
      assertEquals(TokenStatus.REVOKED, revoked.statusAt(END.plus(Duration.ofDays(days))));
    }
    assertEquals(TokenStatus.REVOKED, token(END.plusSeconds(1)).statusAt(END.plusSeconds(2)));
  }

  @Test
  void textsAreReadBackExactly() {
    for (TokenStatus status : TokenStatus.values()) {
      assertEquals(status, TokenStatus.parse(status.text()).orElseThrow());
    }
    assertEquals(Optional.empty(), TokenStatus.parse("ACTIVE"));
  }

  @Test
  void theSubjectNamesGroupAndToken() {
    assertEquals("service-token:group:default/platform:n", token(null).subject());
  }
}
