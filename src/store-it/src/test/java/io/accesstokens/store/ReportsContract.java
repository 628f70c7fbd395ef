package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.PLATFORM;
import static io.accesstokens.store.Samples.amongManyGroups;
import static io.accesstokens.store.Samples.group;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.revoked;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenCounts.Counts;
import io.accesstokens.token.TokenCounts.GroupCounts;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenTotals;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogPosition;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Adds the contract for reports on all tokens, and for calls that change several tokens. */
public abstract class ReportsContract extends TokenSearchContract {

  private static final Duration DAY = Duration.ofDays(1);
  private static final EntityRef PAYMENTS = group("payments");

  /** Returns a query for the first page of an audit log. */
  protected static AuditLogQuery first(AuditLogFilter filter, int limit) {
    return new AuditLogQuery(filter, Optional.empty(), 0, limit);
  }

  private static AuditLogFilter ofGroups(EntityRef... groups) {
    return AuditLogFilter.NONE.within(Set.of(groups));
  }

  /** Returns a query for the first page of a group's audit log. */
  protected static AuditLogQuery firstOf(EntityRef group, int limit) {
    return first(ofGroups(group), limit);
  }

  /** Returns a page of the audit log as texts. */
  protected List<String> words(AuditLogQuery query) {
    AuditLogPage page = store.reports().auditLog(query);
    assertEquals(page.entries(), store.reports().entries(query));
    return page.entries().stream()
        .map(entry -> entry.tokenName() + " " + entry.event().type().text())
        .toList();
  }

  /** Returns a group's audit log as texts. */
  protected List<String> auditLogOf(EntityRef group) {
    return words(firstOf(group, 500));
  }

  private List<String> selected(
      @Nullable UUID token, @Nullable String actor, AuditEvent.@Nullable Type type) {
    return words(first(filter(token, actor, type), 50));
  }

