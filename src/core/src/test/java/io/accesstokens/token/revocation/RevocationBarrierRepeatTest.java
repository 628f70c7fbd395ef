package io.accesstokens.token.revocation;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.ManualMachineClock;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.FeedFollower;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.VerificationUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tests repeated revocations, from callers that cannot know of the first one, and from callers that
 * try to delay responses.
 */
class RevocationBarrierRepeatTest {

  private static final Duration LEASE = Duration.ofHours(1);
  private static final Optional<TokenDigest> DIGEST =
      Optional.of(TokenDigest.of(new byte[TokenDigest.LENGTH]));

  private final ManualMachineClock clock = new ManualMachineClock();
  private final CachedTokenVerifier cache =
      new CachedTokenVerifier(
          token -> Optional.empty(),
          Lease.unlimited(clock),
          clock,
          new CachedTokenVerifier.Limits(LEASE, 100, 1));
  private final TokenStore store =
      TestDouble.of(
          TokenStore.class,
          call -> {
            if (call.name().equals("untilFinal")) {
              return LEASE;
            }
            throw new UnsupportedOperationException(call.name());
          });
  private final RevocationBarrier barrier =
      new RevocationBarrier(
          store, cache, new FeedFollower(new NoFeed(), Lease.unlimited(clock), cache, clock), null);

  private static final class NoFeed implements ChangeFeed {
    @Override
    public Page read(@Nullable Position after) {
      throw new VerificationUnavailableException("not called by this test");
    }

    @Override
    public void close() {}
  }

  @AfterEach
  void close() {
    barrier.close();
  }

  private void assertRepeatWaits() {
    assertFalse(
        barrier.applyRepeat(DIGEST).toCompletableFuture().isDone(), "the repeat does not wait");
  }

  @Test
  void firstRepeatWaits() {
    assertRepeatWaits();
  }

  @Test
  void furtherRepeatsDoNotExtendTheWait() {
    assertRepeatWaits();
    clock.shift(LEASE.minusMinutes(1));
    assertRepeatWaits();
    clock.shift(Duration.ofMinutes(1));
    assertTrue(
        barrier.applyRepeat(DIGEST).toCompletableFuture().isDone(),
        "the repeat waits longer than one lease after the first");
    assertTrue(
        barrier.applyChanges(List.of(DIGEST.orElseThrow()), false).toCompletableFuture().isDone(),
        "the repeat in a bulk revocation waits longer than one lease after the first");
  }

  @Test
  void newRevocationWaitsDespiteEarlierRepeats() {
    assertRepeatWaits();
    clock.shift(LEASE);
    assertFalse(
        barrier.applyChange(DIGEST).toCompletableFuture().isDone(), "the revocation does not wait");
  }

  /** The caller then still writes the audit event, and responds with 503. */
  @Test
  void waitWithoutAThreadFails() {
    barrier.timer.setThreadFactory(
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    assertTrue(barrier.applyChange(DIGEST).toCompletableFuture().isCompletedExceptionally());
  }

  @Test
  void everyRepeatWithoutDigestWaits() {
    for (int i = 0; i < 2; i++) {
      assertFalse(
          barrier.applyRepeat(Optional.empty()).toCompletableFuture().isDone(),
          "repeat " + i + " does not wait");
      clock.shift(LEASE);
    }
  }
}
