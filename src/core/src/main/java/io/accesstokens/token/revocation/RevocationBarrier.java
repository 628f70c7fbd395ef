package io.accesstokens.token.revocation;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.token.store.TokenStore;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reports when a change of a token is final. After that time, no process uses the old verdict on
 * the token in a new request.
 *
 * <p>The barrier applies the change to the cache of this process after the commit, never before.
 * The barrier then waits until no other process can rely on data from before the change, see {@link
 * TokenStore#untilFinal} and {@link ChangeFeedBroker}. One thread completes all waits. A {@link
 * WaitStrategy} decides whether the threads of the callers block during a wait. Thread-safe.
 */
public final class RevocationBarrier implements AutoCloseable {

  /**
   * Determines how a method such as {@link ServiceTokenService#revoke} waits until a change is
   * final.
   */
  @FunctionalInterface
  public interface WaitStrategy {

    /** Blocks the calling thread until the wait ends. Throws an exception if the wait fails. */
    WaitStrategy IN_THREAD =
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
     * Returns when {@code end} completes, or throws the failure of {@code end}. An implementation
     * may return earlier only if the server delays its response until {@code end} completes. The
     * server must delay error responses too. If {@code end} fails, the server must not send the
     * delayed response.
     *
     * @param end the stage, which completes when the change is final, or fails with {@link
     *     StoreUnavailableException}
     */
    void until(CompletionStage<@Nullable Void> end);

    /**
     * Waits like {@link #until(CompletionStage)}, and then sends the response with {@code sender}.
     * An implementation that returns before {@code end} completes must call {@code sender} later,
     * in a thread that may block. If {@code sender} throws an exception, the server must send an
     * error response instead.
     *
     * @param end the stage, which completes when the change is final
     * @param sender receives the action that sends the response, and runs it or throws an exception
     */
    default void until(CompletionStage<@Nullable Void> end, Consumer<Runnable> sender) {
      until(end);
      sender.accept(() -> {}); // the caller sends the response
    }
  }

  private static final long IDLE_SECONDS = 5;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

  private final TokenStore store;
  private final @Nullable CachedTokenVerifier cache;
  private final @Nullable FeedFollower follower;
  private final @Nullable ChangeFeedBroker broker;
  private final WaitStrategy waiting;
  private final DaemonThreads threads = new DaemonThreads("access-tokens-finality");
  final ScheduledThreadPoolExecutor timer = timer(threads); // tests change it
  private final AtomicLong waits = new AtomicLong();
  private final Map<Long, CompletableFuture<@Nullable Void>> ends = new ConcurrentHashMap<>();

  /** Creates a barrier for a process without a cache of verdicts. */
  public RevocationBarrier(TokenStore store) {
    this(store, null, null, null);
  }

  /**
   * Creates a barrier for a process that has a cache of verdicts and grants leases to verifiers in
   * other processes.
   *
   * @param follower applies the changes of other processes to the cache; null if there are no other
   *     processes
   * @param broker the change feed for verifiers in other processes; null if no other process has a
   *     verifier
   */
  public RevocationBarrier(
      TokenStore store,
      @Nullable CachedTokenVerifier cache,
      @Nullable FeedFollower follower,
      @Nullable ChangeFeedBroker broker) {
    this(store, cache, follower, broker, WaitStrategy.IN_THREAD);
  }

  /**
   * Creates a barrier with a wait strategy. With a strategy other than {@link
   * WaitStrategy#IN_THREAD}, the threads of callers need not block.
   *
   * @param follower applies the changes of other processes to the cache; null if there are no other
   *     processes
   * @param broker the change feed for verifiers in other processes; null if no other process has a
   *     verifier
   * @param waiting decides how the threads of callers wait
   */
  public RevocationBarrier(
      TokenStore store,
      @Nullable CachedTokenVerifier cache,
      @Nullable FeedFollower follower,
      @Nullable ChangeFeedBroker broker,
      WaitStrategy waiting) {
    this.store = store;
    this.cache = cache;
    this.follower = follower;
    this.broker = broker;
    this.waiting = waiting;
  }

