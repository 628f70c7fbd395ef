package io.accesstokens.faults;

import static io.accesstokens.faults.FakeTokenService.Behavior.ANSWERS_TOO_EARLY;
import static io.accesstokens.faults.FakeTokenService.Behavior.CACHES_VERDICTS;
import static io.accesstokens.faults.FakeTokenService.Behavior.FAILS_AT_TIMES;
import static io.accesstokens.faults.FakeTokenService.Behavior.REFUSES_VALID;
import static io.accesstokens.faults.FakeTokenService.Behavior.SOUND;
import static io.accesstokens.faults.FakeTokenService.Behavior.UNAVAILABLE_AT_TIMES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.KeepAliveClient;
import io.accesstokens.testing.client.ServiceTokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Runs the workload of the fault run against services of which one breaks a promise, which the run
 * must find.
 */
class BrokenServiceDetectionTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int REVOCATIONS = 60;
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(180);

  @Test
  void soundServicesHaveNoViolations() throws Exception {
    Findings findings = run(SOUND);
    assertEquals(List.of(), findings.descriptions());
    assertTrue(
        findings.revokedTokens() >= REVOCATIONS, () -> "revoked: " + findings.revokedTokens());
    assertTrue(findings.answers409() > 0, "no token was revoked twice");
    assertTrue(
        findings.checks(Verdict.ACCEPTED) > findings.revokedTokens(),
        () -> "accepted: " + findings.checks(Verdict.ACCEPTED));
    // Three connections twice to each of three services, for each response.
    long refused = findings.checks(Verdict.REFUSED) + findings.skippedChecks();
    assertTrue(refused >= 18L * REVOCATIONS, () -> "refused or skipped: " + refused);
  }

  @Test
  void cachedVerdictsAreDetected() throws Exception {
    expectOnly(InvariantViolation.Kind.ACCEPTED_AFTER_THE_ANSWER, CACHES_VERDICTS);
  }

  @Test
  void earlyResponsesAreDetected() throws Exception {
    // Each of the three accepts a token that the broken one has not revoked yet.
    assertEquals(
        Set.of(InvariantViolation.Kind.ACCEPTED_AFTER_THE_ANSWER),
        run(ANSWERS_TOO_EARLY).violations().keySet());
  }

  @Test
  void rejectedValidTokensAreDetected() throws Exception {
    expectOnly(InvariantViolation.Kind.VALID_REFUSED, REFUSES_VALID);
  }

  @Test
  void unavailabilityWithoutADisturbanceIsDetected() throws Exception {
    expectOnly(InvariantViolation.Kind.UNDISTURBED_AND_UNAVAILABLE, UNAVAILABLE_AT_TIMES);
  }

  @Test
  void internalErrorsAreDetected() throws Exception {
    expectOnly(InvariantViolation.Kind.UNEXPECTED_ANSWER, FAILS_AT_TIMES);
  }

  private static void expectOnly(InvariantViolation.Kind kind, FakeTokenService.Behavior broken)
      throws Exception {
    Findings findings = run(broken);
    assertEquals(Set.of(kind), findings.violations().keySet(), () -> "" + findings.descriptions());
    assertTrue(
        findings.descriptions().stream().allMatch(text -> text.contains("third")),
        () -> "a sound service was blamed: " + findings.descriptions());
  }

  /** Runs two correct services, and a third one with the given behavior. */
  private static Findings run(FakeTokenService.Behavior third) throws Exception {
    Findings findings = new Findings();
    FakeTokenService.Database database = new FakeTokenService.Database();
    try (FakeTokenService one = new FakeTokenService(database, SOUND);
        FakeTokenService two = new FakeTokenService(database, SOUND);
        FakeTokenService three = new FakeTokenService(database, third)) {
      List<FakeTokenService> all = List.of(one, two, three);
      List<String> names = List.of("first", "second", "third");
      List<TokenServiceClient> services = new ArrayList<>();
      List<Verifier> verifiers = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        KeepAliveClient client = new KeepAliveClient(all.get(i)::port, TIMEOUT);
        Condition condition = new Condition();
        services.add(new TokenServiceClient(names.get(i), client, "Bearer manager", condition));
        verifiers.add(new HttpVerifier(names.get(i), client, ServiceTokens.WHOAMI, condition));
      }
      Workload workload = Workload.start(services, verifiers, findings, 1);
      try {
        long end = System.nanoTime() + MAX_NANOS;
        while (findings.revokedTokens() < REVOCATIONS && System.nanoTime() - end < 0) {
          assertFalse(workload.isBroken(), "a thread of the workload failed");
          Thread.sleep(20);
        }
        workload.stop();
      } finally {
        workload.abandon();
      }
    }
    return findings;
  }
}