  private static AuditLogFilter filter(
      @Nullable UUID token, @Nullable String actor, AuditEvent.@Nullable Type type) {
    return new AuditLogFilter(
        AuditLogFilter.Kind.SERVICE,
        Optional.empty(),
        Optional.ofNullable(token),
        Optional.empty(),
        Optional.ofNullable(actor),
        Optional.ofNullable(type),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void auditLogHasNamesAndGroupsNewestFirst() {
    ServiceToken one = put(store, token("one"));
    put(store, token("two", PAYMENTS, NOON.plusSeconds(2), NOON.plusSeconds(60)));
    AuditEvent revoked = revoked(one.id(), NOON.plusSeconds(1), "leaked");
    store.revoke(one.id(), null, () -> revoked);
    assertEquals(
        List.of("two created", "one revoked", "one created"),
        words(first(AuditLogFilter.NONE, 50)));
    AuditLogEntry entry = store.reports().entries(first(AuditLogFilter.NONE, 50)).get(1);
    assertEquals(revoked, entry.event());
    assertEquals("one", entry.tokenName());
    assertEquals(one.tokenPrefix(), entry.tokenPrefix());
    assertEquals(PLATFORM, entry.owner());
  }

  @Test
  void eachAuditLogFilterSelectsMatchingEvents() {
    ServiceToken one = put(store, token("one"));
    put(store, token("two", PAYMENTS, NOON.plusSeconds(2), NOON.plusSeconds(60)));
    put(store, token("three", group("guests"), NOON.plusSeconds(3), NOON.plusSeconds(60)));
    revoke(store, one.id(), NOON.plusSeconds(1));
    String carol = "user:default/carol";
    assertEquals(List.of("one revoked", "one created"), selected(one.id(), null, null));
    assertEquals(List.of(), selected(UUID.randomUUID(), null, null));
    assertEquals(List.of("one revoked"), selected(null, carol, null));
    assertEquals(List.of(), selected(null, "user:default/Carol", null));
    assertEquals(
        List.of("three created", "two created", "one created"),
        selected(null, null, AuditEvent.Type.CREATED));
    assertEquals(List.of(), selected(null, carol, AuditEvent.Type.CREATED));
    AuditLogFilter time =
        new AuditLogFilter(
            AuditLogFilter.Kind.SERVICE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(NOON.plusSeconds(1)),
            Optional.of(NOON.plusSeconds(3)));
    assertEquals(List.of("two created", "one revoked"), words(first(time, 50)));
  }

  @Test
  void eventIsFoundByItsIdInItsGroupOnly() {
    ServiceToken one = put(store, token("one"));
    put(store, token("two", PAYMENTS, NOON.plusSeconds(2), NOON.plusSeconds(60)));
    AuditEvent revoked = revoked(one.id(), NOON.plusSeconds(1), "leaked");
    store.revoke(one.id(), null, () -> revoked);
    AuditLogFilter none = AuditLogFilter.NONE;
    AuditLogFilter byId =
        new AuditLogFilter(
            none.kind(),
            Optional.of(revoked.id()),
            none.tokenId(),
            none.owners(),
            none.actor(),
            none.type(),
            none.from(),
            none.before());
    assertEquals(List.of("one revoked"), words(first(byId, 50)));
    assertEquals(List.of("one revoked"), words(first(byId.within(Set.of(PLATFORM)), 50)));
    assertEquals(List.of(), words(first(byId.within(Set.of(PAYMENTS)), 50)));
    assertEquals(List.of(), words(first(byId.ofType(AuditEvent.Type.CREATED), 50)));
  }

  @Test
  void eventsAreCountedByType() {
    ServiceToken one = put(store, token("one"));
    put(store, token("two", PAYMENTS, NOON.plusSeconds(2), NOON.plusSeconds(60)));
    revoke(store, one.id(), NOON.plusSeconds(1));
    List<AuditEvent.Type> types =
        List.of(AuditEvent.Type.CREATED, AuditEvent.Type.REVOKED, AuditEvent.Type.IMPORTED);
    assertEquals(List.of(2L, 1L, 0L), eventCounts(AuditLogFilter.NONE.ofType(types.get(2)), types));
    assertEquals(List.of(1L, 0L, 0L), eventCounts(ofGroups(PAYMENTS), types));
    assertEquals(List.of(0L, 0L, 0L), eventCounts(ofGroups(), types));
  }

  @Test
  void eventsOfManyGroupsAreCountedExactly() {
    for (int i = 0; i < 50; i++) {
      put(store, token("job-" + i));
    }
    put(store, token("other", PAYMENTS, NOON, NOON.plusSeconds(60)));
    Set<EntityRef> groups = amongManyGroups(PLATFORM, PAYMENTS);
    assertEquals(
        List.of(51L),
        eventCounts(AuditLogFilter.NONE.within(groups), List.of(AuditEvent.Type.CREATED)));
  }

  private List<Long> eventCounts(AuditLogFilter filter, List<AuditEvent.Type> types) {
    return store.reports().eventCounts(filter, types).values().stream()
        .map(BoundedCount::count)
        .toList();
  }

  @Test
  void auditLogOfGroupsExcludesOtherGroups() {
    ServiceToken one = put(store, token("one"));
    put(store, token("two", PAYMENTS, NOON.plusSeconds(1), NOON.plusSeconds(60)));
    put(store, token("three", group("guests"), NOON.plusSeconds(2), NOON.plusSeconds(60)));
    assertEquals(List.of("one created"), auditLogOf(PLATFORM));
    assertEquals(
        List.of("three created", "one created"),
        words(first(ofGroups(PLATFORM, group("guests")), 50)));
    assertEquals(
        2, store.reports().auditLog(first(ofGroups(PLATFORM, PAYMENTS), 0)).total().count());
    assertEquals(
        new AuditLogPage(List.of(), new BoundedCount(0, false), Optional.empty()),
        store.reports().auditLog(first(ofGroups(), 50)));
    AuditLogFilter others = filter(one.id(), null, null).within(Set.of(PAYMENTS));
    assertEquals(List.of(), words(first(others, 50)));
  }

  @Test
  void auditLogPagesHaveNoGapsOrRepeats() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      // Three instants, each with several events.
      EntityRef owner = i % 2 == 0 ? PLATFORM : PAYMENTS;
      put(store, token("t" + i, owner, NOON.plusSeconds(i / 4), NOON.plusSeconds(60)));
      expected.add("t" + i + " created");
    }
    Collections.reverse(expected);
    EntityRef[] many = amongManyGroups(PLATFORM, PAYMENTS).toArray(EntityRef[]::new);
    for (AuditLogFilter filter :
        List.of(AuditLogFilter.NONE, ofGroups(PLATFORM, PAYMENTS), ofGroups(many))) {
      for (int limit : new int[] {1, 5, 6, 12, 13}) {
        assertEquals(expected, following(filter, limit), "by " + limit);
      }
      assertEquals(
          expected.subList(3, 7), words(new AuditLogQuery(filter, Optional.empty(), 3, 4)));
      assertEquals(
          List.of(), words(new AuditLogQuery(filter, Optional.empty(), Long.MAX_VALUE, 500)));
    }
  }

