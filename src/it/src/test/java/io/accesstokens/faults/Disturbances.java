package io.accesstokens.faults;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Disturbs replicas, up to two of them at a time, with calm periods in between. Every kind of fault
 * occurs once before one is repeated.
 */
final class Disturbances implements Disturber {

  private static final int AT_A_TIME = 2;
  private static final int MIN_CALM_MILLIS = 300;
  private static final int MAX_CALM_MILLIS = 2_000;
  private static final int END_SECONDS = 240;

  private record Plan(ReplicaFault fault, ReplicaProcess replica) {}

  private final List<ReplicaProcess> replicas;
  private final String probe;
  private final Findings findings;
  private final ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
  private final List<Future<?>> running = new ArrayList<>();
  private final Deque<ReplicaFault> deck = new ArrayDeque<>();
  private final CountDownLatch stop = new CountDownLatch(1);

  private Disturbances(List<ReplicaProcess> replicas, String probe, Findings findings) {
    this.replicas = replicas;
    this.probe = probe;
    this.findings = findings;
  }

  /**
   * Starts the disturbances.
   *
   * @param probe a raw token that stays valid
   * @param seed determines the faults, the replicas and the durations
   */
  static Disturbances start(
      List<ReplicaProcess> replicas, String probe, Findings findings, long seed) {
    Disturbances disturbances = new Disturbances(replicas, probe, findings);
    Random seeds = new Random(seed);
    for (int i = 0; i < AT_A_TIME; i++) {
      Random random = new Random(seeds.nextLong());
      disturbances.running.add(
          disturbances.threads.submit(
              () -> {
                disturbances.disturb(random);
                return null;
              }));
    }
    return disturbances;
  }

  private void disturb(Random random) throws Exception {
    do {
      Optional<Plan> plan = plan(random);
      if (plan.isPresent()) {
        ReplicaFault fault = plan.get().fault();
        ReplicaProcess replica = plan.get().replica();
        fault.begin(replica, random);
        Thread.sleep(fault.duration(random).toMillis()); // the simulated fault
        fault.end(replica);
        findings.recovered(fault, Recovery.await(replica, probe, fault, findings));
        replica.condition().recovered();
      }
    } while (!stop.await(
        MIN_CALM_MILLIS + random.nextInt(MAX_CALM_MILLIS - MIN_CALM_MILLIS),
        TimeUnit.MILLISECONDS));
  }

  /**
   * Returns the first fault of the deck that is possible on a replica without a fault; empty if
   * none.
   */
  private synchronized Optional<Plan> plan(Random random) {
    if (deck.isEmpty()) {
      List<ReplicaFault> shuffled = new ArrayList<>(List.of(ReplicaFault.values()));
      Collections.shuffle(shuffled, random);
      deck.addAll(shuffled);
    }
    for (Iterator<ReplicaFault> faults = deck.iterator(); faults.hasNext(); ) {
      ReplicaFault fault = faults.next();
      List<ReplicaProcess> possible =
          replicas.stream()
              .filter(replica -> replica.condition().isUndisturbed())
              .filter(fault::isPossibleAt)
              .toList();
      if (!possible.isEmpty()) {
        faults.remove();
        ReplicaProcess chosen = possible.get(random.nextInt(possible.size()));
        chosen.condition().disturbed();
        return Optional.of(new Plan(fault, chosen));
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean isFinished() {
    return Arrays.stream(ReplicaFault.values()).allMatch(fault -> findings.faults(fault) > 0);
  }

  @Override
  public boolean isBroken() {
    return running.stream().anyMatch(Future::isDone);
  }

  @Override
  public void stop() throws Exception {
    stop.countDown();
    for (Future<?> disturber : running) {
      disturber.get(END_SECONDS, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  @Override
  public void abandon() {
    threads.shutdownNow();
  }
}
