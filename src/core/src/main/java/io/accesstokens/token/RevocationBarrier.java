package io.accesstokens.token;

import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.FeedFollower;
import io.accesstokens.verify.TokenDigest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells when a change of a verdict is final: no process accepts the old one in a request that
 * begins later.
 *
 * <p>After the commit, and not before it, the change is applied to this process's own cache; then
 * time passes until no other process can rely on what it read before, see {@link
 * TokenStore#untilFinal} and {@link ChangeFeedBroker}. One thread tells all who wait. Whether
 * theirs are held meanwhile is for a {@link Waiting} to say. Safe for use by many threads.
 */
public final class RevocationBarrier implements AutoCloseable {

  /**
   * How the methods wait that answer when a change is final, as {@link ServiceTokenService#revoke}.
   */
  @FunctionalInterface
  public interface Waiting {

    /** The calling thread waits for the end. */
    Waiting IN_THREAD =
        end -> {
          try {
            end.toCompletableFuture().join();
          } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
              throw failure;
            }
            throw e;
          }
        };

    /**
     * Returns at the end, or throws what it fails with. It may do so at once if whatever comes of
     * the calling method, exceptions included, is kept from everybody until then; if the end fails,
     * from then on as well.
     *
     * @param end completes when the change is final; fails with {@link StoreUnavailableException}
     */
    void until(CompletionStage<@Nullable Void> end);
  }

  private static final long IDLE_SECONDS = 5;
  private static final Duration STOP = Duration.ofSeconds(1);

  private final TokenStore store;
  private final @Nullable CachedTokenVerifier cache;
  private final @Nullable FeedFollower follower;
  private final @Nullable ChangeFeedBroker shared;
  private final Waiting waiting;
  private final DaemonThreads threads = new DaemonThreads("access-tokens-finality");
  private final ScheduledThreadPoolExecutor timer = timer(threads);
  private final AtomicLong waits = new AtomicLong();
  private final Map<Long, CompletableFuture<@Nullable Void>> ends = new ConcurrentHashMap<>();

  /** Of changes in a process that caches nothing itself. */
  public RevocationBarrier(TokenStore store) {
    this(store, null, null, null);
  }

  /**
   * Of changes in a process that has a cache.
   *
   * @param follower applies the changes of other processes to the cache; null if there are none
   */
  public RevocationBarrier(
      TokenStore store, @Nullable CachedTokenVerifier cache, @Nullable FeedFollower follower) {
    this(store, cache, follower, null);
  }

  /**
   * Of changes in a process that has a cache, and grants leases to verifiers elsewhere.
   *
   * @param follower applies the changes of other processes to the cache; null if there are none
   * @param shared what those verifiers read; null if there are none
   */
  public RevocationBarrier(
      TokenStore store,
      @Nullable CachedTokenVerifier cache,
      @Nullable FeedFollower follower,
      @Nullable ChangeFeedBroker shared) {
    this(store, cache, follower, shared, Waiting.IN_THREAD);
  }

  /**
   * The same where threads can have something better to do than to wait.
   *
   * @param follower applies the changes of other processes to the cache; null if there are none
   * @param shared what those verifiers read; null if there are none
   */
  public RevocationBarrier(
      TokenStore store,
      @Nullable CachedTokenVerifier cache,
      @Nullable FeedFollower follower,
      @Nullable ChangeFeedBroker shared,
      Waiting waiting) {
    this.store = store;
    this.cache = cache;
    this.follower = follower;
    this.shared = shared;
    this.waiting = waiting;
  }

  /** Its thread ends when there was nothing to wait for, so nobody has to close a timer. */
  private static ScheduledThreadPoolExecutor timer(DaemonThreads threads) {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /**
   * A change was committed just now.
   *
   * @param digest of the token, if the store says
   * @return completes when the change is final; fails with {@link StoreUnavailableException} if
   *     this process ends before
   */
  public CompletionStage<@Nullable Void> ofChange(Optional<TokenDigest> digest) {
    forget(digest);
    return after(untilFinal());
  }

  /** The store knows nothing of leases over HTTP, which a process alone on it grants as well. */
  private Duration untilFinal() {
    Duration others = store.untilFinal();
    return shared == null ? others : longer(others, shared.untilFinal());
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /**
   * A change turned out to have been made before, perhaps just now by somebody else: the same
   * promise, sooner if it was applied here or met with here before. So nobody can have answers held
   * by revoking an old token again and again.
   */
  public CompletionStage<@Nullable Void> ofRepeat(Optional<TokenDigest> digest) {
    forget(digest);
    Duration wait = untilFinal();
    if (follower == null || digest.isEmpty()) {
      return after(wait);
    }
    // What is left of the leases says nothing about when the change was made: the whole of one.
    Duration longest = shared == null ? wait : longer(wait, shared.longest());
    Duration left = longest.minus(follower.sinceRevoked(digest.get()));
    return after(left.compareTo(wait) < 0 ? left : wait);
  }

  /**
   * Several changes were committed just now, together, or turned out to have been made before: one
   * wait for all of them.
   *
   * @param digests of all tokens that are meant; if empty, all is forgotten
   * @param changed whether any of them was changed just now
   * @return see {@link #ofChange}
   */
  public CompletionStage<@Nullable Void> ofChanges(
      Collection<TokenDigest> digests, boolean changed) {
    if (changed || digests.isEmpty()) {
      forget(digests);
      return after(untilFinal());
    }
    List<CompletableFuture<@Nullable Void>> repeats =
        digests.stream().map(it -> ofRepeat(Optional.of(it)).toCompletableFuture()).toList();
    return CompletableFuture.allOf(repeats.toArray(CompletableFuture[]::new));
  }

  /**
   * Forgets what is cached of several tokens.
   *
   * @param digests if empty, all is forgotten
   */
  public void forget(Collection<TokenDigest> digests) {
    if (digests.isEmpty()) {
      forget(Optional.empty());
    } else {
      digests.forEach(digest -> forget(Optional.of(digest)));
    }
  }

  /**
   * Forgets what is cached of a token: also when it is not known whether a change was made.
   *
   * @param digest if empty, all is forgotten
   */
  public void forget(Optional<TokenDigest> digest) {
    if (cache != null) {
      digest.ifPresentOrElse(cache::evict, cache::clear);
    }
  }

  /** Waits for what one of these methods gave; throws what it fails with. */
  void await(CompletionStage<@Nullable Void> end) {
    waiting.until(end);
  }

  private CompletionStage<@Nullable Void> after(Duration length) {
    CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    if (length.isZero() || length.isNegative()) {
      end.complete(null);
      return end;
    }
    long wait = waits.incrementAndGet();
    ends.put(wait, end);
    try {
      var unused = timer.schedule(() -> complete(wait), length.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      fail(wait); // closed just now
    }
    return end;
  }

  private void complete(long wait) {
    CompletableFuture<@Nullable Void> end = ends.remove(wait);
    if (end != null) {
      end.complete(null);
    }
  }

  private void fail(long wait) {
    CompletableFuture<@Nullable Void> end = ends.remove(wait);
    if (end != null) {
      end.completeExceptionally(
          new StoreUnavailableException(
              "this process ends before a change is known to be final", null));
    }
  }

  /** What still waits is told that it is not known to be final. */
  @Override
  public void close() {
    timer.shutdownNow();
    ends.keySet().forEach(this::fail);
    threads.end(timer, STOP);
  }
}
