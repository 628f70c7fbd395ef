package io.accesstokens.token.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.Actor;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.directory.UserDirectory.Presence;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.UseLimits;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests the facts about all tokens, which the reports keep in memory, and the list of tokens that
 * need attention.
 */
class OverallReportsTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final LocalDate TODAY = LocalDate.of(2026, 3, 1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final EntityRef TEAM = new EntityRef(EntityRef.GROUP, "default", "team");

  /** Maximum wait for a read. Reads take no longer than that but by the clock of a test. */
  private static final Duration WAIT = Duration.ofSeconds(60);

  private static final LeftCreators.Result UNKNOWN = new LeftCreators.Result(List.of(), false);
  private static final EntityRef OTHER = new EntityRef(EntityRef.GROUP, "default", "other");

  private final InMemoryTokenStore store = new InMemoryTokenStore();
  private final ManualClock clock = new ManualClock(NOON);

  private static ServiceToken token(
      int id, EntityRef group, String creator, @Nullable Instant revokedAt) {
    return new ServiceToken(
        new UUID(0, id),
        "job-" + id,
        "Runs at night",
        "bsat_0123456",
        group,
        List.of("catalog:read"),
        creator,
        NOON,
        NOON.plus(DAY.multipliedBy(3)),
        null,
        revokedAt,
        revokedAt == null ? null : creator);
  }

  private ServiceToken put(ServiceToken token) {
    byte[] digest =
        ByteBuffer.allocate(TokenDigest.LENGTH)
            .putLong(token.id().getLeastSignificantBits())
            .array();
    store.create(
        token,
        TokenDigest.of(digest),
        new AuditEvent(
            UUID.randomUUID(),
            token.id(),
            AuditEvent.Type.CREATED,
            token.createdBy(),
            Map.of(),
            NOON));
    return token;
  }

  private void use(ServiceToken token, long count, Instant at) {
    store.recordUses(
        Map.of(
            new SecretId(token.id(), 1),
            TokenUsage.of(new UsageCount(count, at, null), 0, 0, null, null)));
  }

  private static List<Long> accepted(List<DailyUsage> days) {
    return days.stream().map(DailyUsage::accepted).toList();
  }

  @Test
  void pastDaysAreReadOnceAndTheLastDaysAgain() {
    ServiceToken one = put(token(1, TEAM, "user:default/ada", null));
    ServiceToken two = put(token(2, OTHER, "user:default/ada", null));
    OverallUsage overallUsage =
        new OverallUsage(
            day -> store.reports().usesByGroup(day), clock, Duration.ofMinutes(1), DAY);
    for (int days = 0; days < 4; days++) {
      use(one, 1, NOON.minus(DAY.multipliedBy(days)));
    }
    use(two, 10, NOON);
    assertEquals(List.of(0L, 1L, 1L, 1L, 11L), accepted(overallUsage.byDay(Optional.empty(), 5)));
    assertEquals(List.of(1L, 1L), accepted(overallUsage.byDay(Optional.of(Set.of(TEAM)), 2)));
    assertEquals(List.of(0L), accepted(overallUsage.byDay(Optional.of(Set.of()), 1)));
    for (int days = 0; days < 4; days++) {
      use(one, 1, NOON.minus(DAY.multipliedBy(days)));
    }
    assertEquals(List.of(0L, 1L, 1L, 1L, 11L), accepted(overallUsage.byDay(Optional.empty(), 5)));
    clock.set(NOON.plusSeconds(60));
    assertEquals(List.of(0L, 1L, 1L, 2L, 12L), accepted(overallUsage.byDay(Optional.empty(), 5)));
  }

  @Test
  void lackOfTimeLeavesOlderDaysForTheNextCall() {
    OverallUsage overallUsage =
        new OverallUsage(day -> Map.of(), clock, Duration.ofMinutes(1), Duration.ZERO);
    for (int call = 1; call <= 3; call++) {
      List<DailyUsage> found = overallUsage.byDay(Optional.empty(), 3);
      assertEquals(TODAY, found.get(found.size() - 1).day());
      assertEquals(call, found.size(), "days of call " + call);
    }
    assertEquals(3, overallUsage.byDay(Optional.empty(), 3).size());
  }

  @Test
  void dayThatWasReadBeforeItsEndIsReadAgain() {
    Map<LocalDate, Long> counts = new HashMap<>(Map.of(TODAY, 1L));
    OverallUsage overallUsage =
        new OverallUsage(
            day -> Map.of(TEAM, new DailyUsage(day, counts.getOrDefault(day, 0L), 0)),
            clock,
            Duration.ofMinutes(1),
            DAY);
    assertEquals(List.of(1L), accepted(overallUsage.byDay(Optional.empty(), 1)));
    counts.put(TODAY, 2L);
    clock.set(NOON.plus(DAY.multipliedBy(3)));
    assertEquals(List.of(2L, 0L, 0L, 0L), accepted(overallUsage.byDay(Optional.empty(), 4)));
    counts.put(TODAY, 3L);
    clock.shift(DAY);
    assertEquals(List.of(2L, 0L, 0L, 0L, 0L), accepted(overallUsage.byDay(Optional.empty(), 5)));
  }

  @Test
  void daysThatWereReadWithAFastClockAreReadAgain() {
    Map<LocalDate, Long> counts = new HashMap<>();
    OverallUsage overallUsage =
        new OverallUsage(
            day -> Map.of(TEAM, new DailyUsage(day, counts.getOrDefault(day, 0L), 0)),
            clock,
            Duration.ofMinutes(1),
            DAY);
    clock.set(NOON.plus(DAY.multipliedBy(30)));
    assertEquals(31, overallUsage.byDay(Optional.empty(), 31).size());
    clock.set(NOON);
    for (long uses = 1; uses <= 2; uses++) {
      counts.put(TODAY, uses);
      assertEquals(List.of(uses), accepted(overallUsage.byDay(Optional.empty(), 1)));
      clock.shift(Duration.ofSeconds(60));
    }
  }

  @Test
  @Timeout(120)
  void slowStoreBlocksOneThreadOnly() throws Exception {
    CountDownLatch isCalled = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    OverallUsage overallUsage =
        new OverallUsage(
            day -> {
              if (!day.equals(TODAY)) {
                isCalled.countDown();
                boolean unused = awaits(released);
              }
              return Map.of(TEAM, new DailyUsage(day, 1, 0));
            },
            clock,
            Duration.ofMinutes(1),
            DAY);
    CompletableFuture<List<DailyUsage>> first =
        CompletableFuture.supplyAsync(() -> overallUsage.byDay(Optional.empty(), 3));
    isCalled.await();
    assertEquals(
        List.of(new DailyUsage(TODAY, 1, 0)),
        overallUsage.byDay(Optional.empty(), 3),
        "result while the store hangs");
    assertFalse(first.isDone(), "the first call is over");
    released.countDown();
    assertEquals(3, first.get().size());
    assertEquals(3, overallUsage.byDay(Optional.empty(), 3).size());
  }

  private LeftCreators leftCreators(UserDirectory users, Duration budget) {
    return new LeftCreators(store, users, clock, budget, WAIT, new Semaphore(1));
  }

  @Test
  void usersWhoHaveLeftAreReportedForAMinute() {
    put(token(1, TEAM, "user:default/judy", null));
    put(token(2, OTHER, "user:default/judy", null));
    put(token(3, TEAM, "user:default/ada", null));
    put(token(4, TEAM, "service-token:group:default/team:job", null));
    Map<String, Presence> presences = new HashMap<>();
    presences.put("user:default/judy", Presence.GONE);
    LeftCreators left =
        leftCreators(user -> presences.getOrDefault(user.toString(), Presence.PRESENT), DAY);
    LeftCreators.Result result = left.users();
    assertEquals(List.of("user:default/judy"), refs(result));
    assertEquals(Map.of(TEAM, 1L, OTHER, 1L), result.users().get(0).tokens());
    presences.clear();
    assertEquals(List.of("user:default/judy"), refs(left.users()));
    clock.set(NOON.plusSeconds(60));
    LeftCreators.Result none = new LeftCreators.Result(List.of(), true);
    assertEquals(none, left.users());
    assertEquals(none, leftCreators(UserDirectory.UNLISTED, DAY).users());
  }

  private static List<String> refs(LeftCreators.Result result) {
    return result.users().stream().map(LeftCreators.Creator::ref).toList();
  }

  private void putTokensOfThreeUsers() {
    put(token(1, TEAM, "user:default/ada", null));
    put(token(2, TEAM, "user:default/bob", null));
    put(token(3, TEAM, "user:default/judy", null));
  }

  @Test
  void unknownPresenceEndsTheLookUpsAndKeepsTheResult() {
    putTokensOfThreeUsers();
    Presence[] presence = {Presence.GONE};
    AtomicInteger lookUps = new AtomicInteger();
    LeftCreators left =
        leftCreators(
            user -> {
              lookUps.incrementAndGet();
              return presence[0];
            },
            DAY);
    assertEquals(3, left.users().users().size());
    presence[0] = Presence.UNKNOWN;
    clock.set(NOON.plusSeconds(60));
    assertEquals(3, left.users().users().size(), "users during the outage");
    assertEquals(3, left.users().users().size(), "users in the minute after the outage");
    assertEquals(3 + 1, lookUps.get(), "look-ups");
    presence[0] = Presence.PRESENT;
    clock.set(NOON.plusSeconds(120));
    assertEquals(List.of(), refs(left.users()));
  }

  @Test
  void lackOfTimeLeavesUsersForTheNextCall() {
    putTokensOfThreeUsers();
    LeftCreators left = leftCreators(user -> Presence.GONE, Duration.ZERO);
    assertEquals(UNKNOWN, left.users(), "after one user");
    assertEquals(UNKNOWN, left.users(), "after two users");
    assertEquals(3, left.users().users().size());
  }

  @Test
  void failedRoundIsRepeatedAfterAMinute() {
    putTokensOfThreeUsers();
    AtomicInteger lookUps = new AtomicInteger();
    LeftCreators left =
        leftCreators(
            user -> {
              if (lookUps.incrementAndGet() == 1) {
                throw new IllegalStateException("the directory is broken");
              }
              return Presence.GONE;
            },
            DAY);
    assertThrows(IllegalStateException.class, left::users);
    assertEquals(List.of(), refs(left.users()));
    assertEquals(1, lookUps.get(), "look-ups in the minute after the failure");
    clock.set(NOON.plusSeconds(60));
    assertEquals(3, left.users().users().size());
  }

  @Test
  @Timeout(120)
  void hangingDirectoryBlocksOneThreadOnly() throws Exception {
    putTokensOfThreeUsers();
    CountDownLatch isCalled = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    LeftCreators left =
        leftCreators(
            user -> {
              isCalled.countDown();
              return awaits(released) ? Presence.GONE : Presence.UNKNOWN;
            },
            DAY);
    CompletableFuture<LeftCreators.Result> first = CompletableFuture.supplyAsync(left::users);
    isCalled.await();
    assertEquals(UNKNOWN, left.users(), "result while the directory hangs");
    assertFalse(first.isDone(), "the first call is over");
    released.countDown();
    assertEquals(3, first.get().users().size());
    assertEquals(3, left.users().users().size());
  }

  /** A store whose read of the creators can fail or take long. */
  private final class SlowCreators {

    private final Semaphore slot = new Semaphore(1);
    private boolean fails;
    private Duration duration = Duration.ZERO;

    private final ReportStore reports =
        TestDouble.around(
            ReportStore.class,
            store.reports(),
            call -> {
              if (call.name().equals("creators")) {
                clock.shift(duration);
                if (fails) {
                  throw new StoreUnavailableException("a statement took too long", null);
                }
              }
              return call.proceed();
            });

    private final TokenStore tokens =
        TestDouble.around(
            TokenStore.class,
            store,
            call -> call.name().equals("reports") ? reports : call.proceed());

    private LeftCreators left() {
      return new LeftCreators(tokens, user -> Presence.GONE, clock, DAY, WAIT, slot);
    }
  }

  @Test
  void creatorsThatCannotBeReadKeepTheResult() {
    putTokensOfThreeUsers();
    SlowCreators creators = new SlowCreators();
    LeftCreators left = creators.left();
    creators.fails = true;
    assertEquals(UNKNOWN, left.users(), "before the first result");
    creators.fails = false;
    assertEquals(UNKNOWN, left.users(), "in the minute after a failure");
    clock.shift(Duration.ofSeconds(60));
    assertEquals(3, left.users().users().size());
    creators.fails = true;
    clock.shift(Duration.ofSeconds(60));
    assertEquals(3, left.users().users().size(), "users after a failure");
    assertTrue(left.users().isComplete(), "the result is a minute old");
    clock.shift(Duration.ofMinutes(59));
    assertEquals(3, left.users().users().size(), "users after an hour");
    assertFalse(left.users().isComplete(), "the result is an hour old");
  }

  @Test
  void resultThatWasReadWithAFastClockIsMarkedAsIncomplete() {
    putTokensOfThreeUsers();
    SlowCreators creators = new SlowCreators();
    LeftCreators left = creators.left();
    clock.set(NOON.plus(DAY));
    assertTrue(left.users().isComplete(), "the first result");
    clock.set(NOON);
    creators.fails = true;
    assertEquals(3, left.users().users().size(), "users after a failure");
    assertFalse(left.users().isComplete(), "the age of the result is not known");
  }

  @Test
  void creatorsAreReadLessOftenIfThatIsSlow() throws Exception {
    putTokensOfThreeUsers();
    SlowCreators creators = new SlowCreators();
    creators.duration = Duration.ofSeconds(100);
    LeftCreators left = creators.left();
    assertEquals(3, left.users().users().size());
    put(token(4, TEAM, "user:default/mallory", null));
    clock.shift(Duration.ofSeconds(999));
    assertEquals(3, left.users().users().size(), "users before the next read");
    clock.shift(Duration.ofSeconds(60));
    assertEquals(3, left.users().users().size(), "users during the next read");
    creators.slot.acquire(); // after the next read
    clock.shift(Duration.ofSeconds(60));
    assertEquals(4, left.users().users().size());
  }

  private static boolean awaits(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  void membersSeeTheTokensOfLeftUsersInTheirGroupsOnly() {
    put(token(1, TEAM, "user:default/judy", null));
    put(token(2, OTHER, "user:default/judy", null));
    put(token(3, OTHER, "user:default/mallory", null));
    put(token(4, TEAM, "user:default/ada", null));
    EntityRef ada = new EntityRef(EntityRef.USER, "default", "ada");
    PermissionPolicy policy =
        new PermissionPolicy(PermissionPolicy.Grantees.NONE, PermissionPolicy.Grantees.NONE);
    TokenReports reports =
        new TokenReports(
            store,
            new PermissionCheck(policy, AuditListener.NONE),
            user -> user.equals(ada) ? Presence.PRESENT : Presence.GONE,
            clock,
            DAY,
            WAIT);
    assertEquals(
        List.of(new TokenAttention.LeftCreator("user:default/judy", 1)),
        reports.attention(new Actor.Person(ada, Set.of(TEAM), null)).leftCreators());
    assertEquals(
        List.of(
            new TokenAttention.LeftCreator("user:default/judy", 2),
            new TokenAttention.LeftCreator("user:default/mallory", 1)),
        reports.attention(new Actor.Person(ada, Set.of(TEAM, OTHER), null)).leftCreators());
  }

  @Test
  void usersWithTheMostTokensAreListed() {
    for (int user = 0; user < 25; user++) {
      put(token(2 * user, TEAM, "user:default/u" + (10 + user), null));
    }
    for (int more = 0; more < 3; more++) {
      put(token(101 + more, TEAM, "user:default/u34", null));
    }
    TokenAttention attention = attentionOfAda();
    assertEquals(
        List.of(
            new TokenAttention.LeftCreator("user:default/u34", 4),
            new TokenAttention.LeftCreator("user:default/u10", 1),
            new TokenAttention.LeftCreator("user:default/u11", 1)),
        attention.leftCreators().subList(0, 3));
    assertTrue(attention.moreLeftCreators(), "there are more users");
  }

  @Test
  void limitOfLookUpsIsReported() {
    for (int user = 0; user < 1_001; user++) {
      put(token(user, OTHER, "user:default/u" + user, null));
    }
    assertTrue(attentionOfAda().moreLeftCreators(), "only 1,000 users are looked up");
  }

  private TokenAttention attentionOfAda() {
    PermissionPolicy policy =
        new PermissionPolicy(PermissionPolicy.Grantees.NONE, PermissionPolicy.Grantees.NONE);
    EntityRef ada = new EntityRef(EntityRef.USER, "default", "ada");
    return new TokenReports(
            store,
            new PermissionCheck(policy, AuditListener.NONE),
            user -> Presence.GONE,
            clock,
            DAY,
            WAIT)
        .attention(new Actor.Person(ada, Set.of(TEAM), null));
  }

  private static TokenCaller refused(int secret, Instant at) {
    return new TokenCaller(new TokenCaller.Key(secret, false, "192.0.2.1", "curl/8"), 5, at);
  }

  private static Optional<TokenAttention.Reason> reason(
      ServiceToken token, TokenCaller... callers) {
    return TokenAttention.UsedAfterEnd.of(token, List.of(callers), NOON.plus(DAY))
        .map(TokenAttention.UsedAfterEnd::reason);
  }

  @Test
  void refusedAddressBeforeARotationIsNotReportedAsEndedSecret() {
    ServiceToken live = token(1, TEAM, "user:default/ada", null);
    ServiceToken rotated =
        AccessToken.withSecrets(
            live, live.tokenPrefix(), live.expiresAt(), new TokenSecrets(2, NOON, null, DAY, null));
    ServiceToken limited =
        rotated.changed(
            rotated.description(),
            rotated.scopes(),
            rotated.expiresAt(),
            new UseLimits(List.of(AddressRange.parse("198.51.100.0/24").orElseThrow()), null));
    Instant before = NOON.minusMillis(1);
    assertEquals(Optional.empty(), reason(limited, refused(1, before)), "before the rotation");
    assertEquals(
        Optional.of(TokenAttention.Reason.ENDED_SECRET), reason(limited, refused(1, NOON)));
    assertEquals(
        Optional.of(TokenAttention.Reason.ENDED_SECRET),
        reason(rotated, refused(1, before)),
        "only the end of a secret refuses a token without limits");
  }

  @Test
  void usesAfterTheEndHaveTheirReason() {
    ServiceToken live = token(1, TEAM, "user:default/ada", null);
    ServiceToken revoked = token(1, TEAM, "user:default/ada", NOON.plusSeconds(10));
    ServiceToken rotated =
        AccessToken.withSecrets(
            live,
            live.tokenPrefix(),
            live.expiresAt(),
            new TokenSecrets(
                3,
                NOON,
                null,
                DAY,
                new PreviousSecret(2, "bsat_previou", NOON.plus(DAY.multipliedBy(2)), false)));
    assertEquals(Optional.empty(), reason(live, refused(1, NOON)), "a refused address");
    assertEquals(
        Optional.of(TokenAttention.Reason.EXPIRED), reason(live, refused(1, live.expiresAt())));
    assertEquals(Optional.empty(), reason(revoked, refused(1, NOON.plusSeconds(9))));
    assertEquals(
        Optional.of(TokenAttention.Reason.REVOKED),
        reason(revoked, refused(1, NOON.plusSeconds(10))));
    assertEquals(
        Optional.of(TokenAttention.Reason.ENDED_SECRET), reason(rotated, refused(1, NOON)));
    assertEquals(Optional.empty(), reason(rotated, refused(2, NOON)));
    TokenAttention.UsedAfterEnd used =
        TokenAttention.UsedAfterEnd.of(
                rotated, List.of(refused(2, NOON), refused(1, NOON.plus(DAY))), NOON.plus(DAY))
            .orElseThrow();
    assertEquals(1, used.callers().size(), "callers");
    assertEquals(5, used.usesToday());
  }
}
