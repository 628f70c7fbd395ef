package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.PLATFORM;
import static io.accesstokens.store.Samples.group;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Adds the contract of {@link io.accesstokens.token.store.TokenStore} for search and sorting. */
public abstract class TokenSearchContract extends TokenListContract {

  private static final List<EntityRef> GROUPS =
      List.of(PLATFORM, group("payments"), group("guests"));
  private static final List<String> CREATORS =
      List.of("user:default/alice", "user:default/Alice", "service-token:group:default/a:maker");
  private static final TokenFilter ALL = TokenFilter.of(Optional.empty(), Optional.empty());

  private static TokenQuery query(TokenFilter filter, TokenOrder order, int limit) {
    return new TokenQuery(filter, order, Optional.empty(), 0, limit);
  }

  private List<String> names(TokenFilter filter) {
    return store
        .list(query(filter, new TokenOrder(TokenOrder.Key.NAME, false), 500), NOON)
        .tokens()
        .stream()
        .map(ServiceToken::name)
        .toList();
  }

  private ServiceToken described(String name, String description, String prefix) {
    ServiceToken plain = token(name);
    return put(
        store,
        new ServiceToken(
            plain.id(),
            plain.name(),
            description,
            prefix,
            plain.group(),
            plain.scopes(),
            plain.createdBy(),
            plain.createdAt(),
            plain.expiresAt(),
            null,
            null,
            null));
  }

  private List<String> found(String text) {
    return names(Samples.searching(text));
  }

  @Test
  void searchCoversNameDescriptionAndPrefixIgnoringCase() {
    described("grafana-sync", "Reads OWNERS for \u00c4rger", "bsat_h4TzP0a");
    described("ledger", "100% of_it! costs [5] \\ 'quoted' \uD83D\uDE00", "bsat_Kx3mRt9");
    assertEquals(List.of("grafana-sync"), found("FANA-s"));
    assertEquals(List.of("grafana-sync"), found("owners FOR"));
    assertEquals(List.of("grafana-sync"), found("\u00e4RGER"));
    assertEquals(List.of("grafana-sync"), found("h4tzp0A"));
    assertEquals(List.of("grafana-sync", "ledger"), found("BSAT_"));
    assertEquals(List.of(), found("argot"));
  }

  @Test
  void searchDoesNotDependOnTheLettersAroundTheText() {
    described("a", "\u039c\u039f\u03a5\u03a3\u0399\u039a\u0397", "bsat_Kx3mRt9");
    described("b", "\u0397 \u039f\u0394\u039f\u03a3", "bsat_Kx3mRt8");
    described("c", "\u03b7 \u03bf\u03b4\u03bf\u03c2", "bsat_Kx3mRt7");
    for (String text : List.of("\u039f\u03a5\u03a3", "\u03bf\u03c5\u03c3", "\u03bf\u03c5\u03c2")) {
      assertEquals(List.of("a"), found(text), text);
    }
    for (String text : List.of("\u0394\u039f\u03a3", "\u03b4\u03bf\u03c3", "\u03b4\u03bf\u03c2")) {
      assertEquals(List.of("b", "c"), found(text), text);
    }
    for (String text : List.of("\u03a3", "\u03c3", "\u03c2")) {
      assertEquals(List.of("a", "b", "c"), found(text), text);
    }
    assertEquals(List.of(), found("\u03b4\u03bf\u03b9"));
    assertEquals(List.of(), found("%\u03c3"));
  }

  @Test
  void patternCharactersAreLiteral() {
    described("a", "100% of_it! costs [5] \\ 'quoted' \uD83D\uDE00 \u0627\u0644", "bsat_Kx3mRt9");
    described("b", "100 of it", "bsat_Kx3mRt8");
    for (String text :
        List.of(
            "%", "of_it", "!", "0% o", "[5]", "\\", "'", "\uD83D\uDE00", "\u0627\u0644", "it! c")) {
      assertEquals(List.of("a"), found(text), text);
    }
    assertEquals(List.of(), found("%%"));
    assertEquals(List.of(), found("_f"));
    assertEquals(List.of(), found("\\%"));
  }

  @Test
  void searchDoesNotMatchAcrossFields() {
    described("ci", "builds", "bsat_Kx3mRt9");
    assertEquals(List.of(), found("ci builds"));
    assertEquals(List.of(), found("cibuilds"));
    assertEquals(List.of(), found("buildsbsat"));
  }

