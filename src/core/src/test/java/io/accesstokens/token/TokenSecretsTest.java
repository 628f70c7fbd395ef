package io.accesstokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TokenSecretsTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final LocalDate DAY = LocalDate.parse("2026-03-01");
  private static final TokenSecrets SECRETS =
      new TokenSecrets(
          3,
          NOW,
          null,
          Duration.ofDays(30),
          new PreviousSecret(1, "bsat_previou", NOW.plusSeconds(60), false));

  private static UsageCount uses(long count, Instant last, String address) {
    return new UsageCount(count, last, address);
  }

  @Test
  void useOfTheCurrentSecretIsRecorded() {
    TokenSecrets used = SECRETS.used(3, uses(2, NOW.plusSeconds(5), "192.0.2.1"), DAY);
    assertEquals(NOW.plusSeconds(5), used.usedAt());
    assertEquals(SECRETS.previous(), used.previous());
    assertSame(used, used.used(3, uses(1, NOW.plusSeconds(4), "192.0.2.1"), DAY), "an earlier use");
  }

  @Test
  void useOfThePreviousSecretIsRecordedApart() {
    TokenSecrets used = SECRETS.used(1, uses(2, NOW, "192.0.2.1"), DAY);
    assertEquals(null, used.usedAt());
    PreviousSecret previous = Objects.requireNonNull(used.previous());
    assertEquals(NOW, previous.lastUsedAt());
    assertEquals("192.0.2.1", previous.lastUsedAddress());
    assertEquals(2, previous.usesOn(DAY));
    assertEquals(0, previous.usesOn(DAY.plusDays(1)));
  }

  @Test
  void usesOfOtherSecretsAreNotRecorded() {
    for (int number : new int[] {0, 2, 4}) {
      assertSame(SECRETS, SECRETS.used(number, uses(1, NOW, "192.0.2.1"), DAY), "number " + number);
    }
  }

  @Test
  void usesOfThePreviousSecretCountByDay() {
    PreviousSecret today =
        new PreviousSecret(1, "bsat_previou", NOW, false)
            .used(uses(2, NOW, "192.0.2.1"), DAY)
            .used(uses(3, NOW.minusSeconds(1), "192.0.2.2"), DAY);
    assertEquals(5, today.usesOn(DAY));
    assertEquals("192.0.2.1", today.lastUsedAddress(), "the address of the last use");
    PreviousSecret late =
        today.used(uses(1, NOW.minusSeconds(86_400), "192.0.2.3"), DAY.minusDays(1));
    assertEquals(today, late, "an earlier day is not counted");
    PreviousSecret tomorrow =
        today.used(uses(1, NOW.plusSeconds(86_400), "192.0.2.3"), DAY.plusDays(1));
    assertEquals(1, tomorrow.usesOn(DAY.plusDays(1)));
    assertEquals(0, tomorrow.usesOn(DAY));
  }
}
