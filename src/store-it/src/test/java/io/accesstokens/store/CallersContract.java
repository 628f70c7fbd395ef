package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The contract of {@link io.accesstokens.token.store.TokenStore} for the callers of tokens. */
public abstract class CallersContract extends RotationContract {

  private static final String CURL = "curl/8.5.0";

  private static TokenCaller caller(
      int secret,
      boolean accepted,
      @Nullable String address,
      @Nullable String client,
      long uses,
      Instant lastUsedAt) {
    return new TokenCaller(
        new TokenCaller.Key(secret, accepted, address, client), uses, lastUsedAt);
  }

  private static TokenCaller accepted(int secret, int number, long uses, Instant lastUsedAt) {
    return caller(secret, true, "192.0.2." + number, CURL, uses, lastUsedAt);
  }

  private static TokenCaller refused(int secret, int number, long uses, Instant lastUsedAt) {
    return caller(secret, false, "192.0.2." + number, CURL, uses, lastUsedAt);
  }

  private static List<TokenCaller> accepted(int secret, int callers, Instant firstAt) {
    return IntStream.range(0, callers)
        .mapToObj(i -> accepted(secret, i, 1, firstAt.plusSeconds(i)))
        .toList();
  }

  private static List<TokenCaller> refused(int secret, int callers, Instant firstAt) {
    return IntStream.range(0, callers)
        .mapToObj(i -> refused(secret, i, 1, firstAt.plusSeconds(i)))
        .toList();
  }

  private static TokenUsage usage(List<TokenCaller> callers) {
    UsageCount accepted = UsageCount.NONE;
    UsageCount refused = UsageCount.NONE;
    for (TokenCaller caller : callers) {
      UsageCount count = new UsageCount(caller.uses(), caller.lastUsedAt(), caller.key().address());
      if (caller.key().accepted()) {
        accepted = accepted.plus(count);
      } else {
        refused = refused.plus(count);
      }
    }
    return TokenUsage.of(
            accepted, refused.count(), 0, 0, 0, refused.lastAt(), refused.lastAddress())
        .withCallers(callers);
  }

  private void record(SecretId secret, List<TokenCaller> callers) {
    store.recordUses(Map.of(secret, usage(callers)));
  }

  private void record(SecretId secret, TokenCaller... callers) {
    record(secret, List.of(callers));
  }

  private Set<TokenCaller> callers(UUID tokenId) {
    List<TokenCaller> found = store.reports().callers(tokenId, Instant.EPOCH);
    Set<TokenCaller> distinct = new HashSet<>(found);
    assertEquals(found.size(), distinct.size(), () -> "different callers in " + found);
    return distinct;
  }

