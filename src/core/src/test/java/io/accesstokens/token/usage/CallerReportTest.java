package io.accesstokens.token.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.token.usage.CallerReport.Secret;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which callers a report contains. */
class CallerReportTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant EXPIRY = NOON.plus(Duration.ofDays(30));
  private static final Instant GRACE_END = NOON.plusSeconds(600);

  private static ServiceToken token(int number, @Nullable PreviousSecret previous) {
    ServiceToken token =
        new ServiceToken(
            new UUID(0, 1),
            "job",
            "Runs at night",
            "bsat_0123456",
            new EntityRef(EntityRef.GROUP, "default", "team"),
            List.of("catalog:read"),
            "user:default/ada",
            NOON,
            EXPIRY,
            null,
            null,
            null);
    return AccessToken.withSecrets(
        token,
        token.tokenPrefix(),
        EXPIRY,
        new TokenSecrets(number, NOON, null, Duration.ofDays(30), previous));
  }

  /** Returns a token with the current secret 3 and the previous secret 2. */
  private static ServiceToken rotated() {
    return token(3, new PreviousSecret(2, "bsat_previou", GRACE_END, false));
  }

  private static TokenCaller caller(int secret, boolean accepted, int second) {
    return new TokenCaller(
        new TokenCaller.Key(secret, accepted, "192.0.2." + second, "curl/8"),
        5,
        NOON.plusSeconds(second));
  }

  private static List<Secret> secrets(List<CallerReport> report) {
    return report.stream().map(CallerReport::secret).toList();
  }

  @Test
  void secretsHaveTheirPresentState() {
    List<TokenCaller> callers =
        List.of(
            caller(3, true, 5),
            caller(2, true, 4),
            caller(1, true, 3),
            caller(2, false, 2),
            caller(1, false, 1));
    List<CallerReport> report = CallerReport.of(rotated(), callers, NOON.plusSeconds(10));
    assertEquals(
        List.of(Secret.CURRENT, Secret.PREVIOUS, Secret.PREVIOUS, Secret.ENDED), secrets(report));
    assertEquals(
        new CallerReport(Secret.CURRENT, true, "192.0.2.5", "curl/8", 5, NOON.plusSeconds(5)),
        report.get(0));
    List<CallerReport> afterGrace = CallerReport.of(rotated(), callers, GRACE_END);
    assertEquals(List.of(Secret.CURRENT, Secret.ENDED, Secret.ENDED), secrets(afterGrace));
    ServiceToken revoked = AccessToken.revoked(rotated(), NOON, "user:default/ada");
    assertEquals(
        List.of(Secret.CURRENT, Secret.ENDED, Secret.ENDED),
        secrets(CallerReport.of(revoked, callers, NOON.plusSeconds(10))));
    assertEquals(
        List.of(Secret.CURRENT),
        secrets(CallerReport.of(token(2, null), List.of(caller(3, true, 1)), NOON)),
        "rotated after the token was read");
  }

  @Test
  void usesOfEarlierDaysAreNotOfToday() {
    List<TokenCaller> callers = List.of(caller(3, true, 1));
    Instant midnight = Instant.parse("2026-03-02T00:00:00Z");
    assertEquals(
        5, CallerReport.of(rotated(), callers, midnight.minusMillis(1)).get(0).usesToday());
    assertEquals(0, CallerReport.of(rotated(), callers, midnight).get(0).usesToday());
  }

  @Test
  void groupsShareTheReport() {
    List<TokenCaller> callers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      callers.add(caller(3, true, i));
      callers.add(caller(1, false, 100 + i)); // all later than the accepted callers
    }
    callers.add(caller(2, true, 50));
    Collections.shuffle(callers, new Random(1));
    List<CallerReport> report = CallerReport.of(rotated(), callers, NOON.plusSeconds(200));
    assertEquals(20, report.size());
    assertEquals(1, Collections.frequency(secrets(report), Secret.PREVIOUS));
    long current = report.stream().filter(caller -> caller.secret() == Secret.CURRENT).count();
    long ended = report.stream().filter(caller -> caller.secret() == Secret.ENDED).count();
    assertTrue(current >= 9 && ended >= 9, () -> "" + report);
    assertEquals(
        report.stream().sorted(Comparator.comparing(CallerReport::lastUsedAt).reversed()).toList(),
        report,
        "the last used caller is first");
    assertTrue(
        report.stream().anyMatch(caller -> caller.lastUsedAt().equals(NOON.plusSeconds(19))),
        "the last used caller of a group has a place");
  }

  @Test
  void oneGroupCanFillTheReport() {
    List<TokenCaller> callers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      callers.add(caller(3, true, i));
    }
    assertEquals(20, CallerReport.of(rotated(), callers, NOON.plusSeconds(60)).size());
    assertEquals(List.of(), CallerReport.of(rotated(), List.of(), NOON));
  }
}
