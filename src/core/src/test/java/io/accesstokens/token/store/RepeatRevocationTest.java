package io.accesstokens.token.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.ManualMachineClock;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.revocation.RevocationBarrier;
import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.FeedFollower;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.VerificationUnavailableException;
import java.lang.reflect.Proxy;
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
class RepeatRevocationTest {

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
      (TokenStore)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {TokenStore.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("untilFinal")) {
                  return LEASE;
                }
                throw new UnsupportedOperationException(method.getName());
              });
  private final RevocationBarrier finality =
      new RevocationBarrier(
          store, cache, new FeedFollower(new NoFeed(), Lease.unlimited(clock), cache, clock));

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
    finality.close();
  }

  private boolean isFinalAtOnce() {
    return finality.ofRepeat(DIGEST).toCompletableFuture().isDone();
  }

  @Test
  void itMayHaveBeenRevokedJustNowElsewhere() {
    assertFalse(isFinalAtOnce());
  }

  @Test
  void againAndAgainIsOneWaitInAll() {
    assertFalse(isFinalAtOnce());
    clock.shift(LEASE.minusMinutes(1));
    assertFalse(isFinalAtOnce());
    clock.shift(Duration.ofMinutes(1));
    assertTrue(isFinalAtOnce());
    assertTrue(
        finality.ofChanges(List.of(DIGEST.orElseThrow()), false).toCompletableFuture().isDone());
  }

  @Test
  void aChangeThatIsMadeNowWaitsWhateverWasRepeatedBefore() {
    assertFalse(isFinalAtOnce());
    clock.shift(LEASE);
    assertFalse(finality.ofChange(DIGEST).toCompletableFuture().isDone());
  }

  @Test
  void whereNoDigestIsKnownEachOneWaits() {
    for (int i = 0; i < 2; i++) {
      assertFalse(finality.ofRepeat(Optional.empty()).toCompletableFuture().isDone());
      clock.shift(LEASE);
    }
  }
}
