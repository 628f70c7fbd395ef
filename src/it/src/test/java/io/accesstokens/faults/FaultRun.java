package io.accesstokens.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  /** Number of tokens that are created after the last fault, to measure the log without a fault. */
  private static final long CALM_CREATIONS = 30;

  private static final Duration GRACE = Duration.ofMinutes(3);

  private final RunSettings settings;
  private final List<? extends Fault> faults;
  private final Findings findings = new Findings();
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
    try (RemoteVerifier elsewhere = RemoteVerifier.of(replicas.all(), introspector)) {
      List<Verifier> verifiers = new ArrayList<>(List.of(elsewhere));
      replicas.all().forEach(replica -> verifiers.add(replica.verifier()));
      long took = disturb(disturbances, manager, services, verifiers);
      assertTrue(
          elsewhere.acceptances() > MIN_ACCEPTANCES, "the verifier elsewhere accepted nothing");
      return took;
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
      long created = findings.createdTokens();
      Awaitility.await()
          .forever()
          .until(() -> findings.createdTokens() > created + CALM_CREATIONS || workload.isBroken());
      workload.stop();
      return System.nanoTime() - begin;
    } finally {
      disturber.abandon();
      workload.abandon();
    }
  }

  /** Returns true if each kind of fault has occurred; a slow machine may need longer for that. */
  private boolean isLongEnough(Disturber disturber, long nanos) {
    boolean over = nanos >= settings.duration().toNanos();
    boolean done = over || findings.revokedTokens() >= settings.revocations();
    return done && (disturber.isFinished() || nanos >= settings.duration().plus(GRACE).toNanos());
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
    for (Fault fault : faults) {
      assertTrue(findings.faults(fault) > 0, () -> "it never happened: " + fault);
    }
    assertTrue(
        findings.checks(Verdict.UNAVAILABLE, true) > 0, "no fault kept a replica from answering");
    assertTrue(findings.answers409() > 0, "no token was revoked twice");
    assertTrue(findings.openAttempts() > 0, "no revocation had an unknown outcome");
    assertTrue(findings.revokedTokens() > 50, "too few revocations to show anything");
    assertTrue(findings.openRotations() > 0, "no rotation had an unknown outcome");
    assertTrue(findings.endedSecrets() > 50, "too few ended secrets to show anything");
    assertTrue(
        !settings.wantsRevocations() || findings.revokedTokens() >= settings.revocations(),
        "the time was over before the revocations were done");
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
