package io.accesstokens.faults;

import io.accesstokens.testing.server.PatroniCluster;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Causes faults of the database cluster, one after the other in a random order. The next fault
 * waits until the cluster has a synchronous standby again.
 */
final class Failovers implements Disturber {

  private static final int CALM_MILLIS = 1_000;
  private static final int END_SECONDS = 240;

  /**
   * Maximum interruption by a fault, in seconds: the time until the standby may claim to be the
   * leader, and ten seconds.
   */
  private static final int BOUND_SECONDS = PatroniCluster.LEADER_SECONDS + 10;

  private final PatroniCluster cluster;
  private final List<ReplicaProcess> replicas;
  private final String manager;
  private final Findings findings;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<DatabaseFault> plan;
  private final Future<?> running;
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile boolean finished;

  private Failovers(
      PatroniCluster cluster,
      List<ReplicaProcess> replicas,
      String manager,
      Findings findings,
      List<DatabaseFault> plan) {
    this.cluster = cluster;
    this.replicas = replicas;
    this.manager = manager;
    this.findings = findings;
    this.plan = plan;
    this.running =
        threads.submit(
            () -> {
              disturb();
              return null;
            });
  }

  /**
   * Starts the faults.
   *
   * @param manager a raw token that stays valid and can create tokens
   * @param settings determine the faults and their order
   */
  static Failovers start(
      PatroniCluster cluster,
      List<ReplicaProcess> replicas,
      String manager,
      Findings findings,
      RunSettings settings) {
    List<DatabaseFault> plan = new ArrayList<>();
    for (DatabaseFault fault : DatabaseFault.values()) {
      plan.addAll(Collections.nCopies(fault.times(settings.isLong()), fault));
    }
    Collections.shuffle(plan, new Random(settings.seed()));
    return new Failovers(cluster, replicas, manager, findings, plan);
  }

  private void disturb() throws Exception {
    for (DatabaseFault fault : plan) {
      disturb(fault);
      if (stop.await(CALM_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
    finished = true;
    stop.await();
  }

  private void disturb(DatabaseFault fault) throws Exception {
    replicas.forEach(replica -> replica.condition().disturbed());
    List<InterruptionProbe> verifications = new ArrayList<>();
    List<InterruptionProbe> changes = new ArrayList<>();
    for (ReplicaProcess replica : replicas) {
      verifications.add(InterruptionProbe.start(threads, () -> verify(replica)));
      changes.add(InterruptionProbe.start(threads, () -> create(replica)));
    }
    fault.happen(cluster, cluster.leader().orElseThrow());
    cluster.awaitStandby();
    Interruptions interruptions = findings.interruptions(fault);
    for (int i = 0; i < replicas.size(); i++) {
      long verification = verifications.get(i).stop();
      long change = changes.get(i).stop();
      interruptions.verifications().add(verification);
      interruptions.changes().add(change);
      if (Math.max(verification, change) > TimeUnit.SECONDS.toNanos(BOUND_SECONDS)) {
        findings.violated(
            new InvariantViolation(
                InvariantViolation.Kind.NOT_RECOVERED,
                "%s was interrupted for %d and %d ms by: %s"
                    .formatted(
                        replicas.get(i).name(),
                        TimeUnit.NANOSECONDS.toMillis(verification),
                        TimeUnit.NANOSECONDS.toMillis(change),
                        fault)));
      }
    }
    long begin = System.nanoTime();
    for (ReplicaProcess replica : replicas) {
      Recovery.await(replica, manager, fault, findings);
      replica.condition().recovered();
    }
    findings.recovered(fault, System.nanoTime() - begin);
  }

  private boolean verify(ReplicaProcess replica) {
    Check check = replica.verifier().verify(manager);
    findings.checked(new TrackedToken("manager", manager), check);
    return check.verdict() == Verdict.ACCEPTED;
  }

  private boolean create(ReplicaProcess replica) {
    Optional<TrackedToken> token = replica.service(manager).create();
    token.ifPresent(findings::created);
    return token.isPresent();
  }

  @Override
  public boolean isFinished() {
    return finished;
  }

  @Override
  public boolean isBroken() {
    return running.isDone();
  }

  @Override
  public void stop() throws Exception {
    stop.countDown();
    running.get(END_SECONDS, TimeUnit.SECONDS);
    threads.shutdown();
  }

  @Override
  public void abandon() {
    threads.shutdownNow();
  }

  /** Returns the faults that occur in a run. */
  static List<DatabaseFault> faults(RunSettings settings) {
    return Arrays.stream(DatabaseFault.values())
        .filter(fault -> fault.times(settings.isLong()) > 0)
        .toList();
  }
}
