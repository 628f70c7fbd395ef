package io.accesstokens.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.token.UuidGenerator;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpiryThresholdsTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final UuidGenerator IDS = new UuidGenerator(new SecureRandom());

  /** Durations are in hours. The last column is the suffix of the key of the notice. */
  @ParameterizedTest
  @CsvSource({
    "8760, 1441, none",
    "8760, 1440, 60",
    "8760, 721, 60",
    "8760, 720, 30",
    "8760, 400, 30",
    "8760, 20, 1",
    "8760, 0, expired",
    "8760, -168, expired",
    "8760, -169, none",
    "720, 720, none", // 30 days are not below the lifetime of 30 days
    "721, 720, 30",
    "720, 336, 14",
    "24, 20, none",
    "24, 0, expired",
    "1, 0, expired"
  })
  void smallestReachedThresholdBelowTheLifetimeIsDue(int lifetime, int left, String expected) {
    Instant expiresAt = NOW.plus(Duration.ofHours(left));
    ExpiringToken token = token(Duration.ofHours(lifetime), expiresAt);
    assertEquals(
        expected,
        new ExpiryThresholds(List.of(60, 30, 14, 7, 1))
            .due(token, NOW, IDS)
            .map(notice -> notice.key().substring(notice.key().lastIndexOf(':') + 1))
            .orElse("none"));
  }

  /** Returns a token that is older than the lifetime of its secret, as after rotations. */
  private static ExpiringToken token(Duration lifetime, Instant expiresAt) {
    return new ExpiringToken(
        new NoticeToken(
            RawToken.Kind.SERVICE,
            UUID.randomUUID(),
            "ci",
            "bsat_abcdefg",
            EntityRef.parseGroup("platform").orElseThrow(),
            expiresAt.minus(Duration.ofDays(1_000)),
            expiresAt),
        lifetime);
  }

  @Test
  void keyNamesTheExpiry() {
    ExpiringToken token = token(Duration.ofSeconds(1), NOW);
    assertEquals(
        token.token().id() + ":2026-03-01T12:00:00.123Z:expired",
        new ExpiryThresholds(List.of()).due(token, NOW, IDS).orElseThrow().key());
  }

  @Test
  void intervalContainsAllTokensWithNotices() {
    ExpiryThresholds thresholds = new ExpiryThresholds(List.of(7, 60, 7, 1));
    assertEquals(NOW.plus(Duration.ofDays(60)), thresholds.latestExpiry(NOW));
    assertEquals(NOW.minus(ExpiryThresholds.MAX_AGE), thresholds.earliestExpiry(NOW));
    assertEquals(NOW, new ExpiryThresholds(List.of()).latestExpiry(NOW));
    assertThrows(IllegalArgumentException.class, () -> new ExpiryThresholds(List.of(0)));
  }
}
