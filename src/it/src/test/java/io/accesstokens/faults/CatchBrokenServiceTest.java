package io.accesstokens.faults;

import static io.accesstokens.faults.PretendService.Behaviour.ANSWERS_TOO_EARLY;
import static io.accesstokens.faults.PretendService.Behaviour.CACHES_VERDICTS;
import static io.accesstokens.faults.PretendService.Behaviour.FAILS_AT_TIMES;
import static io.accesstokens.faults.PretendService.Behaviour.REFUSES_VALID;
import static io.accesstokens.faults.PretendService.Behaviour.SOUND;
import static io.accesstokens.faults.PretendService.Behaviour.UNAVAILABLE_AT_TIMES;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
class CatchBrokenServiceTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int REVOCATIONS = 60;
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  @Test
  void soundServicesAreNotBlamed() throws Exception {
    Findings findings = run(SOUND);
    assertEquals(List.of(), findings.descriptions());
    assertTrue(findings.revokedTokens() >= REVOCATIONS);
    assertTrue(findings.answers409() > 0, "no token was revoked twice");
    assertTrue(findings.checks(Verdict.ACCEPTED) > findings.revokedTokens());
    // Three connections twice to each of three services, for each response.
    assertTrue(findings.checks(Verdict.REFUSED) + findings.skippedChecks() >= 18L * REVOCATIONS);
  }

  @Test
  void serviceThatCachesItsVerdictsForAMomentIsCaught() throws Exception {
    expectOnly(InvariantViolation.Kind.ACCEPTED_AFTER_THE_ANSWER, CACHES_VERDICTS);
  }

  @Test
  void serviceThatAnswersBeforeItIsDoneIsCaught() throws Exception {
    // Each of the three accepts a token that the broken one has not revoked yet.
    assertEquals(
        Set.of(InvariantViolation.Kind.ACCEPTED_AFTER_THE_ANSWER),
        run(ANSWERS_TOO_EARLY).violations().keySet());
  }

  @Test
  void serviceThatRefusesValidTokensAtTimesIsCaught() throws Exception {
    expectOnly(InvariantViolation.Kind.VALID_REFUSED, REFUSES_VALID);
  }

  @Test
  void serviceThatIsUnavailableForNoReasonIsCaught() throws Exception {
    expectOnly(InvariantViolation.Kind.UNDISTURBED_AND_UNAVAILABLE, UNAVAILABLE_AT_TIMES);
  }

  @Test
  void serviceThatFailsAtTimesIsCaught() throws Exception {
    expectOnly(InvariantViolation.Kind.UNEXPECTED_ANSWER, FAILS_AT_TIMES);
  }

  private static void expectOnly(InvariantViolation.Kind kind, PretendService.Behaviour broken)
      throws Exception {
    Findings findings = run(broken);
    assertEquals(Set.of(kind), findings.violations().keySet(), () -> "" + findings.descriptions());
    assertTrue(findings.descriptions().stream().allMatch(text -> text.contains("third")));
  }

  /** Runs two correct services, and a third one with the given behavior. */
  private static Findings run(PretendService.Behaviour third) throws Exception {
    Findings findings = new Findings();
    PretendService.Database database = new PretendService.Database();
    try (PretendService one = new PretendService(database, SOUND);
        PretendService two = new PretendService(database, SOUND);
        PretendService three = new PretendService(database, third)) {
      List<PretendService> all = List.of(one, two, three);
      List<String> names = List.of("first", "second", "third");
      List<TokenServiceClient> services = new ArrayList<>();
      List<Verifier> verifiers = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        KeepAliveClient client = new KeepAliveClient(all.get(i)::port, PATIENCE);
        Condition condition = new Condition();
        services.add(new TokenServiceClient(names.get(i), client, "Bearer manager", condition));
        verifiers.add(new HttpVerifier(names.get(i), client, ServiceTokens.WHOAMI, condition));
      }
      Workload workload = Workload.start(services, verifiers, findings, 1);
      try {
        long end = System.nanoTime() + LONGEST_NANOS;
        while (findings.revokedTokens() < REVOCATIONS && System.nanoTime() - end < 0) {
          assertTrue(!workload.isBroken());
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
