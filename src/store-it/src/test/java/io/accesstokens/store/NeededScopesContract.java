package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.token.NeededScope;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.RawToken;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link io.accesstokens.token.store.TokenStore} for the scopes that verifiers
 * needed.
 */
public abstract class NeededScopesContract extends CallersContract {

  private static final String READ = "catalog:read";

  /** A scope that differs from {@link #READ} only in the case of a letter. */
  private static final String UPPER = "catalog:Read";

  private static final String LONGEST = "a".repeat(254) + "~";

  private static TokenUsage needed(Map<String, Instant> scopes) {
    return TokenUsage.NONE.withNeededScopes(scopes);
  }

  private void record(SecretId secret, Map<String, Instant> scopes) {
    store.recordUses(Map.of(secret, needed(scopes)));
  }

  private Set<NeededScope> neededScopes(UUID tokenId) {
    List<NeededScope> found = store.reports().neededScopes(tokenId);
    Set<NeededScope> distinct = new HashSet<>(found);
    assertEquals(found.size(), distinct.size(), () -> "different scopes in " + found);
    return distinct;
  }

  private static NeededScope scope(String scope, Instant first, Instant last) {
    return new NeededScope(scope, first, last);
  }

  @Test
  void firstAndLastNeedOfEachScopeAreStored() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    SecretsOfToken<ServiceToken> other = SecretsOfToken.service(store, "other");
    assertEquals(Set.of(), neededScopes(token.id()));
    record(token.secret(1), Map.of(READ, NOON, UPPER, ONE));
    record(other.secret(1), Map.of(LONGEST, ONE));
    record(token.secret(1), Map.of(READ, TWO, UPPER, NOON.plusMillis(1)));
    assertEquals(
        Set.of(scope(READ, NOON, TWO), scope(UPPER, NOON.plusMillis(1), ONE)),
        neededScopes(token.id()),
        "an earlier time does not replace a later one");
    assertEquals(Set.of(scope(LONGEST, ONE, ONE)), neededScopes(other.id()));
    assertEquals(TokenUsage.NONE, store.usage(token.id()), "a need is not a use");
    assertEquals(List.of(), store.reports().usesByDay(token.id(), LocalDate.EPOCH));
  }

  @Test
  void timeOfAWrongClockIsReplaced() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    Instant latest = NOON.plus(UsageCount.MAX_RECORDING_DELAY);
    record(token.secret(1), Map.of(READ, latest.plusMillis(1), UPPER, latest));
    record(token.secret(1), Map.of(READ, NOON, UPPER, NOON));
    assertEquals(
        Set.of(scope(READ, NOON, NOON), scope(UPPER, NOON, latest)), neededScopes(token.id()));
  }

  @Test
  void needsWithBothSecretsBelongToTheToken() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    token.rotate(NOON, HOUR);
    UsageCount use = new UsageCount(1, ONE, null);
    TokenUsage used = TokenUsage.of(use, 0, 0, null, null);
    store.recordUses(
        Map.of(
            token.secret(1),
            used.withNeededScopes(Map.of(READ, TWO, UPPER, NOON)),
            token.secret(2),
            used.withNeededScopes(Map.of(READ, ONE, LONGEST, ONE)),
            new SecretId(token.id(), SecretId.UNKNOWN),
            needed(Map.of(UPPER, ONE))));
    assertEquals(
        Set.of(scope(READ, ONE, TWO), scope(UPPER, NOON, ONE), scope(LONGEST, ONE, ONE)),
        neededScopes(token.id()));
    assertEquals(2, store.usage(token.id()).accepted().count());
    assertEquals(Map.of(), store.usage(token.id()).neededScopes());
  }

  @Test
  void needsOfOtherTokensAreIgnored() {
    SecretsOfToken<?> personal = token(RawToken.Kind.PERSONAL);
    SecretId unknown = new SecretId(UUID.randomUUID(), 1);
    record(personal.secret(1), Map.of(READ, NOON));
    record(unknown, Map.of(READ, NOON));
    assertEquals(Set.of(), neededScopes(personal.id()));
    assertEquals(Set.of(), neededScopes(unknown.tokenId()));
  }

  /** Replicas write the same scopes of the same tokens, each in another order. */
  @Test
  void concurrentWritersStoreTheFirstAndLastTimes() throws Exception {
    List<SecretsOfToken<ServiceToken>> tokens =
        IntStream.range(0, 8).mapToObj(i -> SecretsOfToken.service(store, "ci" + i)).toList();
    List<String> scopes = IntStream.range(0, 10).mapToObj(i -> "scope:" + i).toList();
    List<Object> results =
        ConcurrentCalls.run(
            6,
            writer ->
                () -> {
                  for (int round = 0; round < 10; round++) {
                    Instant at = NOON.plusMillis(writer * 10L + round);
                    Map<String, Instant> times = new HashMap<>();
                    scopes.forEach(scope -> times.put(scope, at));
                    Map<SecretId, TokenUsage> batch = new HashMap<>();
                    tokens.forEach(token -> batch.put(token.secret(1), needed(times)));
                    store.recordUses(batch);
                  }
                  return "done";
                });
    assertEquals(Collections.nCopies(6, "done"), results);
    for (SecretsOfToken<ServiceToken> token : tokens) {
      Set<NeededScope> found = neededScopes(token.id());
      assertEquals(10, found.size(), found::toString);
      found.forEach(scope -> assertEquals(scope(scope.scope(), NOON, NOON.plusMillis(59)), scope));
    }
  }
}
