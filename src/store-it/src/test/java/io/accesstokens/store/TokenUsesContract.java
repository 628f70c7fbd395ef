package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.store.TokenStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The contract of {@link TokenStore} for the uses of tokens. */
public abstract class TokenUsesContract extends TokenUpdateContract {

  @Test
  void lastUseMovesOnlyForwardAndReactivatesNothing() {
    ServiceToken live = put(store, token("live"));
    ServiceToken dead = put(store, token("dead"));
    revoke(store, dead.id(), NOON);
    Instant later = NOON.plusMillis(5);
    TokenUsage uses = accepted(1, later, "192.0.2.1");
    Samples.recordUses(store, Map.of(live.id(), uses, dead.id(), uses, UUID.randomUUID(), uses));
    Samples.recordUses(store, Map.of(live.id(), accepted(1, NOON, "192.0.2.2")));
    Samples.recordUses(store, Map.of());
    assertEquals(later, store.find(live.id()).orElseThrow().lastUsedAt());
    ServiceToken stillDead = store.find(dead.id()).orElseThrow();
    assertEquals(later, stillDead.lastUsedAt());
    assertEquals(NOON, stillDead.revokedAt());
    assertEquals(live.expiresAt(), store.find(live.id()).orElseThrow().expiresAt());
    assertEquals(accepted(2, later, "192.0.2.1"), store.usage(live.id()));
  }

  private static TokenUsage accepted(long count, Instant lastAt, @Nullable String lastAddress) {
    return TokenUsage.of(new UsageCount(count, lastAt, lastAddress), 0, 0, null, null);
  }

  @Test
  void newAndUnknownTokensAreUnused() {
    assertEquals(TokenUsage.NONE, store.usage(put(store, token("ci")).id()));
    UUID unknown = UUID.randomUUID();
    Samples.recordUses(store, Map.of(unknown, accepted(1, NOON, null)));
    assertEquals(TokenUsage.NONE, store.usage(unknown));
  }

  @Test
  void refusedUsesAreOnlyCountedByReason() {
    ServiceToken token = put(store, token("ci"));
    Instant later = NOON.plusMillis(7);
    Samples.recordUses(
        store, Map.of(token.id(), TokenUsage.of(UsageCount.NONE, 2, 3, later, "2001:db8::1")));
    Samples.recordUses(
        store, Map.of(token.id(), TokenUsage.of(UsageCount.NONE, 4, 0, 5, 2, NOON, "192.0.2.1")));
    assertEquals(
        TokenUsage.of(UsageCount.NONE, 6, 3, 5, 2, later, "2001:db8::1"), store.usage(token.id()));
    assertEquals(Optional.of(token), store.find(token.id()), "no other column was touched");
  }

  @Test
  void acceptedAndRefusedUsesHaveSeparateLastUses() {
    ServiceToken token = put(store, token("ci"));
    Instant later = NOON.plusSeconds(1);
    UsageCount accepted = new UsageCount(1, later, "192.0.2.1");
    Samples.recordUses(store, Map.of(token.id(), TokenUsage.of(accepted, 0, 1, NOON, "192.0.2.2")));
    UsageCount again = new UsageCount(1L << 40, later.plusSeconds(1), null);
    String longest = "f".repeat(UsageCount.MAX_ADDRESS_LENGTH);
    Samples.recordUses(store, Map.of(token.id(), TokenUsage.of(again, 0, 1, later, longest)));
    assertEquals(
        TokenUsage.of(
            new UsageCount((1L << 40) + 1, later.plusSeconds(1), null), 0, 2, later, longest),
        store.usage(token.id()));
  }

  @Test
  void parallelUsesAreAllCounted() throws Exception {
    Map<UUID, TokenUsage> uses = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      Instant at = NOON.plusSeconds(i);
      uses.put(
          put(store, token("ci-" + i)).id(),
          TokenUsage.of(new UsageCount(1, at, "192.0.2.1"), 1, 0, at, null));
    }
    List<Object> results =
        ConcurrentCalls.run(
            4,
            i ->
                () -> {
                  for (int times = 0; times < 5; times++) {
                    Samples.recordUses(store, uses);
                  }
                  return "";
                });
    assertEquals(List.of("", "", "", ""), results);
    uses.forEach(
        (id, one) -> {
          Instant at = one.accepted().lastAt();
          assertEquals(at, store.find(id).orElseThrow().lastUsedAt());
          assertEquals(
              TokenUsage.of(new UsageCount(20, at, "192.0.2.1"), 20, 0, at, null), store.usage(id));
        });
  }
}