  @Test
  void callersOfATokenAreAddedUp() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    SecretsOfToken<ServiceToken> other = SecretsOfToken.service(store, "other");
    assertEquals(Set.of(), callers(token.id()));
    record(token.secret(1), accepted(1, 1, 2, NOON), refused(1, 1, 1, NOON));
    record(other.secret(1), accepted(1, 1, 7, NOON));
    record(token.secret(1), accepted(1, 1, 3, NOON.plusMillis(1)), accepted(1, 2, 1, NOON));
    record(token.secret(1), accepted(1, 1, 1, NOON.minusMillis(1)), refused(1, 1, 4, NOON));
    record(new SecretId(UUID.randomUUID(), 1), accepted(1, 1, 1, NOON));
    assertEquals(
        Set.of(
            accepted(1, 1, 6, NOON.plusMillis(1)), accepted(1, 2, 1, NOON), refused(1, 1, 5, NOON)),
        callers(token.id()));
    assertEquals(Set.of(accepted(1, 1, 7, NOON)), callers(other.id()));
    assertEquals(7, token.store().usage(token.id()).accepted().count());
    assertEquals(List.of(), token.store().usage(token.id()).callers());
  }

  @Test
  void lastUsedRefusedCallersAreFoundByGroup() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    SecretsOfToken<ServiceToken> other = SecretsOfToken.service(store, "other");
    Instant later = NOON.plusSeconds(1);
    record(
        token.secret(1), accepted(1, 1, 2, later), refused(1, 1, 1, NOON), refused(1, 2, 1, later));
    record(other.secret(1), refused(1, 3, 7, later));
    Optional<Set<EntityRef>> all = Optional.empty();
    Optional<Set<EntityRef>> own = Optional.of(Set.of(token.token().group()));
    Map<UUID, List<TokenCaller>> latest =
        Map.of(
            token.id(),
            List.of(refused(1, 2, 1, later)),
            other.id(),
            List.of(refused(1, 3, 7, later)));
    assertEquals(latest, store.reports().refusedCallers(all, later, 10));
    assertEquals(latest, store.reports().refusedCallers(own, NOON, 2));
    assertEquals(1, store.reports().refusedCallers(all, NOON, 1).size());
    assertEquals(
        Map.of(),
        store.reports().refusedCallers(Optional.of(Set.of(Samples.group("none"))), NOON, 9));
    assertEquals(Map.of(), store.reports().refusedCallers(Optional.of(Set.of()), NOON, 9));
  }

  @Test
  void usesCountForTheDayOfTheLastUse() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    Instant midnight = Instant.parse("2026-03-02T00:00:00Z");
    record(token.secret(1), accepted(1, 1, 5, midnight.minusMillis(1)));
    record(token.secret(1), accepted(1, 1, 2, midnight));
    assertEquals(Set.of(accepted(1, 1, 2, midnight)), callers(token.id()));
    record(token.secret(1), accepted(1, 1, 9, midnight.minusMillis(1)));
    assertEquals(Set.of(accepted(1, 1, 2, midnight)), callers(token.id()), "of the day before");
    record(token.secret(1), accepted(1, 1, 3, midnight.plusMillis(1)));
    Set<TokenCaller> sum = Set.of(accepted(1, 1, 5, midnight.plusMillis(1)));
    assertEquals(sum, callers(token.id()));
  }

  @Test
  void callerWithTheTimeOfAWrongClockIsCountedAnew() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    record(token.secret(1), accepted(1, 1, 5, NOON.plus(Duration.ofDays(2))));
    record(token.secret(1), accepted(1, 1, 2, NOON));
    assertEquals(Set.of(accepted(1, 1, 2, NOON)), callers(token.id()));
    record(token.secret(1), accepted(1, 1, 3, NOON));
    assertEquals(Set.of(accepted(1, 1, 5, NOON)), callers(token.id()));
  }

  @Test
  void keysAreComparedExactly() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    String longest = "f".repeat(UsageCount.MAX_ADDRESS_LENGTH);
    String longestProduct = "P".repeat(ClientInfo.MAX_PRODUCT_LENGTH);
    List<TokenCaller> distinct =
        List.of(
            caller(1, true, "fe80::1%eth0", "a", 1, NOON),
            caller(1, true, "FE80::1%eth0", "a", 1, NOON),
            caller(1, true, "fe80::1%eth0", "A", 1, NOON),
            caller(1, true, "fe80::1%eth0", null, 1, NOON),
            caller(1, true, null, "a", 1, NOON),
            caller(1, true, null, null, 1, NOON),
            caller(1, false, null, null, 1, NOON),
            caller(1, true, longest, longestProduct, 1, NOON),
            caller(1, true, longest, "!#$%&'*+-.^_`|~/!#$%&'*+-.^_`|~", 1, NOON));
    record(token.secret(1), distinct);
    assertEquals(Set.copyOf(distinct), callers(token.id()));
    record(token.secret(1), distinct);
    assertEquals(distinct.size(), callers(token.id()).size());
    callers(token.id()).forEach(caller -> assertEquals(2, caller.uses(), caller::toString));
  }

  @Test
  void leastRecentlyUsedCallersAreReplaced() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    record(token.secret(1), accepted(1, 20, NOON));
    record(token.secret(1), refused(1, 20, NOON));
    Set<TokenCaller> before = callers(token.id());
    assertEquals(40, before.size());
    Instant later = NOON.plusSeconds(100);
    record(token.secret(1), accepted(1, 0, 1, later)); // the oldest caller is used again
    record(token.secret(1), accepted(1, 90, 1, later), accepted(1, 91, 1, later));
    Set<TokenCaller> expected = new HashSet<>(before);
    assertTrue(expected.remove(accepted(1, 0, 1, NOON)));
    assertTrue(expected.remove(accepted(1, 1, 1, NOON.plusSeconds(1))));
    assertTrue(expected.remove(accepted(1, 2, 1, NOON.plusSeconds(2))));
    expected.add(accepted(1, 0, 2, later));
    expected.add(accepted(1, 90, 1, later));
    expected.add(accepted(1, 91, 1, later));
    assertEquals(expected, callers(token.id()));
    record(token.secret(1), accepted(1, 92, 1, NOON.minusSeconds(1))); // older than all others
    assertEquals(expected, callers(token.id()));
  }

  @Test
  void refusedCallersNeverReplaceAcceptedCallers() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    token.rotate(ONE, Duration.ZERO);
    token.rotate(ONE, HOUR);
    record(token.secret(2), accepted(2, 20, ONE));
    record(token.secret(3), accepted(3, 20, ONE));
    Set<TokenCaller> accepted = callers(token.id());
    assertEquals(40, accepted.size());
    for (int secret = 1; secret <= 3; secret++) {
      record(token.secret(secret), refused(secret, 20, TWO.plusSeconds(secret)));
    }
    Set<TokenCaller> expected = new HashSet<>(accepted);
    expected.addAll(
        TokenCaller.merge(
            refused(1, 20, TWO.plusSeconds(1)),
            concat(refused(2, 20, TWO.plusSeconds(2)), refused(3, 20, TWO.plusSeconds(3)))));
    assertEquals(60, callers(token.id()).size());
    assertTrue(callers(token.id()).containsAll(accepted), () -> "" + callers(token.id()));
    assertEquals(expected, callers(token.id()));
  }

  private static List<TokenCaller> concat(List<TokenCaller> first, List<TokenCaller> second) {
    List<TokenCaller> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  @Test
  void useOfAnUnknownSecretCountsForTheCurrentSecret() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    token.rotate(ONE, HOUR);
    store.recordUses(
        Map.of(
            token.secret(2),
            usage(List.of(accepted(2, 1, 1, ONE))),
            token.secret(SecretId.UNKNOWN),
            usage(List.of(accepted(0, 1, 2, ONE), accepted(0, 2, 1, ONE)))));
    assertEquals(Set.of(accepted(2, 1, 3, ONE), accepted(2, 2, 1, ONE)), callers(token.id()));
  }

  @Test
  void acceptedCallersOfEndedSecretsAreForgotten() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    record(token.secret(1), accepted(1, 1, 1, NOON));
    token.rotate(ONE, HOUR);
    record(token.secret(1), accepted(1, 1, 1, ONE), accepted(1, 2, 1, ONE));
    record(token.secret(2), accepted(2, 1, 1, ONE));
    assertEquals(3, callers(token.id()).size(), "both secrets are live");
    token.rotate(TWO, HOUR);
    record(token.secret(1), accepted(1, 3, 1, TWO), refused(1, 3, 1, TWO)); // a late write
    assertEquals(
        Set.of(accepted(2, 1, 1, ONE), refused(1, 3, 1, TWO)),
        callers(token.id()),
        "the first secret has ended");
    token.change(null, state -> token.ended(state.token(), TWO));
    record(token.secret(3), accepted(3, 1, 1, TWO));
    assertEquals(
        Set.of(accepted(3, 1, 1, TWO), refused(1, 3, 1, TWO)),
        callers(token.id()),
        "the second secret has ended");
  }

  @Test
  void rowsOfManyRotationsAreBounded() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    for (int secret = 1; secret <= 30; secret++) {
      record(token.secret(secret), accepted(secret, 20, ONE.plusSeconds(secret)));
      token.rotate(ONE.plusSeconds(secret), HOUR);
    }
    assertTrue(callers(token.id()).size() <= 60, () -> "" + callers(token.id()));
  }

  @Test
  void callersOfPersonalTokensAreNotStored() {
    SecretsOfToken<?> token = SecretsOfToken.personal(store, "ci");
    record(token.secret(1), accepted(1, 1, 1, NOON), refused(1, 1, 1, NOON));
    assertEquals(1, token.store().usage(token.id()).accepted().count());
    assertEquals(Set.of(), callers(token.id()));
  }

  @Test
  void callersOfManyTokensAreRecordedTogether() {
    Map<SecretId, TokenUsage> uses = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci-" + i);
      uses.put(
          token.secret(1), usage(concat(accepted(1, i % 20 + 1, NOON), refused(1, i % 3, NOON))));
    }
    store.recordUses(uses);
    store.recordUses(uses);
    uses.forEach(
        (secret, usage) -> {
          Set<TokenCaller> found = callers(secret.tokenId());
          assertEquals(
              usage.callers().stream().map(TokenCaller::key).collect(Collectors.toSet()),
              found.stream().map(TokenCaller::key).collect(Collectors.toSet()));
          found.forEach(caller -> assertEquals(2, caller.uses(), caller::toString));
        });
  }

  @Test
  void concurrentWritersStayWithinTheBounds() throws Exception {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    List<Thread> writers = new ArrayList<>();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    for (int t = 0; t < 4; t++) {
      int first = t;
      Thread writer =
          new Thread(
              () -> {
                for (int i = 0; i < 10; i++) {
                  int number = first * 20 + i;
                  record(
                      token.secret(1),
                      accepted(1, number, 1, NOON.plusSeconds(number)),
                      accepted(1, 200, 1, NOON.plusSeconds(1_000)),
                      refused(1, number, 1, NOON.plusSeconds(number)));
                }
              });
      writer.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
      writer.start();
      writers.add(writer);
    }
    for (Thread writer : writers) {
      writer.join();
    }
    assertEquals(List.of(), failures);
    Set<TokenCaller> found = callers(token.id());
    assertEquals(40, found.size(), found::toString);
    assertTrue(found.contains(accepted(1, 200, 40, NOON.plusSeconds(1_000))), found::toString);
  }

  @Test
  void oldCallersAreDeleted() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    Instant now = NOON.plus(Duration.ofDays(TokenCaller.KEPT_DAYS));
    record(
        token.secret(1),
        accepted(1, 1, 1, NOON.minusSeconds(1)),
        refused(1, 1, 1, NOON.minusSeconds(1)),
        accepted(1, 2, 1, NOON));
    assertEquals(
        List.of(accepted(1, 2, 1, NOON)),
        store.reports().callers(token.id(), NOON),
        "only recent callers are read");
    assertEquals(3, callers(token.id()).size());
    store.maintain(now);
    assertEquals(Set.of(accepted(1, 2, 1, NOON)), callers(token.id()));
    store.maintain(now.plusMillis(1));
    assertEquals(Set.of(), callers(token.id()));
  }

  @Test
  void callersWithTheTimeOfAWrongClockAreReplacedFirst() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    Instant later = NOON.plus(UsageCount.MAX_RECORDING_DELAY).plusMillis(1);
    List<TokenCaller> wrong = accepted(1, 20, later);
    record(token.secret(1), wrong);
    record(token.secret(1), accepted(1, 90, 1, NOON));
    Set<TokenCaller> expected = new HashSet<>(wrong.subList(1, 20));
    expected.add(accepted(1, 90, 1, NOON));
    assertEquals(expected, callers(token.id()));
    record(token.secret(1), accepted(1, 91, 1, later));
    expected.remove(accepted(1, 90, 1, NOON));
    expected.add(accepted(1, 91, 1, later));
    assertEquals(expected, callers(token.id()), "the other callers are not later by a day");
  }

  @Test
  void allCallersCanBeDeleted() {
    Map<SecretId, TokenUsage> uses = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci-" + i);
      uses.put(token.secret(1), usage(concat(accepted(1, 20, NOON), refused(1, 20, NOON))));
    }
    store.recordUses(uses);
    store.deleteCallers();
    uses.keySet().forEach(secret -> assertEquals(Set.of(), callers(secret.tokenId())));
    store.deleteCallers();
    SecretId any = uses.keySet().iterator().next();
    assertEquals(20, store.usage(any.tokenId()).accepted().count());
  }
}