  /**
   * Creates a timer whose thread ends when the timer is idle. Otherwise, a barrier that is never
   * closed would keep a thread.
   */
  private static ScheduledThreadPoolExecutor timer(DaemonThreads threads) {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /**
   * Applies a change of a token: evicts the token from the cache. The caller must have committed
   * the change just before this call.
   *
   * @param digest the digest of the token; if empty, the whole cache is cleared
   * @return a stage that completes when the change is final; fails with {@link
   *     StoreUnavailableException} if this process ends before the change is final, or has no
   *     thread for the wait
   */
  public CompletionStage<@Nullable Void> applyChange(Optional<TokenDigest> digest) {
    evict(digest);
    return after(untilFinal());
  }

  /**
   * Reads the current lease durations from the store. Call this method before waiting for a change
   * that another process committed. The leases of that process may be unknown to this process. If
   * the database is replicated synchronously, a standby has the change when this method returns.
   *
   * @throws StoreUnavailableException if the store cannot be read, or does not confirm the change
   */
  void refresh() {
    store.refreshUntilFinal();
  }

  /**
   * Returns the time from the commit of a change until the change is final. The time includes the
   * leases that this process grants over HTTP, because the store does not know these leases.
   */
  private Duration untilFinal() {
    Duration others = store.untilFinal();
    return broker == null ? others : longer(others, broker.untilFinal());
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /**
   * Evicts a token again after a change that an earlier call made. The earlier call can be in
   * another process, and the change may not be final yet. If this process has known the change for
   * some time, the remaining wait is shorter. Therefore a revocation that is repeated long
   * afterwards is not delayed.
   *
   * @param digest the digest of the token; if empty, the whole cache is cleared
   * @return a stage that completes when the change is final; fails with {@link
   *     StoreUnavailableException} if this process ends before the change is final, or has no
   *     thread for the wait
   */
  public CompletionStage<@Nullable Void> applyRepeat(Optional<TokenDigest> digest) {
    evict(digest);
    Duration wait = untilFinal();
    if (follower == null || digest.isEmpty()) {
      return after(wait);
    }
    // The wait is computed for a change that was committed just now. For an earlier change, it is
    // enough to wait for the longest possible time minus the time since the change.
    Duration longest = broker == null ? wait : longer(wait, broker.longest());
    Duration left = longest.minus(follower.sinceRevoked(digest.get()));
    return after(left.compareTo(wait) < 0 ? left : wait);
  }

  /**
   * Applies several changes with one wait. The changes have just been committed together, or
   * earlier calls have already made them.
   *
   * @param digests the digests of all affected tokens; if empty, the whole cache is cleared
   * @param changed true if the commit has changed at least one token; false if earlier calls have
   *     made all changes
   * @return a stage that completes when all changes are final; fails with {@link
   *     StoreUnavailableException} if this process ends before the changes are final, or has no
   *     thread for the wait
   */
  public CompletionStage<@Nullable Void> applyChanges(
      Collection<TokenDigest> digests, boolean changed) {
    if (changed || digests.isEmpty()) {
      evict(digests);
      return after(untilFinal());
    }
    List<CompletableFuture<@Nullable Void>> repeats =
        digests.stream()
            .map(digest -> applyRepeat(Optional.of(digest)).toCompletableFuture())
            .toList();
    return CompletableFuture.allOf(repeats.toArray(CompletableFuture[]::new));
  }

  /**
   * Evicts several tokens from the cache of this process.
   *
   * @param digests the digests of the tokens; if empty, the whole cache is cleared
   */
  public void evict(Collection<TokenDigest> digests) {
    if (digests.isEmpty()) {
      evict(Optional.empty());
    } else {
      digests.forEach(digest -> evict(Optional.of(digest)));
    }
  }

  /**
   * Evicts a token from the cache of this process. Callers must also use this method if the outcome
   * of a change is unknown.
   *
   * @param digest the digest of the token; if empty, the whole cache is cleared
   */
  public void evict(Optional<TokenDigest> digest) {
    if (cache != null) {
      digest.ifPresentOrElse(cache::evict, cache::clear);
    }
  }

  /**
   * Waits for a stage that {@link #applyChange}, {@link #applyRepeat} or {@link #applyChanges}
   * returned. Throws the failure of the stage, if there is one.
   */
  void await(CompletionStage<@Nullable Void> end) {
    waiting.until(end);
  }

  /**
   * Waits like {@link #await(CompletionStage)}, and then sends the response with {@code sender}.
   *
   * @param sender receives the action that sends the response, and runs it or throws an exception
   */
  void await(CompletionStage<@Nullable Void> end, Consumer<Runnable> sender) {
    waiting.until(end, sender);
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
    } catch (RejectedExecutionException | OutOfMemoryError e) { // closed, or no thread is available
      fail(wait);
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
          new StoreUnavailableException("this process cannot wait until a change is final", null));
    }
  }

  /** Closes the barrier. All running waits fail, because the changes may not be final yet. */
  @Override
  public void close() {
    timer.shutdownNow();
    ends.keySet().forEach(this::fail);
    threads.shutDown(timer, STOP_TIMEOUT);
  }
}