  private List<String> following(AuditLogFilter filter, int limit) {
    List<String> all = new ArrayList<>();
    Optional<AuditLogPosition> after = Optional.empty();
    do {
      AuditLogQuery query = new AuditLogQuery(filter, after, 0, limit);
      AuditLogPage page = store.reports().auditLog(query);
      assertEquals(new BoundedCount(12, false), page.total());
      assertTrue(page.entries().size() <= limit, page.entries().size() + " entries");
      all.addAll(words(query));
      after = page.next();
    } while (after.isPresent());
    return all;
  }

  @Test
  void tokensAreCountedByStatusGroupDayAndUse() {
    Duration day = Duration.ofDays(1);
    Instant end = NOON.plus(day.multipliedBy(90));
    ServiceToken used = put(store, token("used", PLATFORM, NOON, end));
    ServiceToken stale = put(store, token("stale", PLATFORM, NOON, end));
    put(store, token("fresh", PLATFORM, NOON, end));
    put(store, token("soon", PLATFORM, NOON, NOON.plus(day)));
    put(store, token("later", PAYMENTS, NOON, NOON.plus(day.multipliedBy(30)).minusMillis(1)));
    put(store, token("not-yet", PAYMENTS, NOON, NOON.plus(day.multipliedBy(30))));
    put(store, token("over", PAYMENTS, NOON.minus(day), NOON));
    ServiceToken dead = put(store, token("dead", PAYMENTS, NOON, end));
    revoke(store, dead.id(), NOON);
    Instant since = NOON.minus(day);
    Samples.recordUses(
        store,
        Map.of(
            used.id(), usage(1, 0, since),
            stale.id(), usage(1, 0, since.minusMillis(1)),
            dead.id(), usage(1, 0, since.minusMillis(1))));
    Counts platform = new Counts(3, 1, 0, 0, 2, 2, 1);
    Counts payments = new Counts(1, 1, 1, 1, 2, 2, 0);
    LocalDate today = LocalDate.of(2026, 3, 1);
    assertEquals(Map.of(PLATFORM, platform, PAYMENTS, payments), counted(Optional.empty(), since));
    assertEquals(
        Map.of(today.plusDays(1), 1L, today.plusDays(30), 1L),
        store.reports().counts(Optional.empty(), NOON, since, since).expiring());
    assertEquals(
        Map.of(PAYMENTS, payments), counted(Optional.of(Set.of(PAYMENTS, group("g"))), since));
    assertEquals(
        Map.of(today.plusDays(30), 1L),
        store.reports().counts(Optional.of(Set.of(PAYMENTS)), NOON, since, since).expiring());
    assertEquals(
        new TokenCounts(List.of(), Map.of()),
        store.reports().counts(Optional.of(Set.of()), NOON, since, since));
    assertTrue(
        store.reports().counts(Optional.empty(), NOON, since, NOON.plusMillis(1)).groups().stream()
            .allMatch(group -> group.counts().neverUsedNew() == 0),
        "no token is new after noon");
    countsByGroupAreThoseOfEachGroup(since);
    store.maintain(NOON.plus(day.multipliedBy(60)));
    assertEquals(Map.of(PLATFORM, platform, PAYMENTS, payments), counted(Optional.empty(), since));
    countsByGroupAreThoseOfEachGroup(since);
  }

