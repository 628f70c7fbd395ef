package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.current;
import static io.accesstokens.store.Samples.digest;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.UseLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract of a store for changes of tokens. */
public abstract class TokenUpdateContract extends TokenStoreContract {

  private static final Instant SOON = NOON.plus(Duration.ofDays(2));

  private static final UseLimits LIMITS =
      new UseLimits(
          IntStream.range(0, UseLimits.MAX_ADDRESSES)
              .mapToObj(i -> AddressRange.parse("2001:db8:ffff:eeee:dddd:cccc:bbbb:" + i))
              .map(Optional::orElseThrow)
              .toList(),
          UseLimits.MAX_REQUESTS_PER_MINUTE);

  private static final String EMOJI = "\uD83D\uDE00";

  /** Returns the event of a change by Carol. */
  private static AuditEvent updated(UUID id, Instant at) {
    return new AuditEvent(
        UUID.randomUUID(),
        id,
        AuditEvent.Type.UPDATED,
        "user:default/carol",
        Map.of(AuditEvent.FIELDS, "description"),
        at);
  }

  private static TokenUpdate describe(ServiceToken token, String description) {
    return new TokenUpdate(
        token.changed(description, token.scopes(), token.expiresAt(), token.limits()),
        updated(token.id(), NOON.plusMillis(1)));
  }

  @Test
  void updateIsStoredWithItsEvent() {
    ServiceToken token = put(store, token("ci"));
    ServiceToken other = put(store, token("other"));
    AuditEvent event = updated(token.id(), NOON.plusSeconds(1));
    ServiceToken expected = token.changed(EMOJI.repeat(500), List.of("a\"b", "c"), SOON, LIMITS);
    StoredChange<Optional<TokenUpdate>> written =
        store.update(
            token.id(),
            found -> {
              assertEquals(token, found);
              return new TokenUpdate(expected, event);
            });
    assertEquals(
        new StoredChange<>(
            Optional.of(new TokenUpdate(expected, event)), Set.of(digest(token.id()))),
        written);
    assertEquals(Optional.of(expected), store.find(token.id()));
    assertEquals(Optional.of(current(expected)), store.findByDigest(digest(token.id())));
    assertEquals(event, store.auditLog(token.id(), 0, 50).items().get(0));
    assertEquals(2, store.auditLog(token.id(), 0, 50).total().count());
    assertEquals(Optional.of(other), store.find(other.id()));
  }

  @Test
  void limitsAreStoredAndRemoved() {
    ServiceToken token = token("ci");
    ServiceToken limited =
        token.changed(token.description(), token.scopes(), token.expiresAt(), LIMITS);
    put(store, limited);
    assertEquals(Optional.of(limited), store.find(token.id()));
    assertEquals(
        Map.of(digest(token.id()), current(limited)),
        store.findByDigests(Set.of(digest(token.id()))));
    UseLimits one = new UseLimits(List.of(), 1);
    for (UseLimits limits : List.of(one, UseLimits.NONE, LIMITS, UseLimits.NONE)) {
      ServiceToken expected =
          token.changed(token.description(), token.scopes(), token.expiresAt(), limits);
      store.update(token.id(), found -> new TokenUpdate(expected, updated(token.id(), NOON)));
      assertEquals(Optional.of(expected), store.find(token.id()));
    }
  }

  @Test
  void updateWithoutAnEventChangesNothing() {
    ServiceToken token = put(store, token("ci"));
    assertEquals(
        Optional.of(TokenUpdate.unchanged(token)),
        store.update(token.id(), TokenUpdate::unchanged).result());
    assertEquals(Optional.of(token), store.find(token.id()));
    assertEquals(1, store.auditLog(token.id(), 0, 50).total().count());
  }

  @Test
  void unknownTokenIsNotUpdated() {
    StoredChange<Optional<TokenUpdate>> none =
        store.update(
            UUID.randomUUID(),
            token -> {
              throw new AssertionError("there is no token");
            });
    assertEquals(new StoredChange<>(Optional.empty(), Set.of()), none);
  }

