package io.accesstokens.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests that revocation is final and no valid token is rejected under faults: replicas are stopped,
 * killed, cut off from the database, or have a wrong clock.
 *
 * <p>The run is short in the build. The system properties of {@link RunSettings} make it longer.
 */
class FaultRunIT {

  private static final long MIN_ACCEPTANCES = 1_000;

  private static final Duration GRACE = Duration.ofMinutes(3);

  private final RunSettings settings = RunSettings.fromSystemProperties();
  private final Findings findings = new Findings();

  @Test
  void revocationIsFinalWhileReplicasAreDisturbed() throws Exception {
    System.out.println("faults.seed=" + settings.seed());
    long tookNanos;
    try (ReplicaGroup replicas = ReplicaGroup.start(settings.database().create())) {
      tookNanos = run(replicas);
      replicas.stop();
      ReplicaLogs.search(replicas.all(), findings.rawTokens(), findings);
      for (ReplicaProcess replica : replicas.all()) {
        assertTrue(replica.network().forwarded() > 0, "a replica went round its network");
      }
      if (findings.violations().isEmpty()) {
        replicas.deleteLogs();
      }
    }
    publish(Report.of(findings, settings, tookNanos));
    judge();
  }

  /** Runs the test, and returns its duration in nanoseconds. */
  private long run(ReplicaGroup replicas) throws Exception {
    String manager = replicas.newManagingToken();
    findings.handedOut(manager);
    List<TokenServiceClient> services =
        replicas.all().stream().map(replica -> replica.service(manager)).toList();
    String introspector = replicas.newIntrospectingToken();
    findings.handedOut(introspector);
    try (RemoteVerifier elsewhere = RemoteVerifier.of(replicas.all(), introspector)) {
      List<Verifier> verifiers = new ArrayList<>(List.of(elsewhere));
      replicas.all().forEach(replica -> verifiers.add(replica.verifier()));
      long took = disturb(replicas, manager, services, verifiers);
      assertTrue(
          elsewhere.acceptances() > MIN_ACCEPTANCES, "the verifier elsewhere accepted nothing");
      return took;
    }
  }

  private long disturb(
      ReplicaGroup replicas,
      String manager,
      List<TokenServiceClient> services,
      List<Verifier> verifiers)
      throws Exception {
    long begin = System.nanoTime();
    Workload workload = Workload.start(services, verifiers, findings, settings.seed());
    Disturbances disturbances =
        Disturbances.start(replicas.all(), manager, findings, settings.seed());
    try {
      while (!isLongEnough(System.nanoTime() - begin)
          && !workload.isBroken()
          && !disturbances.isBroken()) {
        Thread.sleep(100);
      }
      disturbances.stop();
      workload.stop();
      return System.nanoTime() - begin;
    } finally {
      disturbances.abandon();
      workload.abandon();
    }
  }

  /** Returns true if each kind of fault has occurred; a slow machine may need longer for that. */
  private boolean isLongEnough(long nanos) {
    boolean over = nanos >= settings.duration().toNanos();
    boolean done = over || findings.revokedTokens() >= settings.revocations();
    return done && (sawEachFault() || nanos >= settings.duration().plus(GRACE).toNanos());
  }

  private boolean sawEachFault() {
    return Arrays.stream(Fault.values()).allMatch(fault -> findings.faults(fault) > 0);
  }

  /** Prints the report, and writes it to the file that the command for long runs reads. */
  private static void publish(String report) throws IOException {
    System.out.println(report);
    Path folder = Files.createDirectories(Path.of("target", "faults"));
    Files.writeString(folder.resolve("report.md"), report);
  }

  private void judge() {
    assertEquals(List.of(), findings.descriptions());
    for (Fault fault : Fault.values()) {
      assertTrue(findings.faults(fault) > 0, () -> "it never happened: " + fault);
    }
    assertTrue(
        findings.checks(Verdict.UNAVAILABLE, true) > 0, "no fault kept a replica from answering");
    assertTrue(findings.answers409() > 0, "no token was revoked twice");
    assertTrue(findings.openAttempts() > 0, "no revocation had an unknown outcome");
    assertTrue(findings.revokedTokens() > 50, "too few revocations to show anything");
    assertTrue(
        !settings.wantsRevocations() || findings.revokedTokens() >= settings.revocations(),
        "the time was over before the revocations were done");
    int p99 = findings.revocations().quantile(0.99);
    assertTrue(p99 < settings.p99Millis(), () -> "the p99 of revocations is " + p99 + " ms");
  }
}
