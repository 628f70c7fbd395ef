package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.RemoteListener;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import io.accesstokens.testing.LoadBalancer;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import io.accesstokens.testing.time.RunningTime;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Tests a remote verifier that caches verdicts. The verifier accepts no token after the response to
 * the revocation of the token.
 */
class RemoteRevocationIT {

  private static final int REVOCATIONS = 6;
  private static final int THREADS = 3;

  private final AtomicLong introspected = new AtomicLong();

  /** The time since the current phase of the test began. */
  private RunningTime phase = RunningTime.start();

  private static WarProcess replica(TestDatabase database, String replicas) {
    return WarProcess.inNewFolder()
        .withDatabase(database)
        .withEnvironment("ACCESSTOKENS_CLUSTER_REPLICAS", replicas)
        .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true");
  }

  private RemoteTokenVerifier verifier(LoadBalancer balancer, ServiceTokens tokens) {
    String own = tokens.create(TokenRequest.good().scopes("access-tokens:introspect")).rawToken();
    return RemoteTokenVerifier.builder(balancer.uri(), () -> VerifierCredential.token(own))
        .listener(
            new RemoteListener() {
              @Override
              public void introspected(Duration took, boolean answered) {
                introspected.incrementAndGet();
              }
            })
        .build();
  }

  @Test
  void revokedTokensAndEndedSecretsAreRejectedBehindASlowReplica() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    try (RunningApplication one = RunningApplication.start(replica(database, "many"));
        RunningApplication two = RunningApplication.start(replica(database, "many"));
        LoadBalancer balancer = new LoadBalancer(List.of(one.api().origin(), two.api().origin()))) {
      balancer.delayLast(Duration.ofMillis(60));
      List<ServiceTokens> replicas =
          List.of(
              new ServiceTokens(one.api().as("alice")), new ServiceTokens(two.api().as("alice")));
      List<PersonalTokens> personal =
          List.of(
              new PersonalTokens(one.api().as("dave")), new PersonalTokens(two.api().as("dave")));
      try (RemoteTokenVerifier verifier = verifier(balancer, replicas.get(0))) {
        for (int i = 0; i < REVOCATIONS; i++) {
          revokedWhileInUse(verifier, replicas.get(i % 2));
          PersonalTokens daves = personal.get(i % 2);
          revokedWhileInUse(verifier, daves.create(), daves::revoke);
        }
        for (int i = 0; i < REVOCATIONS / 2; i++) {
          endedSecretsAreRejected(verifier, replicas.get(i % 2));
        }
        firstUseEndsTheFormerSecret(verifier, replicas);
      }
    }
  }

  private void endedSecretsAreRejected(RemoteTokenVerifier verifier, ServiceTokens tokens)
      throws Exception {
    revokedWhileInUse(
        verifier, tokens.create(), id -> tokens.rotate(id, "{\"gracePeriodSeconds\":0}"));
    phase = RunningTime.start();
    TestToken former = tokens.create();
    TestToken rotated = tokens.rotate(former.id(), "{\"gracePeriodSeconds\":600}");
    assertPrevious(verifier, former, rotated);
    revokedWhileInUse(verifier, former, id -> tokens.tryEndPrevious(id).expect(204));
    assertInstanceOf(Verification.Accepted.class, verdict(verifier, parsed(rotated)));
  }

  private void assertPrevious(RemoteTokenVerifier verifier, TestToken former, TestToken rotated) {
    Verification.Accepted accepted =
        assertInstanceOf(Verification.Accepted.class, verdict(verifier, parsed(former)));
    assertTrue(accepted.secret().previous(), accepted::toString);
    assertEquals(
        Instant.parse(rotated.token().getJsonObject("previousSecret").getString("expiresAt")),
        accepted.expiresAt());
    Verification.Accepted current =
        assertInstanceOf(Verification.Accepted.class, verdict(verifier, parsed(rotated)));
    assertFalse(current.secret().previous(), current::toString);
  }

  private void firstUseEndsTheFormerSecret(
      RemoteTokenVerifier verifier, List<ServiceTokens> replicas) {
    phase = RunningTime.start();
    TestToken former = replicas.get(0).create();
    TestToken rotated = replicas.get(1).rotate(former.id(), "{\"endGraceOnFirstUse\":true}");
    assertInstanceOf(Verification.Accepted.class, verdict(verifier, parsed(former)));
    assertInstanceOf(Verification.Accepted.class, verdict(verifier, parsed(rotated)));
    Awaitility.await()
        .until(() -> verdict(verifier, parsed(former)) instanceof Verification.Refused);
    assertInstanceOf(Verification.Accepted.class, verdict(verifier, parsed(rotated)));
  }

  private static boolean isUnavailable(RemoteTokenVerifier verifier, RawToken token) {
    try {
      verifier.verify(token);
      return false;
    } catch (VerificationUnavailableException e) {
      return true;
    }
  }

  @Test
  void revokedTokensAreRejectedAfterARestart() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    WarProcess call = replica(database, "single").inSeparateProcess();
    RunningApplication service = RunningApplication.start(call);
    try (LoadBalancer balancer = new LoadBalancer(List.of(service.api().origin()))) {
      ServiceTokens tokens = new ServiceTokens(service.api().as("alice"));
      try (RemoteTokenVerifier verifier = verifier(balancer, tokens)) {
        for (int i = 0; i < REVOCATIONS / 2; i++) {
          revokedWhileInUse(verifier, tokens);
        }
        TestToken kept = tokens.create();
        RawToken token = parsed(kept);
        assertInstanceOf(Verification.Accepted.class, verdict(verifier, token));

        service.kill();
        TimeLimits.succeedsAfter(
            Duration.ofSeconds(2), "the lease has ended", () -> isUnavailable(verifier, token));

        service = RunningApplication.start(call);
        balancer.setOrigins(List.of(service.api().origin()));
        Awaitility.await()
            .ignoreExceptionsInstanceOf(VerificationUnavailableException.class)
            .until(() -> verifier.verify(token) instanceof Verification.Accepted);
        revokedWhileInUse(verifier, new ServiceTokens(service.api().as("alice")));
      }
    } finally {
      service.close();
    }
  }

  /**
   * Repeats the verification after a stop of the machine in this phase. A stop can exceed the
   * timeout of an introspection, and the next verifications then fail too.
   */
  private Verification verdict(RemoteTokenVerifier verifier, RawToken token) {
    return Awaitility.await("a verdict")
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsMatching(
            e -> e instanceof VerificationUnavailableException && phase.wasStopped())
        .until(() -> verifier.verify(token), verdict -> true);
  }

  private static RawToken parsed(TestToken made) {
    return RawTokenFormat.DEFAULT.parse(made.rawToken()).orElseThrow();
  }

  private void revokedWhileInUse(RemoteTokenVerifier verifier, ServiceTokens replica)
      throws Exception {
    revokedWhileInUse(verifier, replica.create(), replica::revoke);
  }

  /**
   * Uses a token in many threads and revokes it. Asserts that no accepted use began after the
   * response.
   */
  private void revokedWhileInUse(
      RemoteTokenVerifier verifier, TestToken made, Consumer<String> revocation) throws Exception {
    phase = RunningTime.start();
    RawToken token = parsed(made);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong used = new AtomicLong();
    CountDownLatch warm = new CountDownLatch(THREADS);
    long epoch = System.nanoTime();
    AtomicLong lastAccepted = new AtomicLong();
    AtomicLong refusedBefore = new AtomicLong(Long.MAX_VALUE);
    List<Thread> threads = new ArrayList<>();
    long before = introspected.get();
    for (int i = 0; i < THREADS; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (!stop.get()) {
                  long begun = System.nanoTime() - epoch;
                  try {
                    if (verifier.verify(token) instanceof Verification.Accepted) {
                      lastAccepted.accumulateAndGet(begun, Math::max);
                      used.incrementAndGet();
                      warm.countDown();
                    } else {
                      refusedBefore.accumulateAndGet(System.nanoTime() - epoch, Math::min);
                      Thread.sleep(1);
                    }
                  } catch (VerificationUnavailableException e) {
                    // This test ignores outages of the verifier.
                  } catch (InterruptedException e) {
                    return;
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    try {
      assertTrue(warm.await(60, TimeUnit.SECONDS), "the token is not accepted");
      long enough = used.get() + 100 * THREADS;
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> used.get() >= enough);
      long requested = System.nanoTime() - epoch;
      revocation.accept(made.id());
      long answered = System.nanoTime() - epoch;
      Thread.sleep(700); // A verifier that still accepts the token would do so in this time.
      assertTrue(
          lastAccepted.get() <= answered,
          () -> "accepted " + (lastAccepted.get() - answered) / 1_000 + " µs after the answer");
      assertTrue(refusedBefore.get() > requested, "a good token was refused");
      assertInstanceOf(Verification.Refused.class, verdict(verifier, token));
      assertTrue(
          introspected.get() - before < used.get(), "each use was introspected: nothing is kept");
    } finally {
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }
}