  private void countsByGroupAreThoseOfEachGroup(Instant since) {
    Map<EntityRef, TokenCounts> counts = store.reports().countsByGroup(NOON, since, since);
    assertEquals(Set.of(PLATFORM, PAYMENTS), counts.keySet());
    counts.forEach(
        (group, ofGroup) ->
            assertEquals(
                store.reports().counts(Optional.of(Set.of(group)), NOON, since, since), ofGroup));
    assertEquals(
        store.reports().counts(Optional.empty(), NOON, since, since).expiring(),
        TokenCounts.sum(counts.values()).expiring());
  }

  @Test
  void listOfADayHasTheTokensThatTheDayCounts() {
    Instant midnight = Instant.parse("2026-03-11T00:00:00Z");
    put(store, token("before", PLATFORM, NOON, midnight.minus(1, ChronoUnit.MICROS)));
    put(store, token("first", PLATFORM, NOON, midnight));
    put(store, token("last", PAYMENTS, NOON, midnight.plus(DAY).minus(1, ChronoUnit.MICROS)));
    put(store, token("after", PAYMENTS, NOON, midnight.plus(DAY)));
    put(store, token("over", PLATFORM, NOON.minus(DAY), NOON));
    put(store, token("today", PLATFORM, NOON, NOON.plusMillis(1)));
    put(store, token("thirtieth", PLATFORM, NOON, NOON.plus(DAY.multipliedBy(30)).minusMillis(1)));
    put(store, token("not-yet", PLATFORM, NOON, NOON.plus(DAY.multipliedBy(30))));
    revoke(store, put(store, token("dead", PLATFORM, NOON, midnight)).id(), NOON);
    assertEquals(List.of("first", "last"), expiringOn(LocalDate.of(2026, 3, 11)));
    Map<LocalDate, Long> listed = new HashMap<>();
    for (LocalDate day = LocalDate.of(2026, 2, 28);
        day.getMonthValue() < 5;
        day = day.plusDays(1)) {
      List<String> found = expiringOn(day);
      if (!found.isEmpty()) {
        listed.put(day, (long) found.size());
      }
    }
    assertEquals(5, listed.size(), listed::toString);
    assertEquals(listed, store.reports().counts(Optional.empty(), NOON, NOON, NOON).expiring());
  }

  /** Returns the names of the tokens that expire on a UTC day, sorted by expiry. */
  private List<String> expiringOn(LocalDate day) {
    Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    TokenFilter filter =
        new TokenFilter(
            Optional.of(TokenStatus.EXPIRING),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.of(start),
            Optional.of(start.plus(DAY)),
            Optional.empty(),
            Optional.empty(),
            false,
            false);
    TokenOrder order = new TokenOrder(TokenOrder.Key.EXPIRES_AT, false);
    TokenPage page = store.list(new TokenQuery(filter, order, Optional.empty(), 0, 10), NOON);
    assertEquals(page.tokens().size(), page.total().count());
    return page.tokens().stream().map(ServiceToken::name).toList();
  }

  private Map<EntityRef, Counts> counted(Optional<Set<EntityRef>> groups, Instant since) {
    Map<EntityRef, Counts> counts = new HashMap<>();
    for (GroupCounts one : store.reports().counts(groups, NOON, since, since).groups()) {
      counts.put(one.group(), one.counts());
    }
    return counts;
  }

  private static TokenUsage usage(long accepted, long revoked, Instant at) {
    return TokenUsage.of(
        accepted == 0 ? UsageCount.NONE : new UsageCount(accepted, at, null),
        revoked,
        0,
        revoked == 0 ? null : at,
        null);
  }

