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
 * Reads what is known of tokens, so many reads at a time and no more. A token that comes while all
 * are under way waits for its turn, and what waits by then is read together: a flood costs the
 * store a few reads, and whoever comes in the middle of it waits for one or two.
 *
 * <p>Each token is read by a read that began after it came. The threads of those who ask do the
 * work, and hand the turn on. Safe for use by many threads.
 */
final class BatchingTokenLoader {

  /**
   * How many wait at least, for each that reads. Each waits on a thread of a server, and whoever
   * holds a known token needs one, too.
   */
  private static final int WAITING_PER_READ = 8;

  /** How long one waits for a turn, and then for the read of somebody else. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final TokenLookup lookup;
  private final MachineClock clock;
  private final int mostReads;
  private final int mostWaiting;
  private final Deque<Asked> waiting = new ArrayDeque<>(); // guarded by this
  private int reads; // guarded by this

  /** A token that waits, and how it learns that it need not any longer. */
  private record Asked(RawToken token, CompletableFuture<Call> called) {

    Asked(RawToken token) {
      this(token, new CompletableFuture<>());
    }
  }

  /**
   * What one who waits is told.
   *
   * @param turn what to read now, together, its own first; empty if somebody has read it
   * @param found what was read then
   */
  private record Call(List<Asked> turn, Optional<TokenFacts> found) {}

  /**
   * @param mostReads how many reads go on at the same time; eight times as many tokens may wait, or
   *     as many as one read takes
   */
  BatchingTokenLoader(TokenLookup lookup, MachineClock clock, int mostReads) {
    this.lookup = lookup;
    this.clock = clock;
    this.mostReads = mostReads;
    this.mostWaiting = Math.max(mostReads * WAITING_PER_READ, lookup.mostAtOnce());
  }

  /**
   * Reads what is known of a token now.
   *
   * @return empty if there is no such token
   * @throws VerificationUnavailableException if it cannot be found out now, or if too many ask
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
      throw new VerificationUnavailableException("a token is looked up for too long");
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

  /** False if others read it by now, or if it was called, which nobody may pass over. */
  private synchronized boolean isGivenUp(Asked mine) {
    return waiting.remove(mine);
  }

  /** Waits no more. A turn that it was given meanwhile goes to the others of that turn. */
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
   * Reads, tells the others, and hands the turn on.
   *
   * @param together the first one is the caller's own
   */
  private Optional<TokenFacts> read(List<Asked> together) {
    List<Asked> left = List.of();
    try {
      return together.size() == 1 ? lookup.find(together.get(0).token()) : readAll(together);
    } catch (VerificationUnavailableException e) {
      if (Thread.currentThread().isInterrupted()) {
        left = together.subList(1, together.size()); // it is this thread that cannot read
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
      return readEach(together); // one that cannot be read is nothing to the others
    }
    together.forEach(it -> it.called().complete(new Call(List.of(), of(it.token(), found))));
    return of(together.get(0).token(), found);
  }

  /**
   * @throws VerificationUnavailableException if the store cannot be read: then none of the rest is
   *     tried
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
   * To those who are left of a turn, and to those who wait, in the order of asking. Within the
   * lock, so that nobody gives up who has the turn already.
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
