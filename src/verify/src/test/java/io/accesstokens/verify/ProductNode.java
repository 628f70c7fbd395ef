package io.accesstokens.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The product's own classes, with a clock, a feed, a look-up and waits that take scheduled steps.
 */
final class ProductNode implements SimulatedNode {

  private final CachedTokenVerifier verifier;
  private final FeedFollower follower;

  /**
   * @param durations the durations of the lease; null if it never ends
   */
  ProductNode(Interleaving steps, SimulatedStore store, Lease.@Nullable Durations durations) {
    this(steps, store, durations, store::page);
  }

  /**
   * @param durations the durations of the lease; null if it never ends
   * @param feed reads a page of the feed after a position
   */
  ProductNode(
      Interleaving steps,
      SimulatedStore store,
      Lease.@Nullable Durations durations,
      Function<ChangeFeed.@Nullable Position, ChangeFeed.Page> feed) {
    this(steps, durations, digest -> Optional.of(facts(store.isRevoked(digest))), 0, feed);
  }

  /**
   * @param durations the durations of the lease; null if it never ends
   * @param rows reads the facts about a digest from the store
   * @param skewMillis the wall clock of this process minus the clock of the store
   * @param feed reads a page of the feed after a position
   */
  ProductNode(
      Interleaving steps,
      Lease.@Nullable Durations durations,
      Function<TokenDigest, Optional<TokenFacts>> rows,
      long skewMillis,
      Function<ChangeFeed.@Nullable Position, ChangeFeed.Page> feed) {
    MachineClock clock = new SteppingClock(steps, skewMillis);
    Lease lease = durations == null ? Lease.unlimited(clock) : new Lease(durations, clock);
    verifier =
        new CachedTokenVerifier(
            token -> {
              steps.step();
              Optional<TokenFacts> found = rows.apply(token.digest());
              steps.step();
              return found;
            },
            lease,
            clock,
            new CachedTokenVerifier.Limits(Duration.ofDays(1), 100, 100));
    follower =
        new FeedFollower(
            new ChangeFeed() {
              @Override
              public Page read(@Nullable Position after) {
                steps.step();
                Page page = feed.apply(after);
                steps.step();
                return page;
              }

              @Override
              public void close() {}
            },
            lease,
            verifier,
            clock);
  }

  private static TokenFacts facts(boolean revoked) {
    return new TokenFacts(
        new Verification.Accepted(
            new UUID(0, 0),
            "service-token:group:default/platform:ci",
            new EntityRef(EntityRef.GROUP, "default", "platform"),
            List.of(),
            Instant.ofEpochMilli(1_000_000)),
        revoked);
  }

  @Override
  public boolean accepts(RawToken token) {
    return verify(token) instanceof Verification.Accepted;
  }

  Verification verify(RawToken token) {
    return verifier.verify(token);
  }

  @Override
  public void poll() {
    while (follower.poll() == FeedFollower.Outcome.MORE) {
      // Poll again at once.
    }
  }

  @Override
  public void evict(TokenDigest digest) {
    verifier.evict(digest);
  }

  private record SteppingClock(Interleaving steps, long skewMillis) implements MachineClock {

    @Override
    public long monotonicNanos() {
      steps.step();
      return steps.now() * 1_000_000;
    }

    @Override
    public long wallMillis() {
      steps.step();
      return steps.now() + skewMillis;
    }

    @Override
    public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout)
        throws ExecutionException {
      long end = steps.now() + timeout.toMillis();
      steps.await(() -> result.isDone() || steps.now() >= end);
      try {
        return result.isDone() ? result.get() : null;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
