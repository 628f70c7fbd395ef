package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests verifications by one thread, with a controlled clock. */
class CachedTokenVerifierTest {

  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
  private static final Instant FAR = Instant.parse("2999-01-01T00:00:00Z");
  private static final Duration LEASE = Duration.ofMillis(500);
  private static final Duration OUTAGE = Duration.ofMinutes(5);
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final int MAXIMUM = 50;

  private final SettableClock clock = new SettableClock();
  private final Lease lease =
      new Lease(new Lease.Durations(LEASE, Duration.ofMillis(25), OUTAGE), clock);
  private final Map<TokenDigest, TokenFacts> store = new HashMap<>();
  private final RawToken token = mint();
  private final CachedTokenVerifier verifier =
      new CachedTokenVerifier(
          this::read, lease, clock, new CachedTokenVerifier.Limits(TTL, MAXIMUM, 4));

  private int reads;
  private Runnable duringRead = () -> {};
  private boolean storeIsOut;

  /** A clock that the test sets. A wait ends at once, as after its timeout. */
  private static final class SettableClock implements MachineClock {
    private Duration passed = Duration.ofHours(1);
    private Runnable duringWait = () -> {};

    @Override
    public long monotonicNanos() {
      return passed.toNanos();
    }

    @Override
    public long wallMillis() {
      return NOON.toEpochMilli() + passed.toMillis();
    }

