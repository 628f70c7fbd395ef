package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.PLATFORM;
import static io.accesstokens.store.Samples.created;
import static io.accesstokens.store.Samples.current;
import static io.accesstokens.store.Samples.digest;
import static io.accesstokens.store.Samples.everything;
import static io.accesstokens.store.Samples.group;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.revoked;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of {@link TokenStore} for writing tokens and for reading single tokens. */
public abstract class TokenStoreContract {

  protected TokenStore store;

  /** Returns a store without tokens. */
  protected abstract TokenStore emptyStore() throws Exception;

  @BeforeEach
  void empty() throws Exception {
    store = emptyStore();
  }

  @Test
  void createdTokenIsFoundUnchanged() {
    ServiceToken token = put(store, token("ci"));
    put(store, token("other"));
    assertEquals(Optional.of(token), store.find(token.id()));
    assertEquals(Optional.of(current(token)), store.findByDigest(digest(token.id())));
  }

  @Test
  void severalTokensAreFoundByDigest() {
    Map<TokenDigest, PresentedToken<ServiceToken>> expected = new HashMap<>();
    Set<TokenDigest> digests = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      ServiceToken token = put(store, token("ci-" + i));
      digests.add(digest(UUID.randomUUID()));
      digests.add(digest(token.id()));
      expected.put(digest(token.id()), current(token));
      assertEquals(expected, store.findByDigests(digests), digests.size() + " digests");
    }
    ServiceToken dead = expected.values().iterator().next().token();
    assertEquals(Revocation.DONE, revoke(store, dead.id(), NOON.plusMillis(7)));
    expected.put(digest(dead.id()), current(store.find(dead.id()).orElseThrow()));
    assertEquals(expected, store.findByDigests(digests));
    assertEquals(Map.of(), store.findByDigests(Set.of()));
    assertEquals(Map.of(), store.findByDigests(Set.of(digest(UUID.randomUUID()))));
  }

  @Test
  void unknownTokensAreNotFound() {
    put(store, token("ci"));
    assertEquals(Optional.empty(), store.find(UUID.randomUUID()));
    assertEquals(Optional.empty(), store.findByDigest(digest(UUID.randomUUID())));
    assertEquals(Revocation.NOT_FOUND, revoke(store, UUID.randomUUID(), NOON));
    assertEquals(
        new Page<>(List.of(), new BoundedCount(0, false)),
        store.auditLog(UUID.randomUUID(), 0, 50));
  }

  @Test
  void longestTextOutsideTheBasicPlaneIsStored() {
    ServiceToken plain = token("a".repeat(100));
    String emoji = "\uD83D\uDE00".repeat(500);
    EntityRef group = new EntityRef("group", "default", "\uD83D\uDE00".repeat(241));
    ServiceToken token =
        new ServiceToken(
            plain.id(),
            plain.name(),
            emoji,
            plain.tokenPrefix(),
            group,
            List.of("a\"b\\c:read", "\uD83D\uDE00"),
            "service-token:" + group + ":" + plain.name(),
            plain.createdAt(),
            plain.expiresAt(),
            null,
            null,
            null);
    put(store, token);
    assertEquals(Optional.of(token), store.find(token.id()));
    AuditEvent event = revoked(token.id(), NOON, emoji);
    assertEquals(Revocation.DONE, store.revoke(token.id(), null, () -> event).result());
    assertEquals(event, store.auditLog(token.id(), 0, 1).items().get(0));
  }

  @Test
  void instantsAreStoredToTheMillisecond() {
    // In Europe/Berlin, the second instant is in a clock gap, the third in an overlap.
    for (String instant :
        List.of(
            "2026-03-01T00:00:00.001Z",
            "2026-03-29T01:30:00.999Z",
            "2026-10-25T01:30:00Z",
            "9999-01-01T00:00:00Z")) {
      Instant at = Instant.parse(instant);
      ServiceToken token = put(store, token("n" + at.toEpochMilli(), PLATFORM, NOON, at));
      assertEquals(at, store.find(token.id()).orElseThrow().expiresAt());
    }
  }

  @Test
  void namesAreUniqueWithinAGroup() {
    put(store, token("ci"));
    ServiceToken again = token("ci");
    assertThrows(NameTakenException.class, () -> put(store, again));
    assertEquals(Optional.empty(), store.find(again.id()));
    assertEquals(0, store.auditLog(again.id(), 0, 50).total().count());
    put(store, token("ci", group("payments"), NOON, NOON.plusSeconds(60)));
    put(store, token("ci-2"));
  }

  @Test
  void namesDifferByCaseAndAccentAndGroupsByAccent() {
    for (String name : List.of("ci", "CI", "cí", "ci\u0301", "ss", "ß")) {
      put(store, token(name, PLATFORM, NOON, NOON.plusSeconds(60)));
    }
    for (String name : List.of("ci", "cí", "ci\u0301", "ss", "ß")) {
      put(store, token("same", group(name), NOON, NOON.plusSeconds(60)));
    }
    assertEquals(1, store.list(Samples.of(Set.of(group("CI"))), NOON).tokens().size());
    assertEquals(6, store.list(Samples.of(Set.of(PLATFORM)), NOON).total().count());
  }

  @Test
  void aNameIsFreeAgainAfterRevocationButNotAfterExpiry() {
    ServiceToken first = put(store, token("ci"));
    assertEquals(Revocation.DONE, revoke(store, first.id(), NOON));
    ServiceToken second = put(store, token("ci"));
    revoke(store, second.id(), NOON);
    put(store, token("ci"));
    put(store, token("old", PLATFORM, NOON, NOON.plusMillis(1)));
    store.maintain(NOON.plusSeconds(3600));
    assertThrows(NameTakenException.class, () -> put(store, token("old")));
    assertEquals(NOON, store.find(first.id()).orElseThrow().revokedAt());
  }

  @Test
  void onlyOneParallelCreationOfANameSucceeds() throws Exception {
    List<ServiceToken> tokens = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tokens.add(token("ci"));
    }
    List<Object> results = ConcurrentCalls.run(20, i -> () -> put(store, tokens.get(i)));
    assertEquals(
        19, results.stream().filter(NameTakenException.class::isInstance).count(), "" + results);
    assertEquals(1, store.list(everything(50), NOON).tokens().size());
    assertEquals(
        1, tokens.stream().mapToLong(t -> store.auditLog(t.id(), 0, 9).total().count()).sum());
  }

  private ServiceToken putWithin(int maxLive, ServiceToken token) {
    store.create(token, digest(token.id()), created(token), maxLive);
    return token;
  }

  @Test
  void liveTokensOfAGroupAreLimited() {
    ServiceToken first = putWithin(2, token("a"));
    putWithin(2, token("b"));
    ServiceToken third = token("c");
    LimitReachedException reached =
        assertThrows(LimitReachedException.class, () -> putWithin(2, third));
    assertEquals(LimitReachedException.GROUP, reached.field());
    assertEquals(Optional.empty(), store.find(third.id()));
    assertEquals(0, store.auditLog(third.id(), 0, 50).total().count());
    putWithin(2, token("c", group("payments"), NOON, NOON.plusSeconds(60)));
    putWithin(3, third);
    revoke(store, first.id(), NOON);
    assertThrows(LimitReachedException.class, () -> putWithin(2, token("d")));
    revoke(store, third.id(), NOON);
    assertThrows(NameTakenException.class, () -> putWithin(2, token("b")));
    putWithin(2, token("d"));
  }

  @Test
  void expiredTokensAreNotLive() {
    Instant end = NOON.plusMillis(1);
    putWithin(1, token("old", PLATFORM, NOON, end));
    assertThrows(
        LimitReachedException.class,
        () -> putWithin(1, token("early", PLATFORM, end.minusMillis(1), end.plusSeconds(60))));
    putWithin(1, token("new", PLATFORM, end, end.plusSeconds(60)));
    store.maintain(end.plusSeconds(60));
    putWithin(1, token("newer", PLATFORM, end.plusSeconds(60), end.plusSeconds(90)));
  }

  /**
   * Count and insert must be atomic, also for the first tokens, when there is no row to lock yet.
   */
  @Test
  void parallelCreationsStayWithinTheLimit() throws Exception {
    for (String name : List.of("one", "two", "three")) {
      List<Object> results =
          ConcurrentCalls.run(
              20,
              i -> () -> putWithin(7, token("ci-" + i, group(name), NOON, NOON.plusSeconds(60))));
      assertEquals(
          13,
          results.stream().filter(LimitReachedException.class::isInstance).count(),
          "" + results);
      assertEquals(
          7, results.stream().filter(ServiceToken.class::isInstance).count(), "" + results);
      assertEquals(7, store.list(Samples.of(Set.of(group(name))), NOON).total().count());
    }
  }

  @Test
  void onlyOneParallelRevocationIsDone() throws Exception {
    ServiceToken token = put(store, token("ci"));
    List<Object> results = ConcurrentCalls.run(20, i -> () -> revoke(store, token.id(), NOON));
    assertEquals(1, Collections.frequency(results, Revocation.DONE));
    assertEquals(19, Collections.frequency(results, Revocation.ALREADY_REVOKED), "" + results);
    assertEquals(2, store.auditLog(token.id(), 0, 50).total().count());
  }

  @Test
  void parallelRevocationsOfDifferentTokensAllSucceed() throws Exception {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(put(store, token("ci-" + i)).id());
    }
    List<Object> results = ConcurrentCalls.run(20, i -> () -> revoke(store, ids.get(i), NOON));
    assertEquals(20, Collections.frequency(results, Revocation.DONE), "" + results);
  }

  @Test
  void revocationIsStoredAndHappensOnce() {
    ServiceToken token = put(store, token("ci"));
    Instant at = NOON.plusMillis(7);
    assertEquals(Revocation.DONE, revoke(store, token.id(), at));
    ServiceToken dead = store.findByDigest(digest(token.id())).orElseThrow().token();
    assertEquals(at, dead.revokedAt());
    assertEquals("user:default/carol", dead.revokedBy());
    assertEquals(Revocation.ALREADY_REVOKED, revoke(store, token.id(), at.plusMillis(1)));
    assertEquals(dead, store.find(token.id()).orElseThrow());
    assertEquals(2, store.auditLog(token.id(), 0, 50).total().count());
  }

  @Test
  void auditEventsOfOneInstantAreListedInReverseOrderOfWriting() {
    ServiceToken token = token("ci");
    AuditEvent created = created(token);
    store.create(token, digest(token.id()), created);
    AuditEvent revoked = revoked(token.id(), NOON, "leaked");
    store.revoke(token.id(), null, () -> revoked);
    BoundedCount two = new BoundedCount(2, false);
    assertEquals(new Page<>(List.of(revoked, created), two), store.auditLog(token.id(), 0, 50));
    assertEquals(new Page<>(List.of(created), two), store.auditLog(token.id(), 1, 1));
    assertEquals(new Page<>(List.of(), two), store.auditLog(token.id(), 2, 50));
    assertEquals(new Page<>(List.of(), two), store.auditLog(token.id(), 0, 0));
    assertEquals(new Page<>(List.of(), two), store.auditLog(token.id(), Long.MAX_VALUE, 500));
  }

  @Test
  void auditEventsAreListedNewestFirst() {
    ServiceToken token = put(store, token("ci"));
    AuditEvent earlier = revoked(token.id(), NOON.minusSeconds(1), "by a slower clock");
    store.revoke(token.id(), null, () -> earlier);
    assertEquals(earlier, store.auditLog(token.id(), 0, 50).items().get(1));
  }

  @Test
  void pingSucceeds() {
    store.ping();
  }
}
