package io.accesstokens.verify;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Loads the {@link TokenFacts} of tokens in batches, with bounded concurrency. While the maximum
 * number of reads runs, further tokens wait in a queue. The next read takes queued tokens as one
 * batch, up to {@link TokenLookup#maxConcurrent}. If one read can take the whole queue, each token
 * waits for at most two reads.
 *
 * <p>Each token is loaded by a read that began after the token arrived. The calling threads do the
 * reads. The thread of the first token in a batch reads the whole batch, and then dispatches the
 * next batch. This class is thread-safe.
 */
final class BatchingTokenLoader {

  /**
   * Maximum number of queued tokens for each concurrent read. Each queued token blocks a server
   * thread. With a longer queue, too few threads would remain for requests with cached tokens.
   */
  private static final int WAITING_PER_READ = 8;

  /**
   * Maximum duration of a wait. A thread waits at most twice: in the queue, and then for the read
   * of another thread.
   */
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final TokenLookup lookup;
  private final MachineClock clock;
  private final int maxReads;
  private final int maxWaiting;
  private final Deque<PendingLookup> waiting = new ArrayDeque<>(); // guarded by this
  private int reads; // guarded by this

  /** A token to read. If the token is queued, another thread completes the future. */
  private record PendingLookup(RawToken token, CompletableFuture<WaitResult> future) {

    PendingLookup(RawToken token) {
      this(token, new CompletableFuture<>());
    }
  }

  /**
   * The result of a thread's wait for its token. Either another thread has read the token, or the
   * waiting thread must now read a batch.
   *
   * @param batch the tokens that the waiting thread must read, with its own token first; empty if
   *     another thread has read the token
   * @param found the facts that the other thread has read; empty if the token does not exist.
   *     Always empty if the waiting thread must read a batch
   */
  private record WaitResult(List<PendingLookup> batch, Optional<TokenFacts> found) {}

  /**
   * Creates a loader.
   *
   * @param lookup reads the store
   * @param maxReads the maximum number of concurrent reads, at least 1. The queue holds eight
   *     tokens for each concurrent read, and at least as many tokens as one read can take.
   */
  BatchingTokenLoader(TokenLookup lookup, MachineClock clock, int maxReads) {
    this.lookup = lookup;
    this.clock = clock;
    this.maxReads = maxReads;
    this.maxWaiting = Math.max(maxReads * WAITING_PER_READ, lookup.maxConcurrent());
  }

  /** Returns the maximum number of threads that wait in the queue. */
  int maxWaiting() {
    return maxWaiting;
  }

  /**
   * Loads the current facts of a token.
   *
   * @return the facts; empty if there is no such token
   * @throws VerificationUnavailableException if the facts cannot be read now, or if the queue is
   *     full
   */
  Optional<TokenFacts> find(RawToken token) {
    PendingLookup mine = new PendingLookup(token);
    List<PendingLookup> alone = List.of(mine);
    if (startOrEnqueue(mine)) {
      return read(alone);
    }
    WaitResult outcome;
    try {
      outcome = awaitResult(mine);
    } catch (RuntimeException | Error e) {
      leave(mine);
      throw e;
    }
    return outcome.batch().isEmpty() ? outcome.found() : read(outcome.batch());
  }

  /**
   * Takes a slot for a read, and returns true. If all slots are taken, adds the token to the queue,
   * and returns false.
   *
   * @throws VerificationUnavailableException if the queue is full
   */
  private synchronized boolean startOrEnqueue(PendingLookup mine) {
    if (reads < maxReads) {
      reads++;
      return true;
    }
    if (waiting.size() >= maxWaiting) {
      throw new VerificationUnavailableException("too many tokens are being looked up");
    }
    waiting.add(mine);
    return false;
  }

  private WaitResult awaitResult(PendingLookup mine) {
    WaitResult outcome = await(mine);
    if (outcome == null && removeFromQueue(mine)) {
      throw new VerificationUnavailableException("too many tokens are being looked up");
    }
    if (outcome == null) {
      outcome = await(mine);
    }
    if (outcome == null) {
      throw new VerificationUnavailableException("the look-up of a token takes too long");
    }
    return outcome;
  }

  private @Nullable WaitResult await(PendingLookup mine) {
    try {
      return clock.await(mine.future(), TIMEOUT);
    } catch (ExecutionException | CancellationException e) {
      throw new VerificationUnavailableException("a token cannot be looked up now", e);
    }
  }

  /**
   * Removes a token from the queue. Returns false if the token is already part of a batch. The
   * thread of the token must then continue to wait.
   */
  private synchronized boolean removeFromQueue(PendingLookup mine) {
    return waiting.remove(mine);
  }

  /**
   * Removes a token from the queue, because its thread has stopped waiting after a timeout or an
   * error. If this thread has already received a batch, another thread reads the other tokens of
   * the batch.
   */
  private synchronized void leave(PendingLookup mine) {
    waiting.remove(mine);
    if (!mine.future().cancel(false) && !mine.future().isCompletedExceptionally()) {
      List<PendingLookup> batch = mine.future().join().batch();
      if (!batch.isEmpty()) {
        dispatch(batch.subList(1, batch.size()));
      }
    }
  }

  /**
   * Reads a batch, completes the futures of the other threads, and dispatches the next batch.
   *
   * @param batch the tokens to read; the first token is the caller's own
   * @return the facts of the first token; empty if there is no such token
   */
  private Optional<TokenFacts> read(List<PendingLookup> batch) {
    List<PendingLookup> left = List.of();
    try {
      return batch.size() == 1 ? lookup.find(batch.get(0).token()) : readAll(batch);
    } catch (VerificationUnavailableException e) {
      if (Thread.currentThread().isInterrupted()) {
        // The other threads are not interrupted, so one of them reads the other tokens.
        left = batch.subList(1, batch.size());
      } else {
        batch.forEach(pending -> pending.future().completeExceptionally(e));
      }
      throw e;
    } catch (Error e) {
      batch.forEach(pending -> pending.future().completeExceptionally(e));
      throw e;
    } finally {
      dispatch(left);
    }
  }

  private Optional<TokenFacts> readAll(List<PendingLookup> batch) {
    Map<TokenDigest, TokenFacts> found;
    try {
      found = lookup.findAll(batch.stream().map(PendingLookup::token).toList());
    } catch (VerificationUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      return readEach(batch); // one unreadable token must not fail the others
    }
    batch.forEach(
        pending ->
            pending.future().complete(new WaitResult(List.of(), of(pending.token(), found))));
    return of(batch.get(0).token(), found);
  }

  /**
   * Reads the tokens of a batch one by one, and completes the futures of the other threads.
   *
   * @throws VerificationUnavailableException if the store cannot be read; this method then stops
   *     and leaves the remaining tokens unread
   */
  private Optional<TokenFacts> readEach(List<PendingLookup> batch) {
    for (PendingLookup other : batch.subList(1, batch.size())) {
      try {
        other.future().complete(new WaitResult(List.of(), lookup.find(other.token())));
      } catch (VerificationUnavailableException e) {
        throw e;
      } catch (RuntimeException e) {
        other.future().completeExceptionally(e);
      }
    }
    return lookup.find(batch.get(0).token());
  }

  private static Optional<TokenFacts> of(RawToken token, Map<TokenDigest, TokenFacts> found) {
    return Optional.ofNullable(found.get(token.digest()));
  }

  /**
   * Dispatches the next batch to the thread of its first token. The batch contains the unread
   * tokens of the last batch, followed by queued tokens in order of arrival. Because this method
   * holds the lock, a waiting thread cannot give up while it receives the batch.
   *
   * @param left the unread tokens of the last batch
   */
  private synchronized void dispatch(List<PendingLookup> left) {
    boolean dispatched = false;
    try {
      List<PendingLookup> batch = new ArrayList<>();
      left.stream().filter(pending -> !pending.future().isDone()).forEach(batch::add);
      while (!waiting.isEmpty() && batch.size() < lookup.maxConcurrent()) {
        batch.add(waiting.remove());
      }
      if (!batch.isEmpty()) {
        dispatched = batch.get(0).future().complete(new WaitResult(batch, Optional.empty()));
      }
    } finally {
      if (!dispatched) {
        reads--;
      }
    }
  }
}
