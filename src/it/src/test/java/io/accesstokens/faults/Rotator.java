package io.accesstokens.faults;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * Rotates tokens and ends their previous secrets, as an operator does whose clients change to the
 * new secret within the grace period. For use by one thread.
 *
 * <p>A secret is judged like a token: it must be accepted until the request to end it is sent, and
 * must be refused after the response. If an earlier attempt of a rotation got no response, the new
 * secret may be refused, because that attempt can be processed later and replace it.
 */
final class Rotator {

  private static final int OFTEN_ENOUGH = 2_000;

  private final List<TokenServiceClient> services;
  private final Population population;
  private final Bursts bursts;
  private final Findings findings;
  private final Random random;

  Rotator(
      List<TokenServiceClient> services,
      Population population,
      Bursts bursts,
      Findings findings,
      Random random) {
    this.services = services;
    this.population = population;
    this.bursts = bursts;
    this.findings = findings;
    this.random = random;
  }

  /**
   * Rotates a token, uses both secrets, and ends the former one. Sometimes a second rotation ends
   * it.
   *
   * @param former the token with its current secret, which no other client changes meanwhile
   */
  void rotate(TrackedToken former) throws InterruptedException {
    Optional<TrackedToken> rotated = settle(former);
    if (rotated.isEmpty()) {
      return;
    }
    TrackedToken next = rotated.get();
    population.bornOfRotation(next);
    bursts.fire(former);
    bursts.fire(next);
    if (random.nextInt(4) == 0) {
      former.revokeSent(System.nanoTime());
      long answeredAt = rotateAgain(next);
      if (answeredAt != 0) {
        findings.ended(former, answeredAt);
        bursts.fire(former);
      }
    } else {
      end(former);
      population.completed(next);
    }
    population.died(former);
  }

  /**
   * Rotates a token a second time, which ends the older secret, and then ends the previous secret.
   *
   * @return the time of the response to the second rotation; 0 without a success
   */
  private long rotateAgain(TrackedToken former) throws InterruptedException {
    Optional<TrackedToken> rotated = settle(former);
    long answeredAt = System.nanoTime();
    if (rotated.isEmpty()) {
      return 0;
    }
    TrackedToken next = rotated.get();
    population.bornOfRotation(next);
    bursts.fire(next);
    population.replaced(former);
    end(former);
    population.died(former);
    population.completed(next);
    return answeredAt;
  }

  /**
   * Rotates a token at a random service, and repeats the request at others until the outcome is
   * known.
   *
   * @return the token with its new secret; empty after a violation, which was recorded
   */
  private Optional<TrackedToken> settle(TrackedToken token) throws InterruptedException {
    String key = UUID.randomUUID().toString();
    boolean mayBeReplaced = false;
    for (int i = 0; i < OFTEN_ENOUGH; i++) {
      TokenServiceClient service = any();
      TokenServiceClient.Rotation rotation = service.rotate(token, key);
      findings.attempted(token, service, rotation);
      if (!rotation.isOpen()) {
        if (mayBeReplaced) {
          // A paused replica can still process an earlier attempt, which replaces the new secret.
          rotation.rotated().ifPresent(next -> next.revokeSent(rotation.endedAt()));
        }
        return rotation.rotated();
      }
      mayBeReplaced = true;
      Thread.sleep(50);
    }
    throw new AssertionError("no answer to the rotation of " + token);
  }

  private void end(TrackedToken former) throws InterruptedException {
    for (int i = 0; i < OFTEN_ENOUGH; i++) {
      TokenServiceClient service = any();
      TokenServiceClient.Attempt attempt = service.endPrevious(former);
      findings.attemptedEnd(former, service, attempt);
      if (!attempt.isOpen()) {
        bursts.fire(former);
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no answer to the end of a secret of " + former);
  }

  private TokenServiceClient any() {
    return services.get(random.nextInt(services.size()));
  }
}