  @Test
  void failedUpdateChangesNothing() {
    ServiceToken token = put(store, token("ci"));
    IllegalStateException failure = new IllegalStateException("not permitted");
    assertSame(
        failure,
        assertThrows(
            IllegalStateException.class,
            () ->
                store.update(
                    token.id(),
                    found -> {
                      throw failure;
                    })));
    assertEquals(Optional.of(token), store.find(token.id()));
    assertEquals(1, store.auditLog(token.id(), 0, 50).total().count());
    store.update(token.id(), found -> describe(found, "later"));
    assertEquals("later", store.find(token.id()).orElseThrow().description());
  }

  @Test
  void usageIsKept() {
    ServiceToken token = put(store, token("ci"));
    Instant used = NOON.plusSeconds(5);
    store.update(
        token.id(),
        found -> {
          assertEquals(null, found.lastUsedAt());
          return describe(found, "unused");
        });
    Samples.recordUses(
        store, Map.of(token.id(), TokenUsage.of(new UsageCount(3, used, null), 0, 0, null, null)));
    store.update(token.id(), found -> describe(found, "used"));
    ServiceToken changed = store.find(token.id()).orElseThrow();
    assertEquals(used, changed.lastUsedAt());
    assertEquals("used", changed.description());
    assertEquals(3, store.usage(token.id()).accepted().count());
  }

  @Test
  void statusAndSearchFollowTheUpdate() {
    ServiceToken token = put(store, token("ci"));
    ServiceToken other = put(store, token("other"));
    store.update(
        token.id(),
        found ->
            new TokenUpdate(
                found.changed("For the Nightly report", found.scopes(), SOON, found.limits()),
                updated(found.id(), NOON)));
    assertEquals(List.of(other.id()), listed(TokenStatus.ACTIVE, NOON));
    assertEquals(List.of(token.id()), listed(TokenStatus.EXPIRING, NOON));
    assertEquals(List.of(token.id()), listed(TokenStatus.EXPIRED, SOON));
    store.maintain(SOON.plusSeconds(120));
    assertEquals(List.of(token.id()), listed(TokenStatus.EXPIRED, SOON.plusSeconds(120)));
    assertEquals(List.of(token.id()), found("nightly"));
    assertEquals(List.of(other.id()), found("what it is for"));
  }

  private List<UUID> listed(TokenStatus status, Instant now) {
    return store.list(Samples.of(status), now).tokens().stream().map(ServiceToken::id).toList();
  }

  private List<UUID> found(String text) {
    TokenQuery query =
        new TokenQuery(Samples.searching(text), TokenOrder.NEWEST_FIRST, Optional.empty(), 0, 50);
    return store.list(query, NOON).tokens().stream().map(ServiceToken::id).toList();
  }

  /** Each update must see the result of the update before it. */
  @Test
  void parallelUpdatesFollowOneAnother() throws Exception {
    ServiceToken token = put(store, token("ci"));
    List<Object> results =
        ConcurrentCalls.run(
            20,
            i ->
                () ->
                    store
                        .update(token.id(), found -> describe(found, found.description() + '+'))
                        .result());
    for (Object result : results) {
      assertTrue(result instanceof Optional<?> update && update.isPresent(), () -> "" + results);
    }
    assertEquals(
        token.description() + "+".repeat(20), store.find(token.id()).orElseThrow().description());
    assertEquals(21, store.auditLog(token.id(), 0, 50).total().count());
  }

  @Test
  void updateNeverUndoesARevocation() throws Exception {
    for (int round = 0; round < 5; round++) {
      ServiceToken token = put(store, token("ci-" + round));
      AtomicInteger tooLate = new AtomicInteger();
      ConcurrentCalls.run(
          8,
          i ->
              () ->
                  i == 0
                      ? revoke(store, token.id(), NOON)
                      : store.update(token.id(), found -> describeLive(found, tooLate)));
      ServiceToken left = store.find(token.id()).orElseThrow();
      assertEquals(NOON, left.revokedAt());
      int updates = left.description().length() - token.description().length();
      assertEquals(7, updates + tooLate.get());
      List<AuditEvent> events = store.auditLog(token.id(), 0, 50).items();
      assertEquals(updates + 2, events.size(), () -> "" + events);
    }
  }

  private static TokenUpdate describeLive(ServiceToken found, AtomicInteger tooLate) {
    if (found.revokedAt() != null) {
      tooLate.incrementAndGet();
      return TokenUpdate.unchanged(found);
    }
    return describe(found, found.description() + '+');
  }
}