  @Test
  void totalsCountAllTokensUpToTheLimit() {
    Duration day = Duration.ofDays(1);
    put(store, token("active", PLATFORM, NOON, NOON.plus(day.multipliedBy(90))));
    put(store, token("month", PAYMENTS, NOON, NOON.plus(day.multipliedBy(30))));
    put(store, token("soon", PAYMENTS, NOON, NOON.plus(day.multipliedBy(30)).minusMillis(1)));
    put(store, token("week", PAYMENTS, NOON, NOON.plus(day.multipliedBy(7)).minusMillis(1)));
    put(store, token("today", PLATFORM, NOON, NOON.plusMillis(1)));
    put(store, token("over", PAYMENTS, NOON.minus(day), NOON));
    revoke(store, put(store, token("dead", PAYMENTS, NOON, NOON.plus(day))).id(), NOON);
    store.maintain(NOON);
    TokenTotals.KindTotals service = store.reports().totals(NOON, 100).service();
    assertEquals(
        Map.of(
            TokenStatus.ACTIVE, 2L,
            TokenStatus.EXPIRING, 3L,
            TokenStatus.EXPIRED, 1L,
            TokenStatus.REVOKED, 1L),
        service.byStatus());
    assertEquals(
        Map.of(day, 1L, day.multipliedBy(7), 2L, day.multipliedBy(30), 3L), service.expiring());
    // All tokens have expired or are revoked, but maintenance has not run since then.
    assertEquals(
        Map.of(
            TokenStatus.ACTIVE, 0L,
            TokenStatus.EXPIRING, 0L,
            TokenStatus.EXPIRED, 6L,
            TokenStatus.REVOKED, 1L),
        store.reports().totals(NOON.plus(day.multipliedBy(90)), 100).service().byStatus());
    assertTrue(
        store.reports().totals(NOON, 2).service().expiring().values().stream()
            .allMatch(count -> count >= 1 && count <= 3),
        "a limited count is a lower bound");
  }

  @Test
  void usesOfADayAreSummedByGroup() {
    ServiceToken one = put(store, token("one"));
    ServiceToken two = put(store, token("two"));
    ServiceToken other = put(store, token("other", PAYMENTS, NOON, NOON.plusSeconds(60)));
    Samples.recordUses(
        store,
        Map.of(
            one.id(),
            usage(2, 1, NOON),
            two.id(),
            usage(3, 0, NOON),
            other.id(),
            usage(4, 0, NOON)));
    Samples.recordUses(store, Map.of(one.id(), usage(7, 0, NOON.plus(Duration.ofDays(1)))));
    LocalDate day = LocalDate.of(2026, 3, 1);
    assertEquals(
        Map.of(PLATFORM, new DailyUsage(day, 5, 1), PAYMENTS, new DailyUsage(day, 4, 0)),
        store.reports().usesByGroup(day));
    assertEquals(Map.of(), store.reports().usesByGroup(day.minusDays(1)));
  }

  @Test
  void creatorsOfLiveTokensHaveTheirGroups() {
    Instant end = NOON.plusSeconds(60);
    put(store, token("one"));
    put(store, token("two"));
    put(store, token("other", PAYMENTS, NOON, end));
    put(store, token("over", group("guests"), NOON.minusSeconds(60), NOON));
    revoke(store, put(store, token("dead", group("dead"), NOON, end)).id(), NOON);
    assertEquals(
        Map.of(token("any").createdBy(), Map.of(PLATFORM, 2L, PAYMENTS, 1L)),
        store.reports().creators(NOON));
  }

  @Test
  void usesAreSummedByDayAndOldDaysAreDeleted() {
    ServiceToken token = put(store, token("ci"));
    Instant midnight = Instant.parse("2026-03-02T00:00:00Z");
    UUID unknown = UUID.randomUUID();
    Samples.recordUses(store, Map.of(token.id(), usage(2, 0, NOON), unknown, usage(1, 0, NOON)));
    Samples.recordUses(store, Map.of(token.id(), usage(3, 1, midnight.minusMillis(1))));
    Samples.recordUses(store, Map.of(token.id(), usage(0, 7, midnight)));
    LocalDate first = LocalDate.of(2026, 3, 1);
    DailyUsage one = new DailyUsage(first, 5, 1);
    DailyUsage other = new DailyUsage(first.plusDays(1), 0, 7);
    assertEquals(List.of(one, other), store.reports().usesByDay(token.id(), first));
    assertEquals(List.of(other), store.reports().usesByDay(token.id(), first.plusDays(1)));
    assertEquals(List.of(), store.reports().usesByDay(unknown, first));
    Duration kept = Duration.ofDays(DailyUsage.KEPT_DAYS - 1L);
    store.maintain(midnight.minusMillis(1).plus(kept));
    assertEquals(List.of(one, other), store.reports().usesByDay(token.id(), first));
    store.maintain(midnight.plus(kept));
    assertEquals(List.of(other), store.reports().usesByDay(token.id(), first));
  }

