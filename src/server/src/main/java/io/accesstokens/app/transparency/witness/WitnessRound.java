package io.accesstokens.app.transparency.witness;

import io.accesstokens.app.outbound.FailedCallException;
import io.accesstokens.app.outbound.PostClient;
import io.accesstokens.app.transparency.job.RetryDelay;
import io.accesstokens.app.transparency.witness.WitnessClient.Result;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.MerkleTree;
import io.accesstokens.log.SignedNote;
import io.accesstokens.transparency.LogState;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.transparency.delivery.TargetState;
import io.accesstokens.transparency.delivery.TargetStore;
import io.accesstokens.verify.DaemonThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Asks all witnesses for cosignatures of the same checkpoint. Only one process at a time asks the
 * witnesses. After a failure, a witness is not asked again until its delay has passed. Therefore, a
 * slow witness rarely delays the other witnesses. Only one thread runs a round.
 */
public final class WitnessRound implements AutoCloseable {

  /** Minimum time between two rounds. */
  public static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Maximum number of requests to one witness in a round. */
  private static final int MAX_REQUESTS = 3;

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);
  private static final String ROUND = TargetState.id("witnesses", "round");
  private static final Logger LOG = System.getLogger(WitnessRound.class.getPackageName());

  private final LogStore store;
  private final TargetStore targets;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Duration lease;
  private final Map<Witness, WitnessClient> clients = new LinkedHashMap<>();
  private final DaemonThreads threads = new DaemonThreads("access-tokens-log-witness");
  private final ExecutorService executor = Executors.newCachedThreadPool(threads);
  private final AtomicLong succeeded = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile int forks;
  private volatile Duration lag = Duration.ZERO;

  // Only the thread that runs the round uses the following fields.
  private final Map<Witness, Progress> progress = new LinkedHashMap<>();

  /** The time of the last run, in nanoseconds of {@link #nanoTime}. */
  private long lastRun;

  /**
   * The progress of a witness.
   *
   * @param size the number of entries that the witness has cosigned
   * @param lag the time since the witness last cosigned new entries; zero if the witness has
   *     cosigned all entries
   */
  private record Progress(long size, Duration lag) {}

  /**
   * Creates a round with the interval {@link #INTERVAL} and the deadline {@link
   * PostClient#DEADLINE}.
   */
  public WitnessRound(
      List<Witness> witnesses,
      LogStore store,
      TargetStore targets,
      PostClient.Network network,
      Clock clock) {
    this(witnesses, store, targets, network, clock, PostClient.DEADLINE, System::nanoTime);
  }

  WitnessRound(
      List<Witness> witnesses,
      LogStore store,
      TargetStore targets,
      PostClient.Network network,
      Clock clock,
      Duration deadline,
      LongSupplier nanoTime) {
    this.store = store;
    this.targets = targets;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.lastRun = nanoTime.getAsLong();
    this.lease = deadline.multipliedBy(MAX_REQUESTS).plus(INTERVAL);
    for (Witness witness : witnesses) {
      clients.put(witness, new WitnessClient(witness, network, deadline));
    }
  }

  /** Returns the number of witness calls of this process that succeeded. */
  public long succeeded() {
    return succeeded.get();
  }

  /** Returns the number of witness calls of this process that failed. */
  public long failed() {
    return failed.get();
  }

  /** Returns the number of witnesses that have seen another history of the log, as last read. */
  public int forks() {
    return forks;
  }

  /**
   * Returns the lag of the slowest witness: the time since this witness last cosigned new entries.
   * The lag of a witness that has cosigned all entries is zero. The result is from the last run of
   * this process, and does not include the time of an outage of the store.
   */
  public Duration lag() {
    return lag;
  }

  /**
   * Asks the witnesses that have not cosigned the latest checkpoint, unless another process is
   * asking.
   *
   * @throws io.accesstokens.token.StoreUnavailableException if the store cannot be reached
   */
  public void run() {
    Duration sinceLastRun = sinceLastRun();
    LogState state = store.state();
    String note = state.checkpoint();
    if (note == null || state.size() == 0) {
      lag = Duration.ZERO;
      return;
    }
    SignedNote signed = SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
    Checkpoint checkpoint = Checkpoint.parse(signed.text());
    Instant now = clock.instant();
    if (due(signed, now, sinceLastRun).isEmpty() || !targets.claim(ROUND, now, now.plus(lease))) {
      return;
    }
    // The states are read again, because another process may have ended a round.
    List<Callable<Void>> calls = new ArrayList<>();
    due(signed, now, Duration.ZERO)
        .forEach(
            (witness, before) ->
                calls.add(
                    () -> {
                      ask(witness, before, signed, checkpoint);
                      return null;
                    }));
    try {
      for (Future<Void> call : executor.invokeAll(calls)) {
        call.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a witness could not be asked", e.getCause());
    }
    targets.save(TargetState.initial(ROUND).accepted(state.size(), "", now.plus(INTERVAL)));
  }

  private Duration sinceLastRun() {
    long now = nanoTime.getAsLong();
    Duration passed = Duration.ofNanos(now - lastRun);
    lastRun = now;
    return passed;
  }

  /**
   * Returns the witnesses that this round calls, each with its stored state. Updates the progress
   * of all witnesses.
   *
   * @param passed the time since the last update
   */
  private Map<Witness, TargetState> due(SignedNote signed, Instant now, Duration passed) {
    Map<String, TargetState> states = targets.states();
    Map<Witness, TargetState> due = new LinkedHashMap<>();
    int forked = 0;
    Duration slowest = Duration.ZERO;
    for (Witness witness : clients.keySet()) {
      TargetState state =
          states.getOrDefault(witness.target(), TargetState.initial(witness.target()));
      forked += state.forked() ? 1 : 0;
      long cosigned = cosignedSize(witness, state);
      long size = Checkpoint.parse(signed.text()).size();
      Progress last = progress.get(witness);
      Duration witnessLag =
          last == null || cosigned > last.size() || cosigned == size
              ? Duration.ZERO
              : last.lag().plus(passed);
      progress.put(witness, new Progress(cosigned, witnessLag));
      slowest = witnessLag.compareTo(slowest) > 0 ? witnessLag : slowest;
      String note = state.note();
      if (state.isDue(now)
          && (cosigned == 0 || note == null || !note.startsWith(signed.text() + "\n"))) {
        due.put(witness, state);
      }
    }
    lag = slowest;
    forks = forked;
    return due;
  }

  /**
   * Returns the number of entries that a witness has cosigned. Returns 0 if the stored note has no
   * valid cosignature: a person who can write to the database can have replaced the note.
   */
  private static long cosignedSize(Witness witness, TargetState state) {
    String note = state.note();
    if (note == null) {
      return 0;
    }
    try {
      SignedNote signed = SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
      return signed.verify(List.of(witness.key())).isEmpty()
          ? 0
          : Checkpoint.parse(signed.text()).size();
    } catch (LogFormatException e) {
      return 0;
    }
  }

  private void ask(Witness witness, TargetState before, SignedNote signed, Checkpoint checkpoint) {
    Instant now = clock.instant();
    if (!targets.claim(witness.target(), now, now.plus(lease))) {
      return;
    }
    TargetState after;
    try {
      after = answer(witness, before, signed, checkpoint);
    } catch (FailedCallException e) {
      after = failed(before, String.valueOf(e.getMessage()));
    } catch (LogFormatException e) {
      after = failed(before, "the stored log is damaged: " + e.getMessage());
    }
    report(witness, before, after);
    targets.save(after);
  }

  private TargetState answer(
      Witness witness, TargetState before, SignedNote signed, Checkpoint checkpoint)
      throws FailedCallException {
    WitnessClient client = Objects.requireNonNull(clients.get(witness));
    long oldSize = Math.min(before.size(), checkpoint.size());
    for (int i = 0; i < MAX_REQUESTS; i++) {
      List<MerkleHash> proof =
          new MerkleTree(store.tiles(), checkpoint.size()).consistencyProof(oldSize);
      Result result = client.addCheckpoint(oldSize, proof, signed);
      if (!(result instanceof Result.Conflict conflict)) {
        return decided(result, before, oldSize, checkpoint);
      }
      Long size = conflict.size();
      if (oldSize > 0 && oldSize == checkpoint.size() && (size == null || size == oldSize)) {
        return forked(before, oldSize);
      }
      if (size == null) {
        return failed(before, "the response 409 has no size");
      }
      if (size > checkpoint.size()) {
        return larger(before, size);
      }
      oldSize = size;
    }
    return failed(before, "the witness returned different sizes");
  }

  /** Returns the state after a result other than a conflict. */
  private TargetState decided(
      Result result, TargetState before, long oldSize, Checkpoint checkpoint) {
    if (result instanceof Result.Cosigned cosigned) {
      return before.accepted(checkpoint.size(), cosigned.note(), clock.instant());
    }
    if (result instanceof Result.Refused refused) {
      return failed(before, refused.problem());
    }
    return oldSize == 0
        ? failed(before, "the witness responded with 422 to a first checkpoint")
        : forked(before, oldSize);
  }

  private TargetState forked(TargetState before, long size) {
    return forked(
        before,
        "the log does not extend the tree with " + size + " entries that the witness has cosigned");
  }

  /**
   * Returns the state after a witness has reported a larger size than the size of the submitted
   * checkpoint. This is not a fork if the log now has at least the reported size: another process
   * may have submitted a larger checkpoint.
   */
  private TargetState larger(TargetState before, long size) {
    long now = store.state().size();
    return now >= size
        ? new TargetState(before.target(), size, before.note(), null, false, 0, clock.instant())
        : forked(
            before,
            "the witness has cosigned a tree with "
                + size
                + " entries, but the log has only "
                + now);
  }

  /**
   * Returns the state after a failure. A reported fork remains in the state until the witness
   * cosigns again, even if later calls fail for other reasons.
   */
  private TargetState failed(TargetState before, String problem) {
    String fork = before.forked() ? before.problem() : null;
    return before.failed(fork == null ? problem : fork, before.forked(), nextAttempt(before));
  }

  private TargetState forked(TargetState before, String problem) {
    return before.failed(problem, true, nextAttempt(before));
  }

  private Instant nextAttempt(TargetState before) {
    return clock.instant().plus(RetryDelay.after(before.failures()));
  }

  private void report(Witness witness, TargetState before, TargetState after) {
    String problem = after.problem();
    (problem == null ? succeeded : failed).incrementAndGet();
    if (problem == null) {
      if (before.problem() != null) {
        LOG.log(Level.INFO, "the witness {0} cosigns checkpoints again", witness);
      }
    } else if (!problem.equals(before.problem())) {
      LOG.log(
          after.forked() ? Level.ERROR : Level.WARNING,
          after.forked()
              ? "the witness {0} has seen another history of the transparency log: {1}"
              : "the witness {0} has not cosigned a checkpoint: {1}",
          witness,
          problem);
    }
  }

  @Override
  public void close() {
    clients.values().forEach(WitnessClient::close);
    threads.shutDown(executor, STOP_TIMEOUT);
  }
}
