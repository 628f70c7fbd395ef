package io.accesstokens.faults;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

/**
 * A client that creates tokens and revokes or rotates others, one after the other. For use by one
 * thread.
 */
final class Revoker {

  /** Enough live tokens that each has been used at all replicas before its revocation. */
  private static final int LIVING = 40;

  private static final int OFTEN_ENOUGH = 2_000;

  private final List<TokenServiceClient> services;
  private final Population population;
  private final Bursts bursts;
  private final Findings findings;
  private final ExecutorService helpers;
  private final Random random;
  private final Rotator rotator;

  Revoker(
      List<TokenServiceClient> services,
      Population population,
      Bursts bursts,
      Findings findings,
      ExecutorService helpers,
      Random random) {
    this.services = services;
    this.population = population;
    this.bursts = bursts;
    this.findings = findings;
    this.helpers = helpers;
    this.random = random;
    this.rotator = new Rotator(services, population, bursts, findings, random);
  }

  /** Creates a token, and revokes or rotates one if there are enough. */
  void next() throws InterruptedException {
    create();
    if (population.living() <= LIVING) {
      return;
    }
    Optional<TrackedToken> chosen = population.condemn(random);
    if (chosen.isPresent()) {
      if (random.nextBoolean()) {
        rotator.rotate(chosen.get());
      } else {
        revoke(chosen.get());
        population.died(chosen.get());
      }
    }
  }

  private void create() throws InterruptedException {
    List<TokenServiceClient> undisturbed =
        services.stream().filter(service -> service.condition().isUndisturbed()).toList();
    Optional<TrackedToken> made =
        anyOf(undisturbed.isEmpty() ? services : undisturbed, random).create();
    if (made.isPresent()) {
      findings.created(made.get());
      population.born(made.get());
    } else {
      Thread.sleep(20);
    }
  }

  private void revoke(TrackedToken token) throws InterruptedException {
    TokenServiceClient first = anyOf(services, random);
    boolean isFinal;
    switch (random.nextInt(7)) {
      case 0 -> {
        // The response of either service makes the revocation final, whichever arrives first.
        TokenServiceClient second = anyOf(services, random);
        Random others = new Random(random.nextLong());
        CompletableFuture<Boolean> other =
            CompletableFuture.supplyAsync(() -> settle(token, second, others), helpers);
        isFinal = settle(token, first, random);
        isFinal |= other.join();
      }
      case 1 -> {
        first.revokeAndHangUp(token, Duration.ofMillis(random.nextInt(40)));
        isFinal = settle(token, anyOf(services, random), random);
      }
      default -> isFinal = settle(token, first, random);
    }
    if (isFinal) {
      findings.revoked();
    }
  }

  /**
   * Revokes the token at this service, then at others, until the outcome is known.
   *
   * @return true if the revocation is final; otherwise, a violation was recorded
   */
  private boolean settle(TrackedToken token, TokenServiceClient first, Random random) {
    TokenServiceClient service = first;
    for (int i = 0; i < OFTEN_ENOUGH; i++) {
      TokenServiceClient.Attempt attempt = service.revoke(token);
      findings.attempted(token, service, attempt);
      if (attempt.isFinal()) {
        bursts.fire(token);
        return true;
      }
      if (!attempt.isOpen()) {
        return false;
      }
      pause();
      service = anyOf(services, random);
    }
    throw new AssertionError("no response to the revocation of " + token);
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static TokenServiceClient anyOf(List<TokenServiceClient> services, Random random) {
    return services.get(random.nextInt(services.size()));
  }
}
