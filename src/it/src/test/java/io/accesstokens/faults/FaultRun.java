package io.accesstokens.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** Clients use and revoke tokens at replicas and at a remote verifier, while faults occur. */
final class FaultRun {

  /** Starts the faults of a run. */
  @FunctionalInterface
  interface Faults {
    /**
     * @param manager a raw token that stays valid and can create tokens
     */
    Disturber start(String manager);
  }

  private static final long MIN_ACCEPTANCES = 1_000;

  /** Minimum number of revocations, and of ended secrets, that a run needs to show anything. */
  private static final int MIN_ENDS = 50;

  /** Number of tokens that are created after the last fault, to measure the log without a fault. */
  private static final long CALM_CREATIONS = 30;

  private static final Duration GRACE = Duration.ofMinutes(3);

  private final RunSettings settings;
  private final List<? extends Fault> faults;
  private final Findings findings = new Findings();

  /** Number of acceptances of the verifier elsewhere. */
  private final AtomicLong acceptances = new AtomicLong();

  private long tookNanos;

  /**
   * @param faults the kinds of faults, each of which must occur
   */
  FaultRun(RunSettings settings, List<? extends Fault> faults) {
    this.settings = settings;
    this.faults = faults;
    System.out.println("faults.seed=" + settings.seed());
  }

  Findings findings() {
    return findings;
  }

  /** Runs the clients and the faults, stops the replicas, and searches their logs. */
  void run(ReplicaGroup replicas, Faults disturbances) throws Exception {
    LogObserver observer = LogObserver.start(replicas.all(), findings);
    try {
      tookNanos = disturb(replicas, disturbances);
      new LogJudge(replicas, observer, findings).judge();
    } finally {
      observer.abandon();
    }
    replicas.stop();
    boolean outages = faults.stream().anyMatch(DatabaseFault.class::isInstance);
    ReplicaLogs.search(replicas.all(), findings.rawTokens(), outages, findings);
    if (findings.violations().isEmpty()) {
      replicas.deleteLogs();
    }
  }

  /** Runs the clients and the faults, and returns the duration in nanoseconds. */
  private long disturb(ReplicaGroup replicas, Faults disturbances) throws Exception {
    String manager = replicas.newManagingToken();
    findings.handedOut(manager);
    List<TokenServiceClient> services =
        replicas.all().stream().map(replica -> replica.service(manager)).toList();
    String introspector = replicas.newIntrospectingToken();
    findings.handedOut(introspector);
    try (RemoteVerifier elsewhere = RemoteVerifier.of(replicas.all(), introspector, acceptances)) {
      List<Verifier> verifiers = new ArrayList<>(List.of(elsewhere));
      replicas.all().forEach(replica -> verifiers.add(replica.verifier()));
      return disturb(disturbances, manager, services, verifiers);
    }
  }

  private long disturb(
      Faults disturbances,
      String manager,
      List<TokenServiceClient> services,
      List<Verifier> verifiers)
      throws Exception {
    long begin = System.nanoTime();
    Workload workload = Workload.start(services, verifiers, findings, settings.seed());
    Disturber disturber = disturbances.start(manager);
    try {
      Awaitility.await()
          .forever()
          .until(
              () ->
                  isLongEnough(disturber, System.nanoTime() - begin)
                      || workload.isBroken()
                      || disturber.isBroken());
      disturber.stop();
      AtomicLong created = new AtomicLong(findings.createdTokens());
      Awaitility.await()
          .forever()
          .until(
              () -> {
                long now = System.nanoTime();
                if (!services.get(0).condition().undisturbedBetween(now, now)) {
                  created.set(findings.createdTokens()); // the machine has just stopped
                }
                return findings.createdTokens() > created.get() + CALM_CREATIONS
                    || workload.isBroken();
              });
      workload.stop();
      return System.nanoTime() - begin;
    } finally {
      disturber.abandon();
      workload.abandon();
    }
  }

  /**
   * Returns true if each kind of fault and enough of each outcome have occurred; a slow machine may
   * need longer for that.
   */
  private boolean isLongEnough(Disturber disturber, long nanos) {
    boolean over = nanos >= settings.duration().toNanos();
    boolean done = over || findings.revokedTokens() >= settings.revocations();
    boolean enough = disturber.isFinished() && missing().isEmpty();
    return done && (enough || nanos >= settings.duration().plus(GRACE).toNanos());
  }

  /** Returns what has not occurred often enough to show anything. */
  private List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (Fault fault : faults) {
      require(findings.faults(fault) > 0, fault.toString(), missing);
    }
    require(findings.checks(Verdict.UNAVAILABLE, true) > 0, "a replica without answers", missing);
    require(findings.answers409() > 0, "a token that was revoked twice", missing);
    require(findings.openAttempts() > 0, "a revocation with an unknown outcome", missing);
    require(findings.revokedTokens() > MIN_ENDS, "revocations", missing);
    require(findings.openRotations() > 0, "a rotation with an unknown outcome", missing);
    require(findings.endedSecrets() > MIN_ENDS, "ended secrets", missing);
    require(acceptances.get() > MIN_ACCEPTANCES, "acceptances elsewhere", missing);
    return missing;
  }

  private static void require(boolean isSeen, String outcome, List<String> missing) {
    if (!isSeen) {
      missing.add(outcome);
    }
  }

  /** Prints the report, and writes it to the file that the command for long runs reads. */
  void publish(String file) throws IOException {
    String report = Report.of(findings, faults, settings, tookNanos);
    System.out.println(report);
    Path folder = Files.createDirectories(Path.of("target", "faults"));
    Files.writeString(folder.resolve(file), report);
  }

  /** Fails if a promise was broken, or if the run was too short to show anything. */
  void judge() {
    assertEquals(List.of(), findings.descriptions());
    assertEquals(List.of(), missing(), "the run did not show");
    assertTrue(
        !settings.wantsRevocations() || findings.revokedTokens() >= settings.revocations(),
        "the time was over before the revocations were done");
    assertTrue(findings.log().undisturbed().count() > 0, "no event was measured without a fault");
    assertTrue(findings.revocations().count() > 0, "no revocation was measured without a fault");
    int delay = findings.log().undisturbed().quantile(1.0);
    assertTrue(
        delay <= settings.logMillis(),
        () -> "without a fault, an event was in the log after " + delay + " ms");
    int p90 = findings.revocations().quantile(0.9);
    assertTrue(p90 < settings.p90Millis(), () -> "the p90 of revocations is " + p90 + " ms");
    int p99 = findings.revocations().quantile(0.99);
    assertTrue(p99 < settings.p99Millis(), () -> "the p99 of revocations is " + p99 + " ms");
  }
}
