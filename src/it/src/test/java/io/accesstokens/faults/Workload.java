package io.accesstokens.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Clients that create tokens, use them at all verifiers and revoke them, until they are stopped.
 *
 * <p>Few threads are active at a time. Revokers mostly wait for responses. One thread calls each
 * verifier, with a pause after each response. Only bursts add more.
 */
final class Workload {

  private static final int REVOKERS = 6;
  private static final long PAUSE_MILLIS = 4;
  private static final long PAUSE_AFTER_FAILURE_MILLIS = 20;
  private static final int END_SECONDS = 120;

  /** One step of a client. */
  @FunctionalInterface
  private interface Step {
    void run() throws InterruptedException;
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();
  private final Population population = new Population();
  private final Findings findings;
  private final Bursts bursts;
  private volatile boolean stopping;

  private Workload(List<Verifier> verifiers, Findings findings) {
    this.findings = findings;
    this.bursts = new Bursts(verifiers, findings);
  }

  /**
   * Starts the clients.
   *
   * @param services the services that create and revoke tokens
   * @param verifiers the verifiers at which tokens are used
   * @param findings receives the observations
   * @param seed determines all random choices of the clients
   */
  static Workload start(
      List<TokenServiceClient> services, List<Verifier> verifiers, Findings findings, long seed) {
    Workload workload = new Workload(verifiers, findings);
    Random seeds = new Random(seed);
    for (int i = 0; i < REVOKERS; i++) {
      Random random = new Random(seeds.nextLong());
      Revoker revoker =
          new Revoker(
              services, workload.population, workload.bursts, findings, workload.threads, random);
      workload.repeat(revoker::next);
    }
    for (Verifier verifier : verifiers) {
      Random random = new Random(seeds.nextLong());
      workload.repeat(() -> workload.use(verifier, random));
    }
    return workload;
  }

  private void repeat(Step step) {
    running.add(
        threads.submit(
            () -> {
              while (!stopping) {
                step.run();
              }
              return null;
            }));
  }

  private void use(Verifier verifier, Random random) throws InterruptedException {
    Optional<TrackedToken> token = population.any(random);
    long pause = PAUSE_MILLIS;
    if (token.isPresent()) {
      Check check = verifier.verify(token.get().rawToken());
      findings.checked(token.get(), check);
      pause =
          switch (check.verdict()) {
            case ACCEPTED, REFUSED, UNEXPECTED -> PAUSE_MILLIS;
            case UNAVAILABLE, UNREACHABLE -> PAUSE_AFTER_FAILURE_MILLIS;
          };
    }
    Thread.sleep(pause);
  }

  /**
   * Returns true if a client has failed because of its own error; {@link #stop} throws that error.
   */
  boolean isBroken() {
    return running.stream().anyMatch(Future::isDone);
  }

  /**
   * Lets every client finish its current step. The caller must call this when all services are
   * available.
   */
  void stop() throws Exception {
    stopping = true;
    for (Future<?> client : running) {
      client.get(END_SECONDS, TimeUnit.SECONDS);
    }
    threads.shutdown();
    bursts.close();
  }

  /** Stops all clients immediately. */
  void abandon() {
    stopping = true;
    threads.shutdownNow();
  }
}
