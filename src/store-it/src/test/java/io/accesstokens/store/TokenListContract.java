package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.PLATFORM;
import static io.accesstokens.store.Samples.amongManyGroups;
import static io.accesstokens.store.Samples.created;
import static io.accesstokens.store.Samples.everything;
import static io.accesstokens.store.Samples.group;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.UseLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Adds the contract of {@link io.accesstokens.token.store.TokenStore} for lists. */
public abstract class TokenListContract extends TokenUsesContract {

  private static final List<EntityRef> GROUPS =
      List.of(PLATFORM, group("payments"), group("guests"));

  @Test
  void emptyStoreReturnsEmptyPages() {
    TokenPage nothing = new TokenPage(List.of(), new BoundedCount(0, false), Optional.empty());
    assertEquals(nothing, store.list(everything(50), NOON));
    put(store, token("ci"));
    assertEquals(nothing, store.list(Samples.of(Set.of()), NOON));
    assertEquals(nothing, store.list(Samples.of(Set.of(group("unknown"))), NOON));
  }

  @Test
  void listsOfManyGroupsAreExact() {
    Set<EntityRef> groups = amongManyGroups(PLATFORM);
    List<ServiceToken> model = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      EntityRef group = List.of(PLATFORM, group("team-" + i), group("guests")).get(i % 3);
      Instant createdAt = NOON.plusMillis(i / 4);
      ServiceToken token =
          put(store, token("t-" + i, group, createdAt, createdAt.plus(Duration.ofDays(1 + i))));
      if (i % 5 == 0) {
        revoke(store, token.id(), NOON);
      }
      model.add(store.find(token.id()).orElseThrow());
    }
    Instant now = NOON.plus(Duration.ofDays(20));
    everyListIsExact(model, groups, now);
    store.maintain(now);
    everyListIsExact(model, groups, now);
  }

  private void everyListIsExact(List<ServiceToken> model, Set<EntityRef> groups, Instant now) {
    for (TokenQuery first : everyStatusAndOrder(groups)) {
      TokenPage page = store.list(first, now);
      assertEquals(expected(model, first, now), page, first::toString);
      TokenQuery next = new TokenQuery(first.filter(), first.order(), page.next(), 2, 50);
      assertEquals(expected(model, next, now), store.list(next, now), next::toString);
    }
  }

  private static List<TokenOrder> everyOrder() {
    return Stream.of(TokenOrder.Key.values())
        .flatMap(key -> Stream.of(new TokenOrder(key, false), new TokenOrder(key, true)))
        .toList();
  }

  /**
   * Returns the orders in which lists with more than {@link BoundedCount#EXACT_UP_TO} tokens are
   * tested. A database has other queries for these lists, one for each order.
   */
  protected List<TokenOrder> ordersOfLongLists() {
    return everyOrder();
  }

  private static List<TokenQuery> everyStatusAndOrder(Set<EntityRef> groups) {
    List<Optional<TokenStatus>> statuses = new ArrayList<>(List.of(Optional.empty()));
    Stream.of(TokenStatus.values()).map(Optional::of).forEach(statuses::add);
    return everyOrder().stream()
        .flatMap(
            order ->
                statuses.stream()
                    .map(status -> TokenFilter.of(status, Optional.of(groups)))
                    .map(filter -> new TokenQuery(filter, order, Optional.empty(), 0, 5)))
        .toList();
  }

  /** In Berlin, the clocks skip the hour after 02:00 on this day. The instants are in UTC. */
  @Test
  void timeZoneOfTheJvmHasNoEffect() {
    TimeZone former = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
    try {
      Instant start = Instant.parse("2027-03-28T01:30:00.123Z");
      List<ServiceToken> model = new ArrayList<>();
      for (int i = 0; i < 13; i++) {
        Instant at = start.plus(Duration.ofMinutes(10L * i));
        Instant expiry = at.plus(Duration.ofMinutes(30));
        ServiceToken token = put(store, token("t-" + i, PLATFORM, at, at.plusSeconds(7200)));
        ServiceToken shortened =
            token.changed(token.description(), token.scopes(), expiry, UseLimits.NONE);
        store.update(token.id(), found -> new TokenUpdate(shortened, created(shortened)));
        boolean revoked = i % 4 == 0;
        if (revoked) {
          revoke(store, token.id(), at.plusSeconds(1));
        }
        ServiceToken stored = store.find(token.id()).orElseThrow();
        assertEquals(at, stored.createdAt());
        assertEquals(expiry, stored.expiresAt());
        assertEquals(revoked ? at.plusSeconds(1) : null, stored.revokedAt());
        model.add(stored);
      }
      for (int minutes : new int[] {0, 30, 60, 90, 120}) {
        Instant now = start.plus(Duration.ofMinutes(minutes));
        everyListIsExact(model, Set.of(PLATFORM), now);
        TokenQuery expiring = expiringBetween(now, now.plus(Duration.ofMinutes(20)));
        assertEquals(expected(model, expiring, now), store.list(expiring, now));
      }
    } finally {
      TimeZone.setDefault(former);
    }
  }

  private static TokenQuery expiringBetween(Instant from, Instant to) {
    TokenFilter filter =
        new TokenFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.of(from),
            Optional.of(to),
            Optional.empty(),
            Optional.empty(),
            false,
            false);
    TokenOrder order = new TokenOrder(TokenOrder.Key.EXPIRES_AT, false);
    return new TokenQuery(filter, order, Optional.empty(), 0, 50);
  }

  /** One test asserts both, because the creation of so many tokens takes most of its time. */
  @Test
  void countsAreExactUpToTenThousandAndLongListsOfManyGroupsAreExact() throws Exception {
    countsAreExactUpToTenThousand();
    longListsOfManyGroupsEqualThoseOfTheGroupsWithTokens();
  }

  /** The lists have more than {@link BoundedCount#EXACT_UP_TO} tokens. */
  private void longListsOfManyGroupsEqualThoseOfTheGroupsWithTokens() {
    EntityRef payments = group("payments");
    for (int i = 0; i < 4; i++) {
      Instant createdAt = NOON.plusSeconds(i - 2);
      Instant expiresAt = NOON.plus(Duration.ofDays(1 + i % 2 * 60));
      put(store, token("p-" + i, payments, createdAt, expiresAt));
      put(store, token("p-" + i, group("guests"), createdAt, expiresAt));
    }
    Set<EntityRef> groups = amongManyGroups(PLATFORM, payments);
    for (TokenQuery few : everyStatusAndOrder(Set.of(PLATFORM, payments))) {
      if (few.order().descending()
          && ordersOfLongLists().contains(few.order())
          && few.status().orElse(TokenStatus.ACTIVE).rank() < 2) {
        TokenQuery many =
            new TokenQuery(few.filter().inGroups(groups), few.order(), few.after(), 0, 5);
        TokenPage page = store.list(few, NOON);
        assertEquals(page, store.list(many, NOON), few::toString);
        assertEquals(
            store.list(following(few, page), NOON),
            store.list(following(many, page), NOON),
            few::toString);
      }
    }
  }

  private static TokenQuery following(TokenQuery query, TokenPage page) {
    return new TokenQuery(query.filter(), query.order(), page.next(), 3, 5);
  }

  @Test
  void limitZeroOnlyCounts() {
    put(store, token("ci"));
    assertEquals(
        new TokenPage(List.of(), new BoundedCount(1, false), Optional.empty()),
        store.list(everything(0), NOON));
  }

  @Test
  void offsetsBeyondTheEndGiveAnEmptyPage() {
    put(store, token("ci"));
    for (long offset : List.of(1L, 1_000_000L, Long.MAX_VALUE)) {
      for (Optional<TokenStatus> status :
          List.of(Optional.<TokenStatus>empty(), Optional.of(TokenStatus.ACTIVE))) {
        TokenQuery query = new TokenQuery(status, Optional.empty(), Optional.empty(), offset, 500);
        assertEquals(
            new TokenPage(List.of(), new BoundedCount(1, false), Optional.empty()),
            store.list(query, NOON));
      }
    }
  }

  @Test
  void cursorsReturnTiesOnce() {
    List<ServiceToken> all = new ArrayList<>();
    for (int i = 0; i < 23; i++) {
      Instant createdAt = NOON.plusMillis(i / 8);
      all.add(
          put(store, token("ci-" + i, PLATFORM, createdAt, createdAt.plus(Duration.ofDays(90)))));
    }
    for (int limit : List.of(1, 5, 23, 24)) {
      List<ServiceToken> seen = new ArrayList<>();
      Optional<ListPosition> after = Optional.empty();
      do {
        TokenPage page =
            store.list(new TokenQuery(Optional.empty(), Optional.empty(), after, 0, limit), NOON);
        assertEquals(new BoundedCount(23, false), page.total());
        seen.addAll(page.tokens());
        after = page.next();
      } while (after.isPresent());
      assertEquals(newestFirst(all), seen);
    }
  }

  /** A database store reads the rows of a large page in portions. */
  @Test
  void largePageIsInOrder() {
    List<ServiceToken> all = new ArrayList<>();
    for (int i = 0; i < 201; i++) {
      Instant createdAt = NOON.plusMillis(i);
      all.add(
          put(store, token("ci-" + i, PLATFORM, createdAt, createdAt.plus(Duration.ofDays(90)))));
    }
    TokenQuery query = new TokenQuery(Optional.empty(), Optional.empty(), Optional.empty(), 0, 500);
    assertEquals(newestFirst(all), store.list(query, NOON).tokens());
  }

  @Test
  void statusChangesAtTheExactInstant() {
    Instant expiry = NOON.plus(Duration.ofDays(60));
    ServiceToken token = put(store, token("ci", PLATFORM, NOON, expiry));
    for (Instant boundary : List.of(expiry.minus(Duration.ofDays(30)), expiry)) {
      for (int millis = -1; millis <= 1; millis++) {
        Instant now = boundary.plusMillis(millis);
        for (TokenStatus status : TokenStatus.values()) {
          int expected = token.statusAt(now) == status ? 1 : 0;
          TokenPage page = store.list(Samples.of(status), now);
          assertEquals(expected, page.tokens().size(), status + " at " + now);
          assertEquals(expected, page.total().count(), status + " at " + now);
        }
      }
    }
  }

  /**
   * Compares pages of every size with a list that is filtered by {@link ServiceToken#statusAt}.
   * Maintenance runs at arbitrary instants, because clocks may be wrong.
   */
  @Test
  void consecutivePagesOfEverySizeAreExact() {
    List<ServiceToken> model = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      Instant createdAt = NOON.plusMillis(i / 3);
      Instant expiresAt = createdAt.plus(Duration.ofDays(90));
      model.add(put(store, token("t-" + i, GROUPS.get(i % GROUPS.size()), createdAt, expiresAt)));
    }
    for (Set<EntityRef> groups :
        List.of(Set.copyOf(GROUPS), Set.of(GROUPS.get(0), GROUPS.get(1)))) {
      for (int limit = 1; limit <= 9; limit++) {
        for (long offset = 0; offset <= 4; offset++) {
          TokenQuery query =
              new TokenQuery(
                  Optional.empty(), Optional.of(groups), Optional.empty(), offset, limit);
          assertEquals(expected(model, query, NOON), store.list(query, NOON), query.toString());
        }
      }
    }
  }

  @Test
  void listsAreExactAfterMaintenance() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<ServiceToken> model = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      Instant createdAt = NOON.plus(Duration.ofDays(random.nextInt(40)));
      Instant expiresAt = createdAt.plus(Duration.ofDays(1 + random.nextInt(70)));
      EntityRef group = GROUPS.get(random.nextInt(GROUPS.size()));
      ServiceToken token = put(store, token("t-" + i, group, createdAt, expiresAt));
      if (random.nextInt(5) == 0) {
        revoke(store, token.id(), createdAt);
      }
      model.add(store.find(token.id()).orElseThrow());
    }
    for (int round = 0; round < 40; round++) {
      Instant now =
          random.nextBoolean()
              ? NOON.plus(Duration.ofDays(random.nextInt(120)))
              : model.get(random.nextInt(model.size())).expiresAt();
      if (random.nextInt(3) == 0) {
        store.maintain(now.plus(Duration.ofDays(random.nextInt(80) - 60)));
      }
      TokenQuery query = randomQuery(random, model);
      assertEquals(expected(model, query, now), store.list(query, now), query + " seed " + seed);
    }
  }

  private static TokenQuery randomQuery(Random random, List<ServiceToken> model) {
    TokenStatus[] statuses = TokenStatus.values();
    Optional<TokenStatus> status =
        random.nextInt(4) == 0
            ? Optional.empty()
            : Optional.of(statuses[random.nextInt(statuses.length)]);
    Optional<Set<EntityRef>> groups =
        random.nextInt(3) == 0
            ? Optional.empty()
            : Optional.of(Set.copyOf(GROUPS.subList(0, random.nextInt(GROUPS.size() + 1))));
    Optional<ListPosition> after =
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(ListPosition.of(model.get(random.nextInt(model.size()))));
    return new TokenQuery(status, groups, after, random.nextInt(8), random.nextInt(20));
  }

  private static TokenPage expected(List<ServiceToken> model, TokenQuery query, Instant now) {
    return ExpectedPages.page(model, query, now);
  }

  private static List<ServiceToken> newestFirst(List<ServiceToken> tokens) {
    return tokens.stream()
        .sorted(
            Comparator.comparing(ServiceToken::createdAt)
                .thenComparing(t -> t.id().toString())
                .reversed())
        .toList();
  }

  /**
   * Adds the given number of tokens of {@link Samples#PLATFORM} to the store. This method is faster
   * than single calls.
   */
  protected abstract void createMany(int count) throws Exception;

  private void countsAreExactUpToTenThousand() throws Exception {
    createMany(BoundedCount.EXACT_UP_TO);
    for (TokenQuery query : countedQueries()) {
      assertEquals(new BoundedCount(10_000, false), store.list(query, NOON).total());
    }
    put(store, token("one-more"));
    for (TokenQuery query : countedQueries()) {
      TokenPage page = store.list(query, NOON);
      assertEquals(new BoundedCount(10_000, true), page.total());
      assertTrue(page.next().isPresent(), query::toString);
    }
  }

  private static List<TokenQuery> countedQueries() {
    return List.of(
        everything(1),
        new TokenQuery(Optional.of(TokenStatus.ACTIVE), Optional.empty(), Optional.empty(), 0, 1),
        new TokenQuery(
            Optional.of(TokenStatus.ACTIVE),
            Optional.of(Set.copyOf(GROUPS)),
            Optional.empty(),
            0,
            1));
  }
}
