package io.accesstokens.token.rotation;

import static io.accesstokens.token.rotation.RotatingService.ADA;
import static io.accesstokens.token.rotation.RotationRequests.endingOnFirstUse;
import static io.accesstokens.token.rotation.RotationRequests.grace;
import static io.accesstokens.token.rotation.RotationRequests.withKey;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenEndedException;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.Verification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs changes of one token in concurrent threads. */
@Timeout(60)
class RotationRaceTest {

  private static final int THREADS = 4;

  private final RotatingService service = new RotatingService();
  private final CreatedToken created = service.create(30);
  private final UUID id = created.token().id();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    threads.shutdownNow();
    service.close();
  }

  /** Runs the tasks at the same time, and returns their results. */
  private <R> List<R> race(List<Callable<R>> tasks) throws Exception {
    CyclicBarrier start = new CyclicBarrier(tasks.size());
    List<Future<R>> futures = new ArrayList<>();
    for (Callable<R> task : tasks) {
      futures.add(
          threads.submit(
              () -> {
                start.await();
                return task.call();
              }));
    }
    List<R> results = new ArrayList<>();
    for (Future<R> future : futures) {
      results.add(future.get());
    }
    return results;
  }

  private static <R> List<Callable<R>> times(int count, Callable<R> task) {
    List<Callable<R>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(task);
    }
    return tasks;
  }

  private RotatedToken<ServiceToken> rotate(RotationRequest request) {
    return service.rotations.rotate(ADA, id, request);
  }

  private boolean isAccepted(RawToken rawToken) {
    return service.verifier.verify(rawToken) instanceof Verification.Accepted;
  }

  @RepeatedTest(20)
  void parallelRotationsLeaveTwoValidSecrets() throws Exception {
    service.assertAccepted(created.rawToken());
    List<RotatedToken<ServiceToken>> rotated =
        race(
            times(
                THREADS,
                () -> {
                  RotatedToken<ServiceToken> own = rotate(grace(3600));
                  isAccepted(own.rawToken()); // caches the facts
                  return own;
                }));
    rotated.sort(Comparator.comparing(token -> token.token().secrets().number()));
    assertEquals(
        List.of(2, 3, 4, 5),
        rotated.stream().map(token -> token.token().secrets().number()).toList());
    assertEquals(
        List.of(false, false, true, true),
        rotated.stream().map(token -> isAccepted(token.rawToken())).toList());
    assertEquals(false, isAccepted(created.rawToken()));
  }

  @RepeatedTest(20)
  void parallelRepeatsLeaveOneNewSecret() throws Exception {
    List<RawToken> answered =
        race(times(THREADS, this::repeatUnlessReplaced)).stream()
            .flatMap(Optional::stream)
            .sorted(Comparator.comparing(token -> token.token().secrets().number()))
            .map(RotatedToken::rawToken)
            .toList();
    assertFalse(answered.isEmpty(), "the last repeat has an answer");
    int last = answered.size() - 1;
    assertTrue(isAccepted(answered.get(last)), "the last secret is valid");
    for (RawToken replaced : answered.subList(0, last)) {
      assertFalse(isAccepted(replaced), "a replaced secret is valid");
    }
    assertTrue(isAccepted(created.rawToken()), "the previous secret is valid");
    assertEquals(
        List.of("CREATED", "ROTATED", "ROTATED repeat", "ROTATED repeat", "ROTATED repeat"),
        service.auditLog(created));
  }

  /**
   * Rotates the token with the key k. Returns empty if another repeat has already replaced the new
   * secret.
   */
  private Optional<RotatedToken<ServiceToken>> repeatUnlessReplaced() {
    try {
      return Optional.of(rotate(withKey(3600L, "k")));
    } catch (RotationConflictException e) {
      return Optional.empty();
    }
  }

  @RepeatedTest(50)
  void noSecretSurvivesARevocation() throws Exception {
    Queue<RawToken> secrets = new ConcurrentLinkedQueue<>(List.of(created.rawToken()));
    List<Callable<Optional<RawToken>>> tasks =
        new ArrayList<>(
            times(
                THREADS,
                () -> {
                  try {
                    RawToken secret = rotate(grace(secrets.size() % 2 * 3600L)).rawToken();
                    secrets.add(secret);
                    isAccepted(secret); // caches the facts
                    return Optional.empty();
                  } catch (TokenEndedException e) {
                    return Optional.empty();
                  }
                }));
    tasks.add(
        () -> {
          for (int i = 0; i < 20; i++) {
            secrets.forEach(this::isAccepted); // caches the facts
          }
          return Optional.empty();
        });
    tasks.add(
        () -> {
          service.service.revoke(ADA, id, "leaked");
          return secrets.stream().filter(this::isAccepted).findFirst();
        });
    for (Optional<RawToken> survivor : race(tasks)) {
      assertEquals(Optional.empty(), survivor, "accepted after the revocation");
    }
    assertEquals(List.of(), secrets.stream().filter(this::isAccepted).toList());
  }

  /** Returns a store in which each change waits one second for the lock of its token. */
  private TokenStore lockedStore() {
    Set<String> changes = Set.of("changeSecrets", "revoke", "revokeAll");
    return TestDouble.around(
        TokenStore.class,
        service.store,
        call -> {
          if (changes.contains(call.name())) {
            service.clock.shift(Duration.ofSeconds(1));
          }
          return call.proceed();
        });
  }

  /** The audit log is sorted by instant, so the instant of a change must not be before its lock. */
  @Test
  void changesHaveTheInstantsAtWhichTheyGetTheLock() {
    TokenStore store = lockedStore();
    RotatedToken<ServiceToken> rotated =
        service
            .secrets(store)
            .rotate(
                ADA, id, grace(60), null, token -> {}, (token, now, errors) -> token.expiresAt());
    assertEquals(service.now(), rotated.token().secrets().createdAt());
    service.changes().revoke(store, ADA, id, Map.of());
    assertEquals(service.now(), service.stored(created).revokedAt());
    CreatedToken other = service.create(30);
    service.changes().revokeAll(store, ADA, Set.of(other.token().id()), Map.of());
    assertEquals(service.now(), service.stored(other).revokedAt());
    assertEquals(
        service.now(),
        service.store.auditLog(other.token().id(), 0, 1).items().get(0).occurredAt());
  }

  @RepeatedTest(20)
  void endsOfOnePreviousSecretAreOneEnd() throws Exception {
    RotatedToken<ServiceToken> rotated = rotate(endingOnFirstUse(3600));
    isAccepted(created.rawToken());
    List<Boolean> outcomes;
    try (FirstUseListener listener = service.firstUseListener()) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        tasks.add(
            () -> {
              try {
                service.rotations.endPreviousSecret(ADA, id, null, null);
                return true;
              } catch (NoPreviousSecretException e) {
                return false;
              } finally {
                assertEquals(false, isAccepted(created.rawToken()), "accepted after the response");
              }
            });
      }
      tasks.add(
          () -> {
            Verification.Accepted accepted =
                assertInstanceOf(
                    Verification.Accepted.class, service.verifier.verify(rotated.rawToken()));
            listener.accepted(accepted, ClientInfo.UNKNOWN);
            return false;
          });
      outcomes = race(tasks);
    }
    assertTrue(outcomes.stream().filter(ended -> ended).count() <= 1, outcomes.toString());
    assertEquals(
        1,
        service.auditLog(created).stream()
            .filter(event -> event.startsWith("PREVIOUS_SECRET_ENDED"))
            .count());
    assertTrue(isAccepted(rotated.rawToken()), "the current secret is valid");
  }
}