  @Test
  void longestTextsAreFound() {
    String emoji = "\uD83D\uDE00".repeat(500);
    described("a".repeat(100), emoji, "csat_acdefgh");
    described("b", "\u0130".repeat(500), "csat_acdefgi");
    assertEquals(List.of("a".repeat(100)), found("a".repeat(100)));
    assertEquals(List.of("a".repeat(100)), found("\uD83D\uDE00".repeat(200)));
    assertEquals(List.of("b"), found("b"));
  }

  private List<ServiceToken> population(Random random, int size) {
    List<ServiceToken> model = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Instant createdAt = NOON.plus(Duration.ofDays(random.nextInt(20)));
      Instant expiresAt = createdAt.plus(Duration.ofDays(1 + random.nextInt(60)));
      EntityRef group = GROUPS.get(random.nextInt(GROUPS.size()));
      ServiceToken plain = token("t-" + random.nextInt(9) + "-" + i, group, createdAt, expiresAt);
      ServiceToken made =
          new ServiceToken(
              plain.id(),
              plain.name(),
              "What " + (i % 7) + " does",
              plain.tokenPrefix(),
              plain.group(),
              plain.scopes(),
              CREATORS.get(random.nextInt(CREATORS.size())),
              createdAt,
              expiresAt,
              null,
              null,
              null);
      put(store, made);
      if (random.nextInt(3) > 0) {
        Instant usedAt = createdAt.plus(Duration.ofDays(random.nextInt(30)));
        Samples.recordUses(
            store,
            Map.of(made.id(), TokenUsage.of(new UsageCount(1, usedAt, null), 0, 0, null, null)));
      }
      if (random.nextInt(5) == 0) {
        revoke(store, made.id(), createdAt);
      }
      model.add(store.find(made.id()).orElseThrow());
    }
    return model;
  }

  private static <T> T anyOf(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  private static <T> Optional<T> perhaps(Random random, T value) {
    return random.nextInt(4) == 0 ? Optional.of(value) : Optional.empty();
  }

  private static TokenFilter randomFilter(Random random) {
    return new TokenFilter(
        perhaps(random, anyOf(random, TokenStatus.values())),
        perhaps(random, Set.copyOf(GROUPS.subList(0, random.nextInt(GROUPS.size() + 1)))),
        perhaps(random, List.of("T-1", "what 3", "bsat", "nothing").get(random.nextInt(4))),
        perhaps(random, CREATORS.get(random.nextInt(CREATORS.size()))),
        perhaps(random, NOON.plus(Duration.ofMinutes(random.nextInt(90) - 30L))),
        random.nextInt(4) == 0,
        perhaps(random, NOON.plus(Duration.ofDays(random.nextInt(60)))),
        perhaps(random, NOON.plus(Duration.ofDays(random.nextInt(60)))),
        perhaps(random, NOON.plus(Duration.ofDays(random.nextInt(40)))),
        perhaps(random, NOON.plus(Duration.ofDays(random.nextInt(40)))),
        random.nextInt(6) == 0,
        false);
  }

  @Test
  void searchedAndSortedPagesAreExactAfterMaintenance() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<ServiceToken> model = population(random, 90);
    for (int round = 0; round < 250; round++) {
      Instant now =
          random.nextBoolean()
              ? NOON.plus(Duration.ofDays(random.nextInt(80)))
              : model.get(random.nextInt(model.size())).expiresAt();
      if (random.nextInt(5) == 0) {
        store.maintain(now.plus(Duration.ofDays(random.nextInt(80) - 60)));
      }
      TokenOrder order =
          new TokenOrder(anyOf(random, TokenOrder.Key.values()), random.nextBoolean());
      Optional<ListPosition> after =
          perhaps(random, order.positionOf(model.get(random.nextInt(model.size())), now));
      TokenQuery query =
          new TokenQuery(randomFilter(random), order, after, random.nextInt(5), random.nextInt(20));
      assertEquals(
          ExpectedPages.page(model, query, now), store.list(query, now), query + " seed " + seed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void cursorsOfEveryOrderReturnEachTokenOnce(TokenOrder.Key key) {
    List<ServiceToken> model = population(new Random(7), 40);
    for (boolean descending : List.of(true, false)) {
      List<UUID> seen = new ArrayList<>();
      Optional<ListPosition> after = Optional.empty();
      TokenOrder order = new TokenOrder(key, descending);
      do {
        TokenPage page = store.list(new TokenQuery(ALL, order, after, 0, 7), NOON);
        assertEquals(new BoundedCount(40, false), page.total());
        page.tokens().forEach(token -> seen.add(token.id()));
        after = page.next();
      } while (after.isPresent());
      assertEquals(
          ExpectedPages.page(model, query(ALL, order, 500), NOON).tokens().stream()
              .map(ServiceToken::id)
              .toList(),
          seen);
    }
  }

  /**
   * If more tokens match than the store counts, it uses another query. This query must return the
   * same page.
   */
  @Test
  void pagesBeyondTheCountLimitAreInOrder() throws Exception {
    createMany(BoundedCount.EXACT_UP_TO + 100);
    ServiceToken first =
        put(store, token("a-many", PLATFORM, NOON.minusSeconds(9), NOON.plusSeconds(1)));
    ServiceToken last =
        put(store, token("z-many", PLATFORM, NOON.plusSeconds(9), NOON.plusSeconds(9)));
    TokenUsage used = TokenUsage.of(new UsageCount(1, NOON, null), 0, 0, null, null);
    for (long seconds : List.of(-20L, 20L)) {
      Instant createdAt = NOON.plusSeconds(seconds);
      put(store, token("1-many" + seconds, PLATFORM, createdAt, NOON.minusSeconds(1)));
      ServiceToken revoked =
          put(store, token("2-many" + seconds, PLATFORM, createdAt, NOON.plusSeconds(99)));
      revoke(store, revoked.id(), NOON);
    }
    UUID usedId = put(store, token("0-many", PLATFORM, NOON, NOON.plusSeconds(1))).id();
    Samples.recordUses(store, Map.of(usedId, used));
    ServiceToken usedToken = store.find(usedId).orElseThrow();
    TokenFilter ofGroup = TokenFilter.of(Optional.empty(), Optional.of(Set.of(PLATFORM)));
    Optional<Set<EntityRef>> groups = Optional.of(Set.of(PLATFORM, group("payments")));
    TokenFilter ofText = live(groups, Optional.of("MANY"), Optional.empty(), false);
    TokenFilter neverUsed = live(Optional.empty(), Optional.empty(), Optional.empty(), true);
    TokenFilter neverUsedOfGroups = live(groups, Optional.empty(), Optional.empty(), true);
    TokenFilter unused = live(Optional.empty(), Optional.empty(), Optional.of(NOON), false);
    for (TokenFilter filter : List.of(ALL, ofGroup, ofText, neverUsed, neverUsedOfGroups, unused)) {
      for (TokenOrder order : ordersOfLongLists()) {
        assertPagesInOrder(filter, order);
      }
      assertEquals(last, firstOf(filter, new TokenOrder(TokenOrder.Key.NAME, true)));
      boolean unusedOnly = filter.neverUsed() || filter.unusedSince().isPresent();
      assertEquals(
          unusedOnly ? first : usedToken,
          firstOf(filter, new TokenOrder(TokenOrder.Key.NAME, false)));
    }
  }

  private static TokenFilter live(
      Optional<Set<EntityRef>> groups,
      Optional<String> text,
      Optional<Instant> unusedSince,
      boolean neverUsed) {
    return new TokenFilter(
        Optional.empty(),
        groups,
        text,
        Optional.empty(),
        Optional.empty(),
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        unusedSince,
        neverUsed,
        false);
  }

  private ServiceToken firstOf(TokenFilter filter, TokenOrder order) {
    return store.list(query(filter, order, 3), NOON).tokens().get(0);
  }

  /** Verifies two pages of a list with more tokens than the store counts. */
  private void assertPagesInOrder(TokenFilter filter, TokenOrder order) {
    String list = order + " " + filter;
    TokenPage page = store.list(query(filter, order, 3), NOON);
    assertEquals(new BoundedCount(BoundedCount.EXACT_UP_TO, true), page.total(), list);
    TokenPage rest = store.list(new TokenQuery(filter, order, page.next(), 0, 3), NOON);
    for (ServiceToken token : page.tokens()) {
      String found = token + " in " + list;
      assertTrue(!filter.live() || token.statusAt(NOON).isLive(), found);
      assertTrue(!filter.neverUsed() || token.lastUsedAt() == null, found);
    }
    List<ListPosition> positions =
        Stream.of(page, rest)
            .flatMap(part -> part.tokens().stream())
            .map(token -> order.positionOf(token, NOON))
            .toList();
    assertEquals(6, Set.copyOf(positions).size(), () -> list + " has " + positions);
    assertEquals(positions.stream().sorted(order.comparator()).toList(), positions, list);
  }
}
