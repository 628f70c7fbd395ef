package io.accesstokens.faults;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Verifies one token at all verifiers at the same time, each over several connections.
 *
 * <p>The callers of a stopped verifier wait until the verifier resumes and processes their
 * requests. The number of waiting callers is bounded. Further checks are counted and skipped.
 */
final class Bursts implements AutoCloseable {

  private static final int CONNECTIONS = 3;
  private static final int CHECKS_EACH = 2;
  private static final int WAITING = 48;
  private static final int END_SECONDS = 60;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<Verifier, Semaphore> places;
  private final Findings findings;

  Bursts(List<Verifier> verifiers, Findings findings) {
    this.places =
        verifiers.stream()
            .collect(Collectors.toMap(Function.identity(), verifier -> new Semaphore(WAITING)));
    this.findings = findings;
  }

  /** Starts the checks, and returns immediately. */
  void fire(TrackedToken token) {
    // One round after the other, so that no verifier is called much later than the others.
    for (int i = 0; i < CONNECTIONS; i++) {
      places.forEach(
          (verifier, place) -> {
            if (place.tryAcquire()) {
              threads.execute(() -> request(verifier, place, token));
            } else {
              findings.skipped(CHECKS_EACH);
            }
          });
    }
  }

  private void request(Verifier verifier, Semaphore place, TrackedToken token) {
    try {
      for (int i = 0; i < CHECKS_EACH; i++) {
        findings.checked(token, verifier.verify(token.rawToken()));
      }
    } finally {
      place.release();
    }
  }

  /** Waits until every check has a response. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("questions are without an answer for " + END_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
