package io.accesstokens.verify;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RecordedLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests how a process follows the change feed, and how it verifies tokens for a process at another
 * feed position.
 */
class FeedFollowerTest {

  private static final RawToken TOKEN =
      RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new SplittableRandom(1));
  private static final ChangeFeed.EntryNonce NONCE = new ChangeFeed.EntryNonce("0a".repeat(16));
  private static final ChangeFeed.Position START =
      new ChangeFeed.Position(0, Optional.empty(), "db:3306:1");
  private static final ChangeFeed.Position REVOKED =
      new ChangeFeed.Position(1, Optional.of(NONCE), "db:3306:1");

  private static final Duration HOUR = Duration.ofHours(1);

  private final Lease lease =
      new Lease(Lease.Durations.of(Duration.ofSeconds(60), Duration.ZERO), SlowStore.LONG_WAITS);
  private final AtomicInteger reads = new AtomicInteger();
  private boolean revoked;
  private final CachedTokenVerifier cache =
      new CachedTokenVerifier(
          token -> {
            reads.incrementAndGet();
            return Optional.of(stored());
          },
          lease,
          MachineClock.SYSTEM,
          new CachedTokenVerifier.Limits(Duration.ofSeconds(60), 100, 2));
  private volatile Duration time = Duration.ZERO;
  private Runnable duringEviction = () -> {}; // the follower reads its clock for each revoked token
  private final MachineClock clock =
      new MachineClock() {
        @Override
        public long monotonicNanos() {
          duringEviction.run();
          return time.toNanos();
        }

        @Override
        public long wallMillis() {
          return time.toMillis();
        }
      };

  @Test
  void cacheCountsHitsAndMisses() {
    CachedTokenVerifier verifier =
        new CachedTokenVerifier(
            token -> Optional.of(stored()),
            Lease.unlimited(MachineClock.SYSTEM),
            MachineClock.SYSTEM,
            new CachedTokenVerifier.Limits(HOUR, 100, 2));
    assertEquals(new CachedTokenVerifier.Statistics(0, 0, 0), verifier.statistics());
    for (int i = 0; i < 3; i++) {
      verifier.verify(TOKEN);
    }
    assertEquals(new CachedTokenVerifier.Statistics(2, 1, 1), verifier.statistics());
    verifier.clear();
    verifier.verify(TOKEN);
    assertEquals(new CachedTokenVerifier.Statistics(2, 2, 1), verifier.statistics());
  }

  private final Deque<ChangeFeed.Page> pages = new ArrayDeque<>();
  private final ChangeFeed feed =
      new ChangeFeed() {
        @Override
        public Page read(@Nullable Position after) {
          return pages.remove();
        }

        @Override
        public void close() {}
      };
  private final FeedFollower follower = new FeedFollower(feed, lease, cache, clock);

  @Test
  void onlyTheFirstFailureIsFollowedByAShortPause() {
    FeedFollower follows = new FeedFollower(feed, lease, cache, clock, 60);
    for (int i = 0; i < 20; i++) {
      pages.add(page(0, List.of()));
      assertEquals(FeedFollower.Outcome.RENEWED, follows.poll());
      assertPause(32.4, 36, follows);
      assertEquals(FeedFollower.Outcome.FAILED, follows.poll());
      assertPause(6.48, 7.2, follows);
      assertEquals(FeedFollower.Outcome.FAILED, follows.poll());
      assertPause(32.4, 36, follows);
    }
  }

  private static void assertPause(double fromSeconds, double toSeconds, FeedFollower follower) {
    double seconds = follower.pause().toNanos() / 1e9;
    assertTrue(seconds >= fromSeconds && seconds <= toSeconds, "pause in seconds: " + seconds);
  }

  private TokenFacts stored() {
    return new TokenFacts(
        new Verification.Accepted(
            new UUID(1, 1),
            "service-token:group:default/a:b",
            new EntityRef("group", "default", "a"),
            List.of(),
            Instant.parse("2999-01-01T00:00:00Z")),
        revoked);
  }

  private static ChangeFeed.Page page(long lastNumber, List<ChangeFeed.Entry> entries) {
    return page(lastNumber, entries, Optional.empty());
  }

  private static ChangeFeed.Page page(
      long lastNumber,
      List<ChangeFeed.Entry> entries,
      Optional<ChangeFeed.EntryNonce> nonceAtPosition) {
    return new ChangeFeed.Page(
        lastNumber,
        nonceAtPosition,
        entries,
        true,
        "db:3306:1",
        Instant.now(),
        Duration.ofSeconds(60),
        Optional.empty());
  }

  private void pollRevocation() {
    pages.add(page(1, List.of(new ChangeFeed.Entry(1, NONCE, TOKEN.digest(), ChangeFeed.REVOKED))));
    follower.poll();
  }

  private void begin() {
    pages.add(page(0, List.of()));
    follower.poll();
  }

  @Test
  void verifierAtTheSamePositionUsesTheCache() {
    begin();
    cache.verify(TOKEN, START);
    cache.verify(TOKEN, START);
    assertEquals(1, reads.get());
  }

  @Test
  void verifierAheadOfTheCacheReadsTheStore() {
    begin();
    assertInstanceOf(Verification.Accepted.class, cache.verify(TOKEN));
    revoked = true;
    // The verifier has read the revocation from the feed, and this process has not.
    assertInstanceOf(Verification.Refused.class, cache.verify(TOKEN, REVOKED));
    pollRevocation();
    assertInstanceOf(Verification.Refused.class, cache.verify(TOKEN, REVOKED));
  }

  /** Otherwise, a verifier that has read the change would cache the outdated facts. */
  @Test
  void positionIsReachedAfterTheEvictionOfAllItsChanges() {
    begin();
    assertInstanceOf(Verification.Accepted.class, cache.verify(TOKEN));
    revoked = true;
    TokenDigest other = TokenDigest.of(new byte[TokenDigest.LENGTH]);
    ChangeFeed.Position end = new ChangeFeed.Position(2, Optional.of(NONCE), "db:3306:1");
    List<Verification> verdicts = new ArrayList<>();
    duringEviction = () -> verdicts.add(cache.verify(TOKEN, end));
    pages.add(
        page(
            2,
            List.of(
                new ChangeFeed.Entry(1, NONCE, other, ChangeFeed.REVOKED),
                new ChangeFeed.Entry(2, NONCE, TOKEN.digest(), ChangeFeed.REVOKED))));
    assertEquals(FeedFollower.Outcome.RENEWED, follower.poll());
    assertEquals(2, verdicts.size());
    verdicts.forEach(verdict -> assertInstanceOf(Verification.Refused.class, verdict));
  }

  @Test
  void positionWithAnotherNonceReadsTheStore() {
    begin();
    pollRevocation();
    cache.verify(TOKEN);
    int before = reads.get();
    cache.verify(
        TOKEN,
        new ChangeFeed.Position(1, Optional.of(new ChangeFeed.EntryNonce("ff")), "db:3306:1"));
    assertEquals(before + 1, reads.get());
  }

  /** The present lease can be from a former primary server. */
  @Test
  void positionOfAnotherServerReadsTheStoreAfterTheNextPoll() throws Exception {
    begin();
    ChangeFeed.Position other = new ChangeFeed.Position(1, Optional.of(NONCE), "db:3306:2");
    CompletableFuture<Verification> verdict =
        CompletableFuture.supplyAsync(() -> cache.verify(TOKEN, other));
    lease.awaitReadRequest(Duration.ofMinutes(1)); // until the other thread needs the next poll
    assertEquals(0, reads.get(), "the store was read without a poll");
    pollRevocation();
    assertInstanceOf(Verification.Accepted.class, verdict.get(60, TimeUnit.SECONDS));
    assertEquals(1, reads.get());
  }

  /** The server of the next poll lacks changes that the verifier has read. */
  @Test
  void positionOfAnotherServerIsNotVerifiedBeforeItIsReached() throws Exception {
    begin();
    ChangeFeed.Position other = new ChangeFeed.Position(2, Optional.of(NONCE), "db:3306:2");
    CompletableFuture<Verification> verdict =
        CompletableFuture.supplyAsync(() -> cache.verify(TOKEN, other));
    lease.awaitReadRequest(Duration.ofMinutes(1));
    pollRevocation();
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> verdict.get(60, TimeUnit.SECONDS));
    assertInstanceOf(VerificationUnavailableException.class, failed.getCause());
    assertEquals(0, reads.get());
  }

  @Test
  void positionOfAnotherServerIsNotVerifiedAfterAFailedPoll() throws Exception {
    begin();
    ChangeFeed.Position other = new ChangeFeed.Position(1, Optional.of(NONCE), "db:3306:2");
    CompletableFuture<Verification> verdict =
        CompletableFuture.supplyAsync(() -> cache.verify(TOKEN, other));
    lease.awaitReadRequest(Duration.ofMinutes(1));
    follower.poll(); // there is no further page
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> verdict.get(60, TimeUnit.SECONDS));
    assertInstanceOf(VerificationUnavailableException.class, failed.getCause());
    assertEquals(0, reads.get());
  }

  @Test
  void processWithoutFeedReadsTheStoreForRemoteVerifiers() {
    CachedTokenVerifier alone =
        new CachedTokenVerifier(
            token -> {
              reads.incrementAndGet();
              return Optional.of(stored());
            },
            Lease.unlimited(MachineClock.SYSTEM),
            MachineClock.SYSTEM,
            new CachedTokenVerifier.Limits(Duration.ofSeconds(60), 100, 2));
    alone.verify(TOKEN);
    alone.verify(TOKEN, START);
    alone.verify(TOKEN, START);
    assertEquals(3, reads.get());
  }

  @Test
  void processWithoutLeaseRejectsRemoteVerifiers() {
    Lease ended =
        new Lease(Lease.Durations.of(Duration.ofSeconds(60), Duration.ZERO), MachineClock.SYSTEM);
    ended.close();
    CachedTokenVerifier refused =
        new CachedTokenVerifier(
            token -> Optional.of(stored()),
            ended,
            MachineClock.SYSTEM,
            new CachedTokenVerifier.Limits(Duration.ofSeconds(60), 100, 2));
    assertThrows(VerificationUnavailableException.class, () -> refused.verify(TOKEN, REVOKED));
  }

  @Test
  void appliedRevocationCountsFromItsFeedEntry() {
    begin();
    pages.add(page(1, List.of(new ChangeFeed.Entry(1, NONCE, TOKEN.digest(), ChangeFeed.REVOKED))));
    follower.poll();
    time = time.plus(HOUR);
    assertEquals(HOUR, follower.sinceRevoked(TOKEN.digest()));
  }

  @Test
  void revocationReceivedDuringTheCallHasNoNegativeAge() {
    begin();
    duringEviction =
        () -> {
          duringEviction = () -> {};
          time = HOUR;
          pollRevocation();
          time = Duration.ZERO; // the caller has read the clock before the follower
        };
    assertEquals(Duration.ZERO, follower.sinceRevoked(TOKEN.digest()));
  }

  @Test
  void revocationNotInTheFeedCountsFromItsFirstRepeat() {
    begin();
    pages.add(page(1, List.of(new ChangeFeed.Entry(1, NONCE, TOKEN.digest(), ChangeFeed.CHANGED))));
    follower.poll();
    time = time.plus(HOUR);
    assertEquals(Duration.ZERO, follower.sinceRevoked(TOKEN.digest()));
    time = time.plus(HOUR);
    assertEquals(HOUR, follower.sinceRevoked(TOKEN.digest()));
  }

  @Test
  void restartAtAnotherMarkResetsTheTimeSinceRevocation() {
    begin();
    pollRevocation();
    time = time.plus(HOUR);
    pages.add(page(1, List.of(), Optional.of(new ChangeFeed.EntryNonce("ff"))));
    follower.poll();
    assertEquals(Duration.ZERO, follower.sinceRevoked(TOKEN.digest()));
  }

  @Test
  void gapInTheFeedEndsTheLeaseAndClearsTheCache() {
    begin();
    cache.verify(TOKEN);
    pages.add(page(3, List.of(new ChangeFeed.Entry(3, NONCE, TOKEN.digest(), ChangeFeed.REVOKED))));
    follower.poll();
    assertEquals(Optional.empty(), follower.lastReceived());
    assertEquals(Optional.of(Duration.ZERO), lease.remaining());
    begin();
    assertNotEquals(Optional.of(Duration.ZERO), lease.remaining(), "the next page grants no lease");
    cache.verify(TOKEN);
    assertEquals(2, reads.get());
  }

  @Test
  void withheldLeaseResetsTheTimeSinceRevocation() {
    begin();
    assertEquals(Duration.ZERO, follower.sinceRevoked(TOKEN.digest()));
    time = time.plus(HOUR);
    pages.add(withheld());
    follower.poll();
    assertEquals(Duration.ZERO, follower.sinceRevoked(TOKEN.digest()));
  }

  /** Only an outage of the store extends the lease. */
  @Test
  void failedReadExtendsTheLeaseOnlyInAnOutage() {
    Lease own = new Lease(Lease.Durations.of(Duration.ofSeconds(60), HOUR), clock);
    Supplier<ChangeFeed.Page> outage = failing(new VerificationUnavailableException("of the test"));
    Deque<Supplier<ChangeFeed.Page>> results =
        new ArrayDeque<>(
            List.of(
                () -> page(0, List.of()),
                outage,
                FeedFollowerTest::withheld,
                outage,
                failing(new IllegalStateException("of the test"))));
    FeedFollower follows =
        new FeedFollower(
            new ChangeFeed() {
              @Override
              public Page read(@Nullable Position after) {
                return results.remove().get();
              }

              @Override
              public void close() {}
            },
            own,
            cache,
            clock);
    assertEquals(FeedFollower.Outcome.RENEWED, follows.poll());
    time = time.plusSeconds(61);
    follows.poll();
    assertTrue(own.isValidInOutage(), "the store cannot be reached");
    follows.poll();
    assertFalse(own.isValidInOutage(), "the store withholds the lease");
    follows.poll();
    assertTrue(own.isValidInOutage(), "the store cannot be reached again");
    follows.poll();
    assertFalse(own.isValidInOutage(), "the read fails for another reason");
  }

  @Test
  void alternatingProblemsAreLoggedOnceUntilTheLeaseIsRenewed() {
    String withheld = "SEVERE a committed change cannot be read";
    String failed = "SEVERE changes cannot be read: java.util.NoSuchElementException";
    String recovered = "INFO recovered: the change feed is read, and cached verdicts are in use";
    try (RecordedLog log = new RecordedLog(FeedFollower.class)) {
      for (int outage = 0; outage < 2; outage++) {
        for (int i = 0; i < 10; i++) {
          pages.add(withheld());
          follower.poll();
          follower.poll(); // there is no further page
        }
        begin();
        begin();
      }
      assertEquals(List.of(withheld, failed, recovered, withheld, failed, recovered), log.lines());
    }
  }

  private static Supplier<ChangeFeed.Page> failing(RuntimeException failure) {
    return () -> {
      throw failure;
    };
  }

  private static ChangeFeed.Page withheld() {
    return new ChangeFeed.Page(
        0,
        Optional.empty(),
        List.of(),
        true,
        "db:3306:1",
        Instant.now(),
        Duration.ZERO,
        Optional.of("a committed change cannot be read"));
  }

  @Test
  void errorInOnePollDoesNotEndPolling() {
    pollingContinuesAfter(new OutOfMemoryError("of the test"));
  }

  /** There may be too little memory for the message of the first error. */
  @Test
  void secondErrorInOnePollDoesNotEndPolling() {
    pollingContinuesAfter(
        new VirtualMachineError() {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            throw new OutOfMemoryError("of the test");
          }
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void failureOfTheLoggerDoesNotEndPolling(boolean error) {
    try (RecordedLog log = new RecordedLog(FeedFollower.class)) {
      log.failOnce();
      pollingContinuesAfter(
          error
              ? new OutOfMemoryError("of the test")
              : new VerificationUnavailableException("of the test"));
      assertFalse(log.isFailing(), "the logger has failed");
    }
  }

  private void pollingContinuesAfter(Throwable first) {
    Lease own =
        new Lease(Lease.Durations.of(Duration.ofMillis(200), Duration.ZERO), SlowStore.LONG_WAITS);
    CachedTokenVerifier kept =
        new CachedTokenVerifier(
            token -> Optional.of(stored()),
            own,
            SlowStore.LONG_WAITS,
            new CachedTokenVerifier.Limits(Duration.ofSeconds(60), 100, 2));
    AtomicInteger looks = new AtomicInteger();
    ChangeFeed failingOnce =
        new ChangeFeed() {
          @Override
          public Page read(@Nullable Position after) {
            if (looks.incrementAndGet() == 1) {
              if (first instanceof Error error) {
                throw error;
              }
              throw (RuntimeException) first;
            }
            return page(0, List.of());
          }

          @Override
          public void close() {}
        };
    try (FeedFollower started =
        new FeedFollower(failingOnce, own, kept, SlowStore.LONG_WAITS).start()) {
      await().until(() -> started.lastReceived().isPresent());
      assertInstanceOf(Verification.Accepted.class, kept.verify(TOKEN));
    }
  }

  @Test
  void positionAdvancesBeforeTheEviction() {
    begin();
    assertEquals(Optional.of(START), follower.lastReceived());
    // A remote verifier may load facts between an eviction and the advance of the position. With
    // the old position, it would accept facts as old as the evicted ones.
    AtomicReference<Optional<ChangeFeed.Position>> atLoad = new AtomicReference<>(Optional.empty());
    CachedTokenVerifier remote =
        new CachedTokenVerifier(
            token -> Optional.empty(),
            lease,
            MachineClock.SYSTEM,
            new CachedTokenVerifier.Limits(Duration.ofSeconds(60), 100, 2));
    FeedFollower[] own = new FeedFollower[1];
    List<ChangeFeed.Entry> entries =
        new java.util.AbstractList<>() {
          @Override
          public ChangeFeed.Entry get(int index) {
            return new ChangeFeed.Entry(1, NONCE, TOKEN.digest(), ChangeFeed.REVOKED);
          }

          @Override
          public int size() {
            return 1;
          }
        };
    own[0] =
        new FeedFollower(
            new ChangeFeed() {
              private boolean begun;

              @Override
              public Page read(@Nullable Position after) {
                Page next = begun ? page(1, entries) : page(0, List.of());
                begun = true;
                return next;
              }

              @Override
              public void close() {}
            },
            lease,
            remote,
            new MachineClock() {
              @Override
              public long monotonicNanos() {
                // The follower reads the clock right after each eviction.
                if (own[0] != null) {
                  atLoad.set(own[0].lastReceived());
                }
                return System.nanoTime();
              }

              @Override
              public long wallMillis() {
                return System.currentTimeMillis();
              }
            });
    own[0].poll();
    own[0].poll();
    assertEquals(Optional.of(REVOKED), atLoad.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MQ", "x y", "MSAwICBk=", "MSAwICBk\n", "....", "MSAtMSAgZA"})
  void malformedPositionIsRejected(String text) {
    assertEquals(Optional.empty(), ChangeFeed.Position.parse(text));
    assertEquals(Optional.empty(), ChangeFeed.Position.parse(START.text() + text + "="));
  }

  @Test
  void positionTextRoundTrips() {
    assertEquals(Optional.of(START), ChangeFeed.Position.parse(START.text()));
    assertEquals(Optional.of(REVOKED), ChangeFeed.Position.parse(REVOKED.text()));
    assertEquals(Optional.empty(), ChangeFeed.Position.parse("A".repeat(10_000)));
    assertTrue(REVOKED.text().matches("[A-Za-z0-9_-]+"), REVOKED.text());
  }
}