    @Override
    public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout) {
      duringWait.run();
      return result.getNow(null);
    }
  }

  private static RawToken mint() {
    return RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, RandomGenerator.getDefault());
  }

  private Optional<TokenFacts> read(RawToken wanted) {
    reads++;
    if (storeIsOut) {
      throw new VerificationUnavailableException("down");
    }
    Optional<TokenFacts> found = Optional.ofNullable(store.get(wanted.digest()));
    duringRead.run();
    return found;
  }

  private Verification.Accepted put(RawToken stored, Instant expiresAt) {
    Verification.Accepted accepted =
        new Verification.Accepted(
            UUID.randomUUID(),
            "service-token:group:default/platform:ci",
            new EntityRef("group", "default", "platform"),
            List.of("catalog:read"),
            expiresAt);
    store.put(stored.digest(), new TokenFacts(accepted, false));
    return accepted;
  }

  private Verification.Accepted put() {
    return put(token, FAR);
  }

  private void revoke() {
    store.computeIfPresent(
        token.digest(), (digest, facts) -> new TokenFacts(facts.accepted(), true));
  }

  private void grantLease() {
    lease.begin().grant(LEASE, Instant.ofEpochMilli(clock.wallMillis()));
  }

  private void pass(Duration time) {
    clock.passed = clock.passed.plus(time);
  }

  private Verification verify() {
    return verifier.verify(token);
  }

  private static void assertRefused(Verification.Reason reason, Verification verdict) {
    assertEquals(reason, assertInstanceOf(Verification.Refused.class, verdict).reason());
  }

  @Test
  void tokenIsReadOnce() {
    Verification.Accepted accepted = put();
    grantLease();
    assertEquals(accepted, verify());
    assertSame(verify(), verify(), "the cached verdict");
    assertEquals(1, reads);
    assertEquals(new CachedTokenVerifier.Statistics(2, 1, 1), verifier.statistics());
  }

  @Test
  void withoutALeaseNoTokenIsAccepted() {
    put();
    assertThrows(VerificationUnavailableException.class, this::verify);
    assertEquals(0, reads);
    grantLease();
    verify();
    pass(LEASE.minusMillis(1));
    assertInstanceOf(Verification.Accepted.class, verify());
    pass(Duration.ofMillis(1));
    assertThrows(VerificationUnavailableException.class, this::verify);
    assertEquals(1, reads);
  }

  @Test
  void clocksThatDisagreeEndTheLease() {
    put();
    grantLease();
    verify();
    CachedTokenVerifier other =
        new CachedTokenVerifier(
            this::read,
            lease,
            new MachineClock() {
              @Override
              public long monotonicNanos() {
                return clock.monotonicNanos();
              }

              @Override
              public long wallMillis() {
                return clock.wallMillis() + 26;
              }

              @Override
              public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout) {
                return null;
              }
            },
            new CachedTokenVerifier.Limits(TTL, MAXIMUM, 4));
    assertThrows(VerificationUnavailableException.class, () -> other.verify(token));
  }

  @Test
  void cachedTokensAreAcceptedInAnOutageForTheExtraTime() {
    put();
    grantLease();
    verify();
    RawToken another = mint();
    put(another, FAR);
    pass(LEASE);
    lease.begin().deny(true);
    assertInstanceOf(Verification.Accepted.class, verify());
    assertThrows(VerificationUnavailableException.class, () -> verifier.verify(another));
    pass(OUTAGE);
    assertThrows(VerificationUnavailableException.class, this::verify);
  }

  /** A read can last for seconds, for example if the network loses all packets. */
  @Test
  void cachedTokensAreAcceptedWhileTheStoreDoesNotRespond() {
    put();
    grantLease();
    verify();
    pass(LEASE);
    Lease.Poll unanswered = lease.begin();
    pass(Duration.ofMillis(499));
    assertThrows(VerificationUnavailableException.class, this::verify);
    pass(Duration.ofMillis(1));
    assertInstanceOf(Verification.Accepted.class, verify());
    unanswered.deny(true);
    assertInstanceOf(Verification.Accepted.class, verify(), "the read failed");
    lease.begin().deny(false);
    lease.begin();
    pass(Duration.ofMillis(500));
    assertThrows(
        VerificationUnavailableException.class, this::verify, "the last response had no lease");
  }

  /** Only a renewed lease permits to load a token. */
  @Test
  void tokenThatIsNotCachedWaitsForASlowStore() {
    put();
    grantLease();
    pass(LEASE);
    Lease.Poll slow = lease.begin();
    pass(Duration.ofMillis(600));
    clock.duringWait =
        () -> {
          slow.grant(LEASE, Instant.EPOCH);
          grantLease();
        };
    assertInstanceOf(Verification.Accepted.class, verify());
  }

  @Test
  void tokenThatIsNotCachedIsNotAwaitedWhenTheStoreIsUnreachable() {
    put();
    grantLease();
    lease.begin().deny(true);
    pass(LEASE);
    clock.duringWait = () -> fail("a wait");
    assertThrows(VerificationUnavailableException.class, this::verify);
  }

  @Test
  void verdictChangesAtTheExpiryByTheClockOfTheStore() {
    Duration slow = Duration.ofMillis(100); // this machine's clock is behind
    Instant expiry = Instant.ofEpochMilli(clock.wallMillis()).plus(slow).plusMillis(200);
    put(token, expiry);
    lease.begin().grant(LEASE, Instant.ofEpochMilli(clock.wallMillis()).plus(slow));
    pass(Duration.ofMillis(199));
    assertInstanceOf(Verification.Accepted.class, verify());
    pass(Duration.ofMillis(1));
    assertRefused(Verification.Reason.EXPIRED, verify());
    assertEquals(1, reads, "facts are cached, not verdicts");
  }

  @Test
  void evictedTokenIsReadAgain() {
    put();
    grantLease();
    verify();
    revoke();
    assertInstanceOf(Verification.Accepted.class, verify(), "the eviction has not come yet");
    verifier.evict(token.digest());
    assertRefused(Verification.Reason.REVOKED, verify());
    assertEquals(2, reads);
  }

  @Test
  void readThatBeganBeforeAnEvictionIsNotCached() {
    put();
    grantLease();
    duringRead =
        () -> {
          revoke();
          verifier.evict(token.digest());
          duringRead = () -> {};
        };
    assertInstanceOf(
        Verification.Accepted.class, verify(), "begun before the revocation's response");
    assertRefused(Verification.Reason.REVOKED, verify());
  }

  @Test
  void readThatBeganBeforeClearingIsNotCached() {
    put();
    grantLease();
    duringRead =
        () -> {
          revoke();
          verifier.clear();
          duringRead = () -> {};
        };
    verify();
    assertRefused(Verification.Reason.REVOKED, verify());
  }

  @Test
  void unknownTokenIsCachedForFiveSecondsOrUntilItsEviction() {
    grantLease();
    assertRefused(Verification.Reason.UNKNOWN, verify());
    put();
    assertRefused(Verification.Reason.UNKNOWN, verify());
    assertEquals(1, reads);
    verifier.evict(token.digest());
    assertInstanceOf(Verification.Accepted.class, verify());

    store.clear();
    verifier.clear();
    assertRefused(Verification.Reason.UNKNOWN, verify());
    put();
    pass(Duration.ofSeconds(5).minusMillis(1));
    grantLease();
    assertRefused(Verification.Reason.UNKNOWN, verify());
    pass(Duration.ofMillis(1));
    assertInstanceOf(Verification.Accepted.class, verify());
  }

  @Test
  void factsAreReadAgainAfterTheirTimeToLive() {
    put();
    grantLease();
    verify();
    revoke(); // no change in the feed: for example, a row that an administrator has edited
    pass(TTL.minusMillis(1));
    grantLease();
    assertInstanceOf(Verification.Accepted.class, verify());
    pass(Duration.ofMillis(1));
    assertRefused(Verification.Reason.REVOKED, verify());
    assertEquals(2, reads);
  }

  @Test
  void failedReadIsNotCached() {
    put();
    grantLease();
    storeIsOut = true;
    assertThrows(VerificationUnavailableException.class, this::verify);
    assertEquals(0, verifier.statistics().entries());
    storeIsOut = false;
    assertInstanceOf(Verification.Accepted.class, verify());
  }

  @Test
  void positionThatTheCacheHasNotReachedIsVerifiedInTheStore() {
    put();
    grantLease();
    verify();
    ChangeFeed.Position first = new ChangeFeed.Position(0, Optional.empty(), "a");
    ChangeFeed.Position second =
        new ChangeFeed.Position(1, Optional.of(new ChangeFeed.EntryNonce("ff")), "a");
    revoke();
    assertRefused(Verification.Reason.REVOKED, verifier.verify(token, first));
    verifier.setPosition(first);
    assertInstanceOf(Verification.Accepted.class, verifier.verify(token, first), "from the cache");
    assertRefused(Verification.Reason.REVOKED, verifier.verify(token, second));
  }

  @Test
  void verificationInTheStoreNeedsALease() {
    put();
    assertThrows(VerificationUnavailableException.class, () -> verifier.verifyInStore(token));
    grantLease();
    assertInstanceOf(Verification.Accepted.class, verifier.verifyInStore(token));
    assertEquals(0, verifier.statistics().entries(), "the result is not cached");
  }

  @Test
  void numberOfCachedTokensIsBounded() {
    grantLease();
    for (int i = 0; i < MAXIMUM * 3; i++) {
      RawToken each = mint();
      put(each, FAR);
      assertInstanceOf(Verification.Accepted.class, verifier.verify(each));
    }
    assertEquals(MAXIMUM, verifier.statistics().entries());
  }
}
