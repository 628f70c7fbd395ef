package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.current;
import static io.accesstokens.store.Samples.digest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenTotals;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.query.TokenUser;
import io.accesstokens.token.query.TokenUserQuery;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
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
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of every store for personal tokens. */
public abstract class PersonalTokenStoreContract {

  protected static final EntityRef DAVE = new EntityRef(EntityRef.USER, "default", "dave");
  private static final EntityRef CAROL = new EntityRef(EntityRef.USER, "default", "carol");
  private static final int MANY = 1000;

  /** The whole store. */
  protected TokenStore store;

  /** The part of the store that manages personal tokens. */
  protected PersonalTokenStore personal;

  /** Returns a store without tokens. */
  protected abstract TokenStore emptyStore() throws Exception;

  @BeforeEach
  void empty() throws Exception {
    store = emptyStore();
    personal = store.personal().orElseThrow();
  }

  protected static PersonalToken token(EntityRef owner, String name) {
    return token(owner, name, NOON, NOON.plus(Duration.ofDays(90)));
  }

  private static PersonalToken token(
      EntityRef owner, String name, Instant createdAt, Instant expiresAt) {
    return new PersonalToken(
        UUID.randomUUID(),
        name,
        "bpat_abcdefg",
        owner,
        List.of("access-tokens:user:read", "catalog:read"),
        createdAt,
        expiresAt,
        null,
        null,
        null);
  }

  private static AuditEvent event(PersonalToken token, AuditEvent.Type type, Instant at) {
    return new AuditEvent(
        UUID.randomUUID(), token.id(), type, token.owner().toString(), Map.of(), at);
  }

  private PersonalToken put(PersonalToken token, int maxLive) {
    personal.create(
        token,
        digest(token.id()),
        event(token, AuditEvent.Type.MINTED, token.createdAt()),
        maxLive);
    return token;
  }

  protected PersonalToken put(PersonalToken token) {
    return put(token, MANY);
  }

  protected Revocation revoke(UUID id, Instant at) {
    return personal.revoke(id, null, () -> Samples.revoked(id, at, "r")).result();
  }

  private Page<PersonalToken> list(EntityRef owner, Optional<TokenStatus> status, Instant now) {
    return personal.list(new PersonalTokenQuery(owner, status, 0, TokenQuery.MAX_LIMIT), now);
  }

  @Test
  void createdTokenIsFoundUnchanged() {
    PersonalToken token = put(token(DAVE, "ci"));
    put(token(DAVE, "other"));
    assertEquals(Optional.of(token), personal.find(token.id()));
    assertEquals(Optional.of(current(token)), personal.findByDigest(digest(token.id())));
    assertEquals(Optional.of(digest(token.id())), personal.digest(token.id()));
    PersonalToken plain =
        new PersonalToken(
            UUID.randomUUID(),
            "A z_.-:/9",
            "bpat_x",
            CAROL,
            List.of(),
            NOON,
            NOON.plusSeconds(1),
            null,
            null,
            null);
    assertEquals(put(plain), personal.find(plain.id()).orElseThrow());
  }

  @Test
  void auditLogOfAllPersonalTokensIsFilteredAndCounted() {
    PersonalToken laptop = put(token(DAVE, "laptop"));
    put(token(CAROL, "ci", NOON.plusSeconds(1), NOON.plusSeconds(60)));
    assertTrue(personal.append(event(laptop, AuditEvent.Type.EXCHANGED, NOON.plusSeconds(2))));
    revoke(laptop.id(), NOON.plusSeconds(3));
    AuditLogFilter all = auditLog(Optional.empty(), Optional.empty(), Optional.empty());
    assertEquals(
        List.of("laptop revoked", "laptop exchanged", "ci minted", "laptop minted"), events(all));
    AuditLogEntry last = store.reports().entries(firstPage(all)).get(0);
    assertEquals(DAVE, last.owner());
    assertEquals("bpat_abcdefg", last.tokenPrefix());
    assertEquals(
        List.of("ci minted"),
        events(auditLog(Optional.empty(), Optional.of(Set.of(CAROL)), Optional.empty())));
    assertEquals(
        List.of(), events(auditLog(Optional.empty(), Optional.of(Set.of()), Optional.empty())));
    assertEquals(
        List.of("laptop revoked", "laptop exchanged", "laptop minted"),
        events(auditLog(Optional.of(laptop.id()), Optional.empty(), Optional.empty())));
    assertEquals(
        List.of("laptop revoked", "ci minted"),
        events(auditLog(Optional.empty(), Optional.empty(), Optional.of(CAROL.toString()))));
    assertEquals(
        Map.of(AuditEvent.Type.MINTED, new BoundedCount(2, false)),
        store.reports().eventCounts(all, List.of(AuditEvent.Type.MINTED)));
    AuditLogPage page = store.reports().auditLog(new AuditLogQuery(all, Optional.empty(), 0, 2));
    assertEquals(4, page.total().count());
    assertEquals(
        List.of("ci minted", "laptop minted"), words(new AuditLogQuery(all, page.next(), 0, 2)));
    assertEquals(List.of(), store.reports().entries(firstPage(AuditLogFilter.NONE)));
  }

