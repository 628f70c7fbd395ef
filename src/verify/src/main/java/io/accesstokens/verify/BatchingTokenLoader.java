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
 * Loads token facts in batches with bounded concurrency. A token that arrives while all reads are
 * under way waits in a queue. The next read takes the queued tokens as one batch. So a flood of
 * tokens costs the store only a few reads, and each token waits for one or two reads.
 *
 * <p>Each token is loaded by a read that began after the token arrived. The calling threads do the
 * reads. The first thread of a batch reads for the batch, and then dispatches the next batch. This
 * class is safe for use by many threads.
 */
final class BatchingTokenLoader {

  /**
   * The maximum queue length for each concurrent read. Each queued token blocks a server thread,
   * and requests with known tokens need those threads too.
   */
  private static final int WAITING_PER_READ = 8;

  /** The maximum wait for a batch, and then for the read of another thread. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final TokenLookup lookup;
  private final MachineClock clock;
  private final int mostReads;
  private final int mostWaiting;
  private final Deque<Asked> waiting = new ArrayDeque<>(); // guarded by this
  private int reads; // guarded by this

  /** A queued token, with the future that ends its wait. */
  private record Asked(RawToken token, CompletableFuture<Call> called) {

    Asked(RawToken token) {
      this(token, new CompletableFuture<>());
    }
  }

  /**
   * The result of a wait.
   *
   * @param turn the batch that the thread must read now, with its own token first; empty if another
   *     thread has read the token
   * @param found the facts that the other thread read
   */
  private record Call(List<Asked> turn, Optional<TokenFacts> found) {}

  /**
   * @param mostReads the maximum number of concurrent reads; the queue holds eight times as many
   *     tokens, or as many as one read takes if that is more
   */
  BatchingTokenLoader(TokenLookup lookup, MachineClock clock, int mostReads) {
    this.lookup = lookup;
    this.clock = clock;
    this.mostReads = mostReads;
    this.mostWaiting = Math.max(mostReads * WAITING_PER_READ, lookup.mostAtOnce());
  }

  /**
   * Loads the current facts of a token.
   *
   * @return empty if there is no such token
   * @throws VerificationUnavailableException if the facts cannot be read now, or if the queue is
   *     full
   */
  Optional<TokenFacts> find(RawToken token) {
    Asked mine = new Asked(token);
    List<Asked> alone = List.of(mine);
    if (isReadAtOnce(mine)) {
      return read(alone);
    }
    Call call;
    try {
      call = awaitCall(mine);
    } catch (RuntimeException | Error e) {
      leave(mine);
      throw e;
    }
    return call.turn().isEmpty() ? call.found() : read(call.turn());
  }

  private synchronized boolean isReadAtOnce(Asked mine) {
    if (reads < mostReads) {
      reads++;
      return true;
    }
    if (waiting.size() >= mostWaiting) {
      throw new VerificationUnavailableException("too many tokens are being looked up");
    }
    waiting.add(mine);
    return false;
  }

  private Call awaitCall(Asked mine) {
    Call call = await(mine);
    if (call == null && isGivenUp(mine)) {
      throw new VerificationUnavailableException("too many tokens are being looked up");
    }
    if (call == null) {
      call = await(mine);
    }
    if (call == null) {
      throw new VerificationUnavailableException("the look-up of a token takes too long");
    }
    return call;
  }

  private @Nullable Call await(Asked mine) {
    try {
      return clock.await(mine.called(), PATIENCE);
    } catch (ExecutionException | CancellationException e) {
      throw new VerificationUnavailableException("a token cannot be looked up now", e);
    }
  }

  /**
   * Removes a token from the queue. Returns false if it is not queued any more: another thread has
   * read it, or this thread must read a batch now and must not give up.
   */
  private synchronized boolean isGivenUp(Asked mine) {
    return waiting.remove(mine);
  }

  /**
   * Removes a token from the queue. If the thread was given a batch meanwhile, the batch is
   * dispatched to the other threads of it.
   */
  private synchronized void leave(Asked mine) {
    waiting.remove(mine);
    if (!mine.called().cancel(false) && !mine.called().isCompletedExceptionally()) {
      List<Asked> turn = mine.called().join().turn();
      if (!turn.isEmpty()) {
        handOn(turn.subList(1, turn.size()));
      }
    }
  }

  /**
   * Reads a batch, completes the other threads' futures, and dispatches the next batch.
   *
   * @param together the batch; its first token is the caller's own
   */
  private Optional<TokenFacts> read(List<Asked> together) {
    List<Asked> left = List.of();
    try {
      return together.size() == 1 ? lookup.find(together.get(0).token()) : readAll(together);
    } catch (VerificationUnavailableException e) {
      if (Thread.currentThread().isInterrupted()) {
        left = together.subList(1, together.size()); // only this thread cannot read
      } else {
        together.forEach(it -> it.called().completeExceptionally(e));
      }
      throw e;
    } catch (Error e) {
      together.forEach(it -> it.called().completeExceptionally(e));
      throw e;
    } finally {
      handOn(left);
    }
  }

  private Optional<TokenFacts> readAll(List<Asked> together) {
    Map<TokenDigest, TokenFacts> found;
    try {
      found = lookup.findAll(together.stream().map(Asked::token).toList());
    } catch (VerificationUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      return readEach(together); // one unreadable token must not fail the others
    }
    together.forEach(it -> it.called().complete(new Call(List.of(), of(it.token(), found))));
    return of(together.get(0).token(), found);
  }

  /**
   * Reads each token of a batch alone.
   *
   * @throws VerificationUnavailableException if the store cannot be read; the remaining tokens are
   *     not tried
   */
  private Optional<TokenFacts> readEach(List<Asked> together) {
    for (Asked other : together.subList(1, together.size())) {
      try {
        other.called().complete(new Call(List.of(), lookup.find(other.token())));
      } catch (VerificationUnavailableException e) {
        throw e;
      } catch (RuntimeException e) {
        other.called().completeExceptionally(e);
      }
    }
    return lookup.find(together.get(0).token());
  }

  private static Optional<TokenFacts> of(RawToken token, Map<TokenDigest, TokenFacts> found) {
    return Optional.ofNullable(found.get(token.digest()));
  }

  /**
   * Dispatches the next batch: first the rest of the last batch, then the queued tokens in order of
   * arrival. Holds the lock, so that a thread that has a batch cannot give up at the same time.
   */
  private synchronized void handOn(List<Asked> left) {
    boolean handedOn = false;
    try {
      List<Asked> turn = new ArrayList<>();
      left.stream().filter(it -> !it.called().isDone()).forEach(turn::add);
      while (!waiting.isEmpty() && turn.size() < lookup.mostAtOnce()) {
        turn.add(waiting.remove());
      }
      if (!turn.isEmpty()) {
        handedOn = turn.get(0).called().complete(new Call(turn, Optional.empty()));
      }
    } finally {
      if (!handedOn) {
        reads--;
      }
    }
  }
}
