package io.accesstokens.faults;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.testing.client.KeepAliveClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Reads the checkpoint of the transparency log at each replica, all the time, and keeps one
 * checkpoint of each size. Two different checkpoints of one size are a violation.
 */
final class LogObserver {

  private static final long PAUSE_MILLIS = 50;
  private static final int END_SECONDS = 60;

  /** The first response with a size, and its content. */
  private record Sighting(long endedAt, Checkpoint checkpoint, String note) {}

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();
  private final NavigableMap<Long, Sighting> sightings = new ConcurrentSkipListMap<>();
  private final List<VerifierKey> keys;
  private final Findings findings;
  private volatile boolean stopping;

  private LogObserver(List<VerifierKey> keys, Findings findings) {
    this.keys = keys;
    this.findings = findings;
  }

  /** Reads the verifier key, and starts a thread for each replica. */
  static LogObserver start(List<ReplicaProcess> replicas, Findings findings) throws IOException {
    List<VerifierKey> keys = replicas.get(0).log().keys().lines().map(VerifierKey::parse).toList();
    LogObserver observer = new LogObserver(keys, findings);
    for (ReplicaProcess replica : replicas) {
      observer.running.add(
          observer.threads.submit(
              () -> {
                observer.observe(replica);
                return null;
              }));
    }
    return observer;
  }

  private void observe(ReplicaProcess replica) throws InterruptedException {
    byte[] last = {};
    while (!stopping) {
      try {
        KeepAliveClient.Timed timed = replica.log().checkpoint();
        if (timed.answer().status() == 200) {
          byte[] note = timed.answer().bytes();
          if (!Arrays.equals(note, last)) {
            seen(replica.name(), timed.endedAt(), note);
            last = note;
          }
        }
      } catch (IOException e) {
        // The replica has a fault, or is starting. Its verifications show if this is allowed.
      }
      Thread.sleep(PAUSE_MILLIS); // the interval of the reads
    }
  }

  private void seen(String replica, long endedAt, byte[] note) {
    try {
      Checkpoint checkpoint = Checkpoint.verified(SignedNote.parse(note), keys);
      Sighting first =
          sightings.merge(
              checkpoint.size(),
              new Sighting(endedAt, checkpoint, new String(note, StandardCharsets.UTF_8)),
              (one, other) -> one.endedAt() - other.endedAt() <= 0 ? one : other);
      if (!first.checkpoint().equals(checkpoint)) {
        violated(replica + " has published another checkpoint of the size " + checkpoint.size());
      }
    } catch (LogFormatException e) {
      violated("the checkpoint of " + replica + " cannot be verified: " + e.getMessage());
    }
  }

  private void violated(String description) {
    findings.violated(new InvariantViolation(InvariantViolation.Kind.WRONG_LOG, description));
  }

  /** Stops the threads. All replicas must respond. */
  void stop() throws Exception {
    stopping = true;
    for (Future<?> thread : running) {
      thread.get(END_SECONDS, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  /** Stops the threads immediately. */
  void abandon() {
    stopping = true;
    threads.shutdownNow();
  }

  List<VerifierKey> keys() {
    return keys;
  }

  /** Returns the checkpoints that were seen, one of each size, as signed notes. */
  List<byte[]> notes() {
    return sightings.values().stream()
        .map(seen -> seen.note().getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  /**
   * Returns the time when a checkpoint first covered an entry; empty if none was seen that does.
   *
   * @param index the index of the entry
   */
  OptionalLong coveredAt(long index) {
    return sightings.tailMap(index, false).values().stream()
        .mapToLong(Sighting::endedAt)
        .reduce((one, other) -> one - other <= 0 ? one : other);
  }
}
