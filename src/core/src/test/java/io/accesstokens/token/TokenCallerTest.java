package io.accesstokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests how the uses of callers are added up, and how many callers are kept. */
class TokenCallerTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static TokenCaller caller(
      int secret, boolean accepted, String address, long uses, Instant lastUsedAt) {
    return new TokenCaller(
        new TokenCaller.Key(secret, accepted, address, "curl/8.5.0"), uses, lastUsedAt);
  }

  private static List<TokenCaller> callers(int secret, boolean accepted, int number, Instant from) {
    return IntStream.range(0, number)
        .mapToObj(i -> caller(secret, accepted, "192.0.2." + i, 1, from.plusSeconds(i)))
        .toList();
  }

  @Test
  void usesOfOneCallerAreAddedUp() {
    TokenCaller first = caller(1, true, "192.0.2.1", 2, NOON);
    TokenCaller later = caller(1, true, "192.0.2.1", 3, NOON.plusSeconds(1));
    TokenCaller sum = caller(1, true, "192.0.2.1", 5, NOON.plusSeconds(1));
    assertEquals(List.of(sum), TokenCaller.merge(List.of(first), List.of(later)));
    assertEquals(List.of(sum), TokenCaller.merge(List.of(later), List.of(first)));
    assertEquals(List.of(sum), TokenCaller.merge(List.of(), List.of(first, later)));
  }

  @Test
  void onlyUsesOnTheDayOfTheLastUseCount() {
    TokenCaller today = caller(1, true, "192.0.2.1", 2, NOON);
    TokenCaller tomorrow = caller(1, true, "192.0.2.1", 3, NOON.plus(12, ChronoUnit.HOURS));
    assertEquals(List.of(tomorrow), TokenCaller.merge(List.of(today), List.of(tomorrow)));
    assertEquals(List.of(tomorrow), TokenCaller.merge(List.of(tomorrow), List.of(today)));
    assertEquals(3, tomorrow.usesOn(LocalDate.parse("2026-03-02")));
    assertEquals(0, tomorrow.usesOn(LocalDate.parse("2026-03-01")));
    assertEquals(0, tomorrow.usesOn(LocalDate.parse("2026-03-03")));
  }

  @Test
  void eachMemberOfTheKeyIsDistinct() {
    TokenCaller.Key key = new TokenCaller.Key(1, true, "192.0.2.1", "curl/8");
    List<TokenCaller> distinct =
        List.of(
                key,
                key.withSecret(2),
                new TokenCaller.Key(1, false, "192.0.2.1", "curl/8"),
                new TokenCaller.Key(1, true, "192.0.2.2", "curl/8"),
                new TokenCaller.Key(1, true, null, "curl/8"),
                new TokenCaller.Key(1, true, "192.0.2.1", "Curl/8"),
                new TokenCaller.Key(1, true, "192.0.2.1", null),
                new TokenCaller.Key(1, true, null, null))
            .stream()
            .map(each -> new TokenCaller(each, 1, NOON))
            .toList();
    List<TokenCaller> merged = TokenCaller.merge(distinct, distinct);
    assertEquals(8, merged.size(), () -> "" + merged);
    assertTrue(merged.stream().allMatch(caller -> caller.uses() == 2), () -> "" + merged);
  }

  @Test
  void leastRecentlyUsedCallersAreReplaced() {
    List<TokenCaller> before = callers(1, true, 30, NOON);
    List<TokenCaller> merged = TokenCaller.merge(before, List.of());
    assertEquals(20, merged.size());
    assertEquals(before.get(29), merged.get(0), "the last used caller is first");
    assertEquals(before.get(10), merged.get(19));
    TokenCaller used = caller(1, true, "192.0.2.10", 1, NOON.plusSeconds(100));
    TokenCaller other = caller(1, true, "198.51.100.1", 1, NOON.plusSeconds(99));
    List<TokenCaller> again = TokenCaller.merge(merged, List.of(other, used));
    assertEquals(20, again.size());
    assertEquals("192.0.2.10", again.get(0).key().address());
    assertEquals(2, again.get(0).uses());
    assertEquals(other, again.get(1));
    assertEquals(before.get(12), again.get(19), "the caller that was not used longest is gone");
  }

  @Test
  void refusedCallersNeverReplaceAcceptedCallers() {
    List<TokenCaller> accepted = new ArrayList<>(callers(1, true, 20, NOON));
    accepted.addAll(callers(2, true, 20, NOON));
    List<TokenCaller> refused = new ArrayList<>();
    for (int secret = 0; secret < 10; secret++) {
      refused.addAll(callers(secret, false, 100, NOON.plusSeconds(1_000)));
    }
    List<TokenCaller> merged = TokenCaller.merge(accepted, refused);
    assertEquals(60, merged.size());
    assertTrue(merged.containsAll(accepted), () -> "" + merged);
  }

  @Test
  void acceptedCallersOfEndedSecretsAreNotKept() {
    Set<Integer> live = Set.of(3, 2);
    assertTrue(caller(3, true, "192.0.2.1", 1, NOON).isKeptFor(live));
    assertTrue(caller(2, true, "192.0.2.1", 1, NOON).isKeptFor(live));
    assertFalse(caller(1, true, "192.0.2.1", 1, NOON).isKeptFor(live));
    assertTrue(caller(1, false, "192.0.2.1", 1, NOON).isKeptFor(live));
  }
}