  /** Revokes tokens as Carol, one hour after noon. */
  protected Map<UUID, Revocation> revokeAll(UUID... ids) {
    Instant at = NOON.plusSeconds(3600);
    Map<UUID, AuditEvent> events = new LinkedHashMap<>();
    for (UUID id : ids) {
      events.put(id, revoked(id, at, "all at once"));
    }
    return store.revokeAll(events.keySet(), live -> events).result();
  }

  @Test
  void bulkRevocationReturnsAnOutcomeForEachToken() {
    ServiceToken one = put(store, token("one"));
    ServiceToken two = put(store, token("two", PAYMENTS, NOON, NOON.plusSeconds(60)));
    ServiceToken dead = put(store, token("dead"));
    ServiceToken kept = put(store, token("kept"));
    revoke(store, dead.id(), NOON);
    UUID unknown = UUID.randomUUID();
    assertEquals(
        Map.of(
            one.id(),
            Revocation.DONE,
            two.id(),
            Revocation.DONE,
            dead.id(),
            Revocation.ALREADY_REVOKED,
            unknown,
            Revocation.NOT_FOUND),
        revokeAll(two.id(), unknown, one.id(), dead.id()));
    assertEquals(NOON.plusSeconds(3600), store.find(two.id()).orElseThrow().revokedAt());
    assertEquals("user:default/carol", store.find(one.id()).orElseThrow().revokedBy());
    assertEquals(NOON, store.find(dead.id()).orElseThrow().revokedAt());
    assertEquals(Optional.of(kept), store.find(kept.id()));
    assertEquals(2, store.auditLog(one.id(), 0, 50).total().count());
    assertEquals(2, store.auditLog(dead.id(), 0, 50).total().count());
    assertEquals(
        Map.of("reason", "all at once"), store.auditLog(two.id(), 0, 1).items().get(0).metadata());
    assertEquals(List.of("two revoked", "two created"), auditLogOf(PAYMENTS));
    assertEquals(
        Map.of(one.id(), Revocation.ALREADY_REVOKED, unknown, Revocation.NOT_FOUND),
        revokeAll(one.id(), unknown));
    put(store, token("one"));
  }

  @Test
  void severalTokensAreFoundAtOnce() {
    ServiceToken one = put(store, token("one"));
    ServiceToken two = put(store, token("two"));
    Set<UUID> ids = Set.of(one.id(), two.id(), UUID.randomUUID());
    assertEquals(Map.of(one.id(), one, two.id(), two), store.find(ids));
    assertEquals(Set.of(Samples.digest(one.id()), Samples.digest(two.id())), store.digests(ids));
    assertEquals(Map.of(), store.find(Set.of()));
    assertEquals(Set.of(), store.digests(Set.of()));
  }

  @Test
  void parallelBulkRevocationsRevokeEachTokenOnce() throws Exception {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      ids.add(put(store, token("ci-" + i)).id());
    }
    List<Object> results =
        ConcurrentCalls.run(
            4,
            i ->
                () -> {
                  List<UUID> mine = new ArrayList<>(ids);
                  Collections.shuffle(mine);
                  return revokeAll(mine.toArray(UUID[]::new));
                });
    Set<UUID> done = new HashSet<>();
    for (Object result : results) {
      ((Map<?, ?>) result)
          .forEach(
              (id, outcome) -> {
                if (outcome == Revocation.DONE) {
                  assertTrue(done.add((UUID) id), "revoked twice");
                }
              });
    }
    assertEquals(60, done.size(), "" + results);
    assertEquals(120, store.reports().auditLog(first(AuditLogFilter.NONE, 0)).total().count());
  }
}