  private static AuditLogFilter auditLog(
      Optional<UUID> token, Optional<Set<EntityRef>> users, Optional<String> actor) {
    return new AuditLogFilter(
        AuditLogFilter.Kind.PERSONAL,
        Optional.empty(),
        token,
        users,
        actor,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static AuditLogQuery firstPage(AuditLogFilter filter) {
    return new AuditLogQuery(filter, Optional.empty(), 0, TokenQuery.MAX_LIMIT);
  }

  private List<String> events(AuditLogFilter filter) {
    return words(firstPage(filter));
  }

  private List<String> words(AuditLogQuery query) {
    return store.reports().entries(query).stream()
        .map(entry -> entry.tokenName() + " " + entry.event().type().text())
        .toList();
  }

  @Test
  void totalsCountTokensOfAllUsers() {
    put(token(DAVE, "active"));
    put(token(CAROL, "month", NOON, NOON.plus(Duration.ofDays(7))));
    put(token(CAROL, "week", NOON, NOON.plus(Duration.ofDays(7)).minusMillis(1)));
    put(token(CAROL, "over", NOON.minusSeconds(1), NOON));
    revoke(put(token(DAVE, "dead")).id(), NOON);
    TokenTotals.KindTotals totals = store.reports().totals(NOON, 100).personal();
    assertEquals(
        Map.of(
            TokenStatus.ACTIVE, 2L,
            TokenStatus.EXPIRING, 1L,
            TokenStatus.EXPIRED, 1L,
            TokenStatus.REVOKED, 1L),
        totals.byStatus());
    assertEquals(
        Map.of(Duration.ofDays(1), 0L, Duration.ofDays(7), 1L, Duration.ofDays(30), 2L),
        totals.expiring());
  }

  @Test
  void severalTokensAreFoundByDigest() {
    Map<TokenDigest, PresentedToken<PersonalToken>> expected = new HashMap<>();
    Set<TokenDigest> digests = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      PersonalToken token = put(token(DAVE, "ci-" + i));
      digests.add(digest(UUID.randomUUID()));
      digests.add(digest(token.id()));
      expected.put(digest(token.id()), current(token));
      assertEquals(expected, personal.findByDigests(digests), digests.size() + " digests");
    }
    PersonalToken dead = expected.values().iterator().next().token();
    assertEquals(Revocation.DONE, revoke(dead.id(), NOON.plusMillis(7)));
    expected.put(digest(dead.id()), current(personal.find(dead.id()).orElseThrow()));
    assertEquals(expected, personal.findByDigests(digests));
    assertEquals(Map.of(), personal.findByDigests(Set.of()));
    assertEquals(Map.of(), personal.findByDigests(Set.of(digest(UUID.randomUUID()))));
  }

  @Test
  void unknownTokensAreNotFound() {
    PersonalToken token = put(token(DAVE, "ci"));
    UUID unknown = UUID.randomUUID();
    assertEquals(Optional.empty(), personal.find(unknown));
    assertEquals(Optional.empty(), personal.findByDigest(digest(unknown)));
    assertEquals(Optional.empty(), personal.digest(unknown));
    assertEquals(Revocation.NOT_FOUND, revoke(unknown, NOON));
    assertEquals(
        new Page<>(List.of(), new BoundedCount(0, false)), personal.auditLog(unknown, 0, 50));
    assertEquals(TokenUsage.NONE, personal.usage(unknown));
    assertEquals(Optional.empty(), store.find(token.id()), "it is no service token");
    assertEquals(
        Optional.empty(), store.findByDigest(digest(token.id())), "it is no service token");
  }

  @Test
  void longestUserNameIsStored() {
    EntityRef longest = new EntityRef(EntityRef.USER, "default", "\uD83D\uDE00".repeat(242));
    PersonalToken token = put(token(longest, "a".repeat(100)));
    assertEquals(Optional.of(token), personal.find(token.id()));
    assertEquals(List.of(token), list(longest, Optional.empty(), NOON).items());
  }

  @Test
  void namesAreUniqueAmongUnrevokedTokensOfAUser() {
    PersonalToken first = put(token(DAVE, "ci"));
    PersonalToken again = token(DAVE, "ci");
    assertThrows(NameTakenException.class, () -> put(again));
    assertEquals(Optional.empty(), personal.find(again.id()));
    assertEquals(0, personal.auditLog(again.id(), 0, 50).total().count());
    put(token(CAROL, "ci"));
    put(token(DAVE, "CI"));
    Samples.put(store, Samples.token("ci"));
    assertEquals(Revocation.DONE, revoke(first.id(), NOON));
    put(token(DAVE, "ci"));
    put(token(DAVE, "old", NOON, NOON.plusMillis(1)));
    assertThrows(
        NameTakenException.class,
        () -> put(token(DAVE, "old", NOON.plusSeconds(9), NOON.plusSeconds(99))));
  }

  @Test
  void onlyOneParallelCreationOfANameSucceeds() throws Exception {
    List<Object> results = ConcurrentCalls.run(20, i -> () -> put(token(DAVE, "ci")));
    assertEquals(
        19, results.stream().filter(NameTakenException.class::isInstance).count(), "" + results);
    assertEquals(1, list(DAVE, Optional.empty(), NOON).total().count());
  }

  @Test
  void parallelCreationsStayWithinTheLimit() throws Exception {
    List<Object> results = ConcurrentCalls.run(20, i -> () -> put(token(DAVE, "ci-" + i), 7));
    assertEquals(
        13, results.stream().filter(LimitReachedException.class::isInstance).count(), "" + results);
    assertEquals(7, list(DAVE, Optional.empty(), NOON).total().count());
    put(token(CAROL, "hers"), 1);
    assertThrows(LimitReachedException.class, () -> put(token(DAVE, "one more"), 7));
  }

  @Test
  void limitAndNameAreCheckedBeforehand() {
    personal.requireCreatable(DAVE, "ci", NOON, 1);
    PersonalToken token = put(token(DAVE, "ci"));
    assertThrows(NameTakenException.class, () -> personal.requireCreatable(DAVE, "ci", NOON, 2));
    assertThrows(
        LimitReachedException.class, () -> personal.requireCreatable(DAVE, "other", NOON, 1));
    personal.requireCreatable(DAVE, "CI", NOON, 2);
    personal.requireCreatable(CAROL, "ci", NOON, 1);
    revoke(token.id(), NOON);
    personal.requireCreatable(DAVE, "ci", NOON, 1);
    PersonalToken old = put(token(DAVE, "old", NOON, NOON.plusMillis(1)));
    Instant after = old.expiresAt();
    personal.requireCreatable(DAVE, "other", after, 1);
    assertThrows(NameTakenException.class, () -> personal.requireCreatable(DAVE, "old", after, 1));
  }

  @Test
  void revokedAndExpiredTokensDoNotCountAgainstTheLimit() {
    Instant end = NOON.plusSeconds(1);
    PersonalToken first = put(token(DAVE, "first"), 2);
    put(token(DAVE, "second", NOON, end), 2);
    Instant before = end.minusMillis(1);
    assertThrows(
        LimitReachedException.class,
        () -> put(token(DAVE, "third", before, NOON.plusSeconds(99)), 2));
    put(token(DAVE, "third", end, NOON.plusSeconds(99)), 2);
    revoke(first.id(), NOON);
    put(token(DAVE, "fourth", end, NOON.plusSeconds(99)), 2);
  }

  @Test
  void onlyOneParallelRevocationIsDone() throws Exception {
    PersonalToken token = put(token(DAVE, "ci"));
    List<Object> results = ConcurrentCalls.run(20, i -> () -> revoke(token.id(), NOON));
    assertEquals(1, Collections.frequency(results, Revocation.DONE));
    assertEquals(19, Collections.frequency(results, Revocation.ALREADY_REVOKED), "" + results);
    assertEquals(2, personal.auditLog(token.id(), 0, 50).total().count());
  }

  @Test
  void revocationIsStoredAndHappensOnce() {
    PersonalToken token = put(token(DAVE, "ci"));
    Instant at = NOON.plusMillis(7);
    assertEquals(Revocation.DONE, revoke(token.id(), at));
    PersonalToken dead = personal.findByDigest(digest(token.id())).orElseThrow().token();
    assertEquals(at, dead.revokedAt());
    assertEquals("user:default/carol", dead.revokedBy());
    assertEquals(Revocation.ALREADY_REVOKED, revoke(token.id(), at.plusMillis(1)));
    assertEquals(dead, personal.find(token.id()).orElseThrow());
  }

  @Test
  void tokensOfAUserAreListedNewestFirstByStatusAndPage() {
    List<PersonalToken> made = new ArrayList<>();
    Instant soon = NOON.plus(PersonalToken.EXPIRING_WINDOW);
    List<Instant> ends =
        List.of(NOON, NOON.plusMillis(1), soon.minusMillis(1), soon, soon.plusMillis(1));
    for (int i = 0; i < ends.size(); i++) {
      Instant createdAt = NOON.minusSeconds(100 - i);
      made.add(0, put(token(DAVE, "t" + i, createdAt, ends.get(i))));
    }
    PersonalToken dead = put(token(DAVE, "dead", NOON.minusSeconds(200), NOON.minusSeconds(9)));
    revoke(dead.id(), NOON.minusSeconds(8));
    made.add(personal.find(dead.id()).orElseThrow());
    put(token(CAROL, "hers"));
    assertEquals(made, list(DAVE, Optional.empty(), NOON).items());
    for (TokenStatus status : TokenStatus.values()) {
      List<PersonalToken> expected =
          made.stream().filter(token -> token.statusAt(NOON) == status).toList();
      Page<PersonalToken> page = list(DAVE, Optional.of(status), NOON);
      assertEquals(expected, page.items(), status.text());
      assertEquals(new BoundedCount(expected.size(), false), page.total());
    }
    Page<PersonalToken> page =
        personal.list(new PersonalTokenQuery(DAVE, Optional.empty(), 2, 3), NOON);
    assertEquals(made.subList(2, 5), page.items());
    assertEquals(new BoundedCount(6, false), page.total());
    assertEquals(
        new Page<>(List.of(), new BoundedCount(6, false)),
        personal.list(new PersonalTokenQuery(DAVE, Optional.empty(), 0, 0), NOON));
    assertEquals(
        List.of(),
        personal
            .list(new PersonalTokenQuery(DAVE, Optional.empty(), Long.MAX_VALUE, 5), NOON)
            .items());
    assertEquals(
        6, list(new EntityRef("user", "default", "Dave"), Optional.empty(), NOON).total().count());
  }

  @Test
  void tokensOfOneInstantAreListedById() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(put(token(DAVE, "t" + i)).id().toString());
    }
    ids.sort(Collections.reverseOrder());
    assertEquals(
        ids,
        list(DAVE, Optional.empty(), NOON).items().stream()
            .map(token -> token.id().toString())
            .toList());
  }

  @Test
  void eventsAreAppendedInTheOrderOfWriting() {
    PersonalToken token = token(DAVE, "ci");
    AuditEvent minted = event(token, AuditEvent.Type.MINTED, NOON);
    personal.create(token, digest(token.id()), minted, MANY);
    AuditEvent exchanged = event(token, AuditEvent.Type.EXCHANGED, NOON);
    assertTrue(personal.append(exchanged));
    AuditEvent revoked = Samples.revoked(token.id(), NOON, "r");
    personal.revoke(token.id(), null, () -> revoked);
    assertFalse(personal.append(event(token, AuditEvent.Type.EXCHANGED, NOON)));
    BoundedCount three = new BoundedCount(3, false);
    assertEquals(
        new Page<>(List.of(revoked, exchanged, minted), three),
        personal.auditLog(token.id(), 0, 50));
    assertEquals(new Page<>(List.of(exchanged), three), personal.auditLog(token.id(), 1, 1));
    assertEquals(0, store.auditLog(token.id(), 0, 50).total().count(), "the trails are apart");
  }

  @Test
  void usesOfBothKindsAreRecordedTogether() {
    PersonalToken token = put(token(DAVE, "ci"));
    UUID service = Samples.put(store, Samples.token("ci")).id();
    Instant at = NOON.plusMillis(5);
    TokenUsage once = TokenUsage.of(new UsageCount(1, at, "192.0.2.1"), 2, 3, at, "192.0.2.2");
    Samples.recordUses(store, Map.of(token.id(), once, service, once, UUID.randomUUID(), once));
    Samples.recordUses(store, Map.of(token.id(), once));
    assertEquals(once.plus(once), personal.usage(token.id()));
    assertEquals(once, store.usage(service));
    assertEquals(TokenUsage.NONE, store.usage(token.id()));
    assertEquals(at, personal.find(token.id()).orElseThrow().lastUsedAt());
    TokenUsage earlier = TokenUsage.of(new UsageCount(1, NOON, null), 0, 0, null, null);
    Samples.recordUses(store, Map.of(token.id(), earlier));
    assertEquals(at, personal.find(token.id()).orElseThrow().lastUsedAt());
    assertEquals(3, personal.usage(token.id()).accepted().count());
  }

  private StoredChange<Map<UUID, Revocation>> revokeAll(EntityRef owner) {
    return personal.revokeAll(
        owner,
        NOON,
        ids ->
            ids.stream()
                .collect(
                    Collectors.toMap(
                        Function.identity(), id -> Samples.revoked(id, NOON, "left"))));
  }

  @Test
  void allLiveTokensOfAUserAreRevokedTogether() {
    UUID first = put(token(DAVE, "first")).id();
    UUID second = put(token(DAVE, "second", NOON, NOON.plusSeconds(1))).id();
    UUID skewed = put(token(DAVE, "skewed", NOON.minusSeconds(99), NOON.minusSeconds(1))).id();
    UUID expired = put(token(DAVE, "expired", NOON.minusSeconds(99), NOON.minusSeconds(61))).id();
    UUID earlier = put(token(DAVE, "earlier")).id();
    revoke(earlier, NOON.minusSeconds(1));
    UUID hers = put(token(CAROL, "hers")).id();
    StoredChange<Map<UUID, Revocation>> change = revokeAll(DAVE);
    assertEquals(
        Map.of(first, Revocation.DONE, second, Revocation.DONE, skewed, Revocation.DONE),
        change.result());
    Set<TokenDigest> digests =
        Set.of(digest(first), digest(second), digest(skewed), digest(earlier));
    assertEquals(digests, change.digests(), "the recently revoked token is included");
    PersonalToken dead = personal.find(first).orElseThrow();
    assertEquals(NOON, dead.revokedAt());
    assertEquals("user:default/carol", dead.revokedBy());
    AuditEvent event = personal.auditLog(second, 0, 1).items().get(0);
    assertEquals(AuditEvent.Type.REVOKED, event.type());
    assertEquals("left", event.metadata().get(AuditEvent.REASON));
    assertEquals(TokenStatus.EXPIRED, personal.find(expired).orElseThrow().statusAt(NOON));
    assertEquals(TokenStatus.ACTIVE, personal.find(hers).orElseThrow().statusAt(NOON));
    assertEquals(new StoredChange<>(Map.of(), digests), revokeAll(DAVE), "a repeat");
    put(token(DAVE, "first"));
    EntityRef unknown = new EntityRef(EntityRef.USER, "default", "unknown");
    assertEquals(new StoredChange<>(Map.of(), Set.of()), revokeAll(unknown));
  }

  @Test
  void tokenThatIsCreatedBeforeTheRevocationOfAllIsRevoked() throws Exception {
    for (int round = 0; round < 3; round++) {
      int number = round;
      put(token(DAVE, "first-" + number));
      List<Object> results =
          ConcurrentCalls.run(
              12, i -> i == 0 ? () -> revokeAll(DAVE) : () -> put(token(DAVE, number + "-" + i)));
      assertEquals(
          List.of(), results.stream().filter(Throwable.class::isInstance).toList(), "failed calls");
      // The tokens of all calls that ended earlier are revoked, and no token is revoked in part.
      for (PersonalToken token : list(DAVE, Optional.empty(), NOON).items()) {
        assertEquals(
            token.revokedAt() == null ? 1 : 2,
            personal.auditLog(token.id(), 0, 50).total().count(),
            token.name());
      }
      revokeAll(DAVE);
      assertEquals(
          List.of(),
          list(DAVE, Optional.of(TokenStatus.ACTIVE), NOON).items(),
          "live tokens after a second revocation");
    }
  }

  private List<TokenUser> users(@Nullable String text, @Nullable EntityRef after, int limit) {
    TokenUserQuery query =
        new TokenUserQuery(Optional.ofNullable(text), Optional.ofNullable(after), limit);
    return personal.users(query, NOON);
  }

  private long countUsers(@Nullable String text) {
    TokenUserQuery query = new TokenUserQuery(Optional.ofNullable(text), Optional.empty(), 0);
    return personal.countUsers(query, NOON).count();
  }

  @Test
  void usersWithLiveTokensAreListedInTheOrderOfTheirRefs() {
    Instant week = NOON.plus(Duration.ofDays(7));
    UUID used = put(token(DAVE, "used")).id();
    put(token(DAVE, "week", NOON, week));
    put(token(DAVE, "expired", NOON.minusSeconds(9), NOON));
    revoke(put(token(DAVE, "dead", NOON, NOON.plusSeconds(1))).id(), NOON);
    put(token(CAROL, "hers", NOON, week));
    EntityRef odd = new EntityRef(EntityRef.USER, "default", "e_100%!");
    put(
        new PersonalToken(
            UUID.randomUUID(), "odd", "bpat_Odd", odd, List.of(), NOON, week, null, null, null));
    put(token(new EntityRef(EntityRef.USER, "default", "old"), "old", NOON.minusSeconds(9), NOON));
    Instant at = NOON.minusSeconds(5);
    TokenUsage once = TokenUsage.of(new UsageCount(1, at, null), 0, 0, null, null);
    Samples.recordUses(store, Map.of(used, once));
    TokenUser carol = new TokenUser(CAROL, 1, null, week);
    TokenUser dave = new TokenUser(DAVE, 2, at, week);
    TokenUser third = new TokenUser(odd, 1, null, week);
    assertEquals(List.of(carol, dave, third), users(null, null, 50));
    assertEquals(List.of(carol, dave), users(null, null, 2));
    assertEquals(List.of(dave, third), users(null, CAROL, 50));
    assertEquals(List.of(), users(null, odd, 50));
    assertEquals(List.of(), users(null, null, 0));
    assertEquals(List.of(dave), users("AVE", null, 50));
    assertEquals(List.of(third), users("_100%!", null, 50));
    assertEquals(List.of(third), users("bpat_Odd", null, 50), "by the prefix of a token");
    assertEquals(List.of(), users("%", DAVE, 0));
    assertEquals(3, countUsers(null));
    assertEquals(1, countUsers("%"));
    assertEquals(0, countUsers("unknown"));
  }

  @Test
  void searchForUsersDoesNotDependOnTheLettersAroundTheText() {
    EntityRef user =
        EntityRef.parseUser("user:default/\u03a3\u03a5\u03a3\u03a4\u0391\u03a3").orElseThrow();
    put(token(user, "ci"));
    for (String text :
        List.of(
            "\u03a3\u03a5\u03a3",
            "\u03c3\u03c5\u03c2",
            "\u03c4\u03b1\u03c3",
            "\u03a4\u0391\u03a3",
            "\u03c4\u03b1\u03c2")) {
      assertEquals(List.of(user), users(text, null, 50).stream().map(TokenUser::user).toList());
      assertEquals(1, countUsers(text));
    }
    assertEquals(0, countUsers("%\u03c3"));
  }
}
