package io.accesstokens.token.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.Actor;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenCounts.Counts;
import io.accesstokens.token.TokenCounts.GroupCounts;
import io.accesstokens.token.TokenOverview;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests which counts of tokens are new, and which are those of an earlier count of all tokens. */
@Timeout(120)
class OverallCountsTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final LocalDate TODAY = LocalDate.of(2026, 3, 1);
  private static final EntityRef LARGE = new EntityRef(EntityRef.GROUP, "default", "large");
  private static final EntityRef SMALL = new EntityRef(EntityRef.GROUP, "default", "small");
  private static final Optional<Set<EntityRef>> ALL = Optional.empty();
  private static final long TOKENS_PER_SECOND = 1_000_000;
  private static final Duration LIMIT = Duration.ofSeconds(4);

  private final ManualClock clock = new ManualClock(NOON);
  private final Map<EntityRef, Long> tokens = new HashMap<>();
  private final AtomicInteger counts = new AtomicInteger();
  private final AtomicInteger countsOfAll = new AtomicInteger();
  private final Semaphore slot = new Semaphore(1);
  private volatile boolean isOut;
  private volatile Duration delay = Duration.ZERO;
  private volatile CountDownLatch mayCount = new CountDownLatch(0);

  /** Needs time for each token, and fails after the time limit of a request. */
  @SuppressWarnings("unchecked")
  private final ReportStore store =
      TestDouble.of(
          ReportStore.class,
          call ->
              switch (call.name()) {
                case "counts" -> counts((Optional<Set<EntityRef>>) call.argument(0));
                case "countsByGroup" -> countsByGroup();
                case "inGracePeriod" -> List.of();
                default -> throw new AssertionError(call.name());
              });

  private final OverallCounts overall = new OverallCounts(() -> store, clock, slot);

  private TokenCounts counts(Optional<Set<EntityRef>> groups) {
    counts.incrementAndGet();
    Map<EntityRef, TokenCounts> all = byGroup();
    groups.ifPresent(all.keySet()::retainAll);
    TokenCounts sum = TokenCounts.sum(all.values());
    Duration duration = duration(total(sum)).plus(delay);
    clock.shift(duration.compareTo(LIMIT) > 0 ? LIMIT : duration);
    if (isOut || duration.compareTo(LIMIT) > 0) {
      throw new StoreUnavailableException("a statement took too long", null);
    }
    return sum;
  }

  private Map<EntityRef, TokenCounts> countsByGroup() throws InterruptedException {
    countsOfAll.incrementAndGet();
    assertTrue(mayCount.await(2, TimeUnit.MINUTES), "the test has not released the count");
    Map<EntityRef, TokenCounts> all = byGroup();
    clock.shift(duration(total(TokenCounts.sum(all.values()))).plus(delay));
    if (isOut) {
      throw new StoreUnavailableException("the database is out", null);
    }
    return all;
  }

  private Map<EntityRef, TokenCounts> byGroup() {
    Map<EntityRef, TokenCounts> all = new HashMap<>();
    tokens.forEach(
        (group, number) ->
            all.put(
                group,
                new TokenCounts(
                    List.of(new GroupCounts(group, new Counts(0, number, 0, 0, 0, 0, 0))),
                    Map.of(TODAY, number))));
    return all;
  }

  private static Duration duration(long tokens) {
    return Duration.ofMillis(tokens * 1_000 / TOKENS_PER_SECOND);
  }

  private static long total(TokenCounts counts) {
    return counts.groups().stream().mapToLong(group -> group.counts().tokens()).sum();
  }

  private void fill(long large, long small) {
    tokens.put(LARGE, large);
    tokens.put(SMALL, small);
  }

  /** Waits until no thread counts in the background. */
  private void awaitCount() throws InterruptedException {
    slot.acquire();
    slot.release();
  }

  @Test
  void fastCountsAreNewEachTime() {
    fill(1_000_000, 10);
    assertEquals(1_000_010, total(overall.of(ALL).counts()));
    tokens.put(SMALL, 20L);
    Instant now = clock.instant();
    OverallCounts.Result result = overall.of(ALL);
    assertEquals(1_000_020, total(result.counts()));
    assertEquals(now, result.asOf());
    assertEquals(0, countsOfAll.get(), "counts in the background");
  }

  @Test
  void slowCountIsMadeInTheBackgroundAndShared() throws Exception {
    fill(20_000_000, 10);
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    awaitCount();
    int before = counts.get();
    for (int caller = 0; caller < 3; caller++) {
      OverallCounts.Result result = overall.of(ALL);
      assertEquals(20_000_010, total(result.counts()));
      assertEquals(Map.of(TODAY, 20_000_010L), result.counts().expiring());
      assertEquals(NOON.plus(LIMIT), result.asOf());
    }
    assertEquals(1, countsOfAll.get());
    assertEquals(before, counts.get(), "counts by callers");
  }

  @Test
  void callersDoNotCountWhileTheFirstCountRuns() throws Exception {
    fill(20_000_000, 10);
    mayCount = new CountDownLatch(1);
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    int before = counts.get();
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    assertEquals(before, counts.get());
    assertEquals(10, total(overall.of(Optional.of(Set.of(SMALL))).counts()), "of a small group");
    mayCount.countDown();
    awaitCount();
    assertEquals(20_000_010, total(overall.of(ALL).counts()));
  }

  @Test
  void callersCountFewTokensWhileABackgroundCountRuns() throws Exception {
    fill(100, 10);
    delay = Duration.ofSeconds(3);
    assertEquals(110, total(overall.of(ALL).counts()));
    awaitCount();
    clock.shift(Duration.ofMinutes(1));
    mayCount = new CountDownLatch(1);
    for (int caller = 0; caller < 2; caller++) {
      assertEquals(110, total(overall.of(ALL).counts()));
    }
    mayCount.countDown();
    awaitCount();
    assertEquals(2, countsOfAll.get());
  }

  @Test
  void callersGetOnlyTheirGroups() throws Exception {
    fill(20_000_000, 10);
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    awaitCount();
    tokens.put(SMALL, 11L);
    OverallCounts.Result large = overall.of(Optional.of(Set.of(LARGE)));
    assertEquals(
        Set.of(LARGE),
        large.counts().groups().stream().map(GroupCounts::group).collect(Collectors.toSet()));
    assertEquals(Map.of(TODAY, 20_000_000L), large.counts().expiring());
    Instant now = clock.instant();
    OverallCounts.Result small = overall.of(Optional.of(Set.of(SMALL)));
    assertEquals(11, total(small.counts()), "a count of few tokens is new");
    assertEquals(now, small.asOf());
    assertEquals(0, total(overall.of(Optional.of(Set.of())).counts()));
  }

  @Test
  void countIsRepeatedAfterTenTimesItsDuration() throws Exception {
    fill(20_000_000, 10);
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    awaitCount();
    fill(20_000_000, 20);
    clock.shift(Duration.ofSeconds(199));
    assertEquals(20_000_010, total(overall.of(ALL).counts()));
    assertEquals(1, countsOfAll.get());
    mayCount = new CountDownLatch(1);
    clock.shift(Duration.ofSeconds(1));
    for (int caller = 0; caller < 3; caller++) {
      assertEquals(20_000_010, total(overall.of(ALL).counts()), "counts during the next count");
    }
    mayCount.countDown();
    awaitCount();
    assertEquals(20_000_020, total(overall.of(ALL).counts()));
    assertEquals(2, countsOfAll.get());
  }

  @Test
  void countOlderThanAnHourIsNotUsed() throws Exception {
    fill(20_000_000, 10);
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    awaitCount();
    isOut = true;
    clock.set(NOON.plus(LIMIT).plus(Duration.ofMinutes(59)));
    assertEquals(20_000_010, total(overall.of(ALL).counts()));
    awaitCount();
    clock.set(NOON.plus(LIMIT).plus(Duration.ofMinutes(60)));
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    awaitCount();
    clock.set(NOON);
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL), "before the count");
  }

  @Test
  void countsAreNewAgainWithFewerTokens() throws Exception {
    fill(20_000_000, 10);
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    awaitCount();
    fill(100, 10);
    clock.shift(Duration.ofSeconds(200));
    assertEquals(20_000_010, total(overall.of(ALL).counts()));
    awaitCount();
    assertEquals(110, total(overall.of(ALL).counts()));
    tokens.put(SMALL, 11L);
    assertEquals(111, total(overall.of(ALL).counts()));
  }

  @Test
  void callersWithFewTokensAlwaysCountThem() throws Exception {
    fill(99_000, 10);
    delay = Duration.ofSeconds(30);
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL), "the table is locked");
    awaitCount();
    delay = Duration.ZERO;
    tokens.put(SMALL, 20L);
    Instant now = clock.instant();
    OverallCounts.Result result = overall.of(ALL);
    assertEquals(99_020, total(result.counts()));
    assertEquals(now, result.asOf());
  }

  @Test
  void callerWhoseCountFailsGetsTheResult() throws Exception {
    fill(1_900_000, 10);
    delay = Duration.ofSeconds(3);
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    awaitCount();
    delay = Duration.ZERO;
    clock.shift(Duration.ofSeconds(49));
    Instant now = clock.instant();
    Optional<Set<EntityRef>> small = Optional.of(Set.of(SMALL));
    assertEquals(now, overall.of(small).asOf(), "of a count that succeeds");
    isOut = true;
    OverallCounts.Result result = overall.of(small);
    assertEquals(10, total(result.counts()));
    assertEquals(NOON.plus(LIMIT), result.asOf());
  }

  @Test
  void failedCountIsRepeatedAfterFastCounts() throws Exception {
    fill(10, 10);
    isOut = true;
    delay = Duration.ofSeconds(2);
    try (RecordedLog log = new RecordedLog(BackgroundRead.class)) {
      assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
      awaitCount();
      isOut = false;
      delay = Duration.ZERO;
      clock.shift(Duration.ofSeconds(20));
      for (int caller = 0; caller < 3; caller++) {
        assertEquals(20, total(overall.of(ALL).counts()));
        awaitCount();
      }
      assertEquals(2, countsOfAll.get());
      assertEquals(2, log.lines().size(), log.lines().toString());
      assertTrue(
          log.lines().get(1).contains("recovered: the count of all tokens"), log.lines().get(1));
    }
  }

  @Test
  void stepOfTheClockDuringACountDelaysTheNextOneByMinutesOnly() throws Exception {
    fill(20_000_000, 10);
    delay = Duration.ofHours(8);
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    awaitCount();
    delay = Duration.ZERO;
    clock.shift(Duration.ofMinutes(20));
    assertThrows(StoreUnavailableException.class, () -> overall.of(ALL));
    awaitCount();
    assertEquals(20_000_010, total(overall.of(ALL).counts()));
  }

  @Test
  void overviewSaysWhenTheTokensWereCounted() {
    PermissionPolicy policy =
        new PermissionPolicy(PermissionPolicy.Grantees.EVERYBODY, PermissionPolicy.Grantees.NONE);
    TokenStore all = TestDouble.of(TokenStore.class, call -> store);
    TokenReports reports =
        new TokenReports(
            all, new PermissionCheck(policy, AuditListener.NONE), UserDirectory.UNLISTED, clock);
    EntityRef ada = new EntityRef(EntityRef.USER, "default", "ada");
    Actor.Person admin = new Actor.Person(ada, Set.of(), null);
    fill(20_000_000, 10);
    assertThrows(StoreUnavailableException.class, () -> reports.overview(admin));
    Awaitility.await()
        .ignoreException(StoreUnavailableException.class)
        .until(() -> reports.overview(admin).all().tokens() == 20_000_010);
    clock.set(NOON.plus(Duration.ofMinutes(3)));
    TokenOverview overview = reports.overview(admin);
    assertEquals(NOON.plus(LIMIT), overview.asOf());
    assertEquals(NOON.plus(Duration.ofMinutes(3)), overview.now());
    assertEquals(TODAY, overview.days().get(0).day());
  }
}
