package io.accesstokens.token.rotation;

import static io.accesstokens.token.rotation.RotatingService.ADA;
import static io.accesstokens.token.rotation.RotationRequests.endingOnFirstUse;
import static io.accesstokens.token.rotation.RotationRequests.grace;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TestDouble;
import io.accesstokens.testing.time.RunningTime;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.service.CreatedPersonalToken;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.UseLimits;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FirstUseListenerTest {

  private final RotatingService service = new RotatingService();
  private final AtomicInteger changes = new AtomicInteger();
  private final AtomicInteger interrupts = new AtomicInteger();
  private volatile boolean outage;
  private volatile boolean slow;
  private final AtomicReference<@Nullable Error> failure = new AtomicReference<>();
  private volatile CountDownLatch held = new CountDownLatch(0);
  private final UuidGenerator ids = new UuidGenerator(new Random(1));
  private final FirstUseListener listener = listener(Duration.ofSeconds(5));
  private final CreatedToken created = service.create(30);

  @AfterEach
  void close() {
    held.countDown();
    listener.close();
    service.close();
  }

  private FirstUseListener listener(Duration stopTimeout) {
    return new FirstUseListener(
        observed(service.store),
        new TokenChangeService(service.barrier, service.log, service.clock, ids),
        service.clock,
        ids,
        stopTimeout);
  }

  /** Returns a store that counts changes of secrets, and fails during an outage. */
  private TokenStore observed(TokenStore store) {
    return TestDouble.around(
        TokenStore.class,
        store,
        call -> {
          if (call.name().equals("changeSecrets")) {
            changes.incrementAndGet();
            held.await();
            if (slow) {
              LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
            interrupts.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
            if (outage) {
              throw new StoreUnavailableException("down", null);
            }
            Error error = failure.getAndSet(null);
            if (error != null) {
              throw error;
            }
          }
          return call.proceed();
        });
  }

  private RotatedToken<ServiceToken> rotate(RotationRequest request) {
    return service.rotations.rotate(ADA, created.token().id(), request);
  }

  private void use(RawToken rawToken) {
    listener.accepted(service.assertAccepted(rawToken), ClientInfo.at("192.0.2.7"));
  }

  @Test
  void firstUseEndsThePreviousSecretWithinASecond() {
    RotatedToken<ServiceToken> rotated = rotate(endingOnFirstUse(3600));
    use(created.rawToken());
    assertEquals(0, changes.get(), "a use of the previous secret ends nothing");
    use(rotated.rawToken());
    await().untilAsserted(() -> service.assertRefused(Reason.ENDED_SECRET, created.rawToken()));
    Verification.Accepted after = service.assertAccepted(rotated.rawToken());
    assertEquals(false, after.secret().endsPrevious(), "the facts of the new secret are evicted");
    await().until(() -> !service.log.systemEvents.isEmpty());
    AuditEvent event = service.log.systemEvents.get(0);
    assertEquals("first-use", event.metadata().get(AuditEvent.BY));
    assertEquals(
        List.of("CREATED", "ROTATED", "PREVIOUS_SECRET_ENDED first-use"),
        service.auditLog(created));
  }

  @Test
  void useEndsNothingWithoutTheRequest() {
    RotatedToken<ServiceToken> rotated = rotate(grace(3600));
    use(rotated.rawToken());
    listener.close(); // does all scheduled work
    assertEquals(0, changes.get());
    service.assertAccepted(created.rawToken());
  }

  @Test
  void manyUsesCauseOneChange() {
    RotatedToken<ServiceToken> rotated = rotate(endingOnFirstUse(3600));
    Verification.Accepted accepted = service.assertAccepted(rotated.rawToken());
    held = new CountDownLatch(1);
    for (int i = 0; i < 1_000; i++) {
      listener.accepted(accepted, ClientInfo.UNKNOWN);
    }
    held.countDown();
    await().untilAsserted(() -> service.assertRefused(Reason.ENDED_SECRET, created.rawToken()));
    listener.close(); // does all scheduled work
    assertEquals(1, changes.get());
  }

  @Test
  void useAfterTheGracePeriodCausesOneChange() {
    RotatedToken<ServiceToken> rotated = rotate(endingOnFirstUse(60));
    service.clock.shift(Duration.ofSeconds(60));
    use(rotated.rawToken());
    await().until(() -> service.stored(created).secrets().previous() == null);
    await().until(() -> !service.assertAccepted(rotated.rawToken()).secret().endsPrevious());
    assertEquals(1, changes.get());
    assertEquals(
        List.of("CREATED", "ROTATED", "PREVIOUS_SECRET_ENDED time"), service.auditLog(created));
  }

  @Test
  void outdatedFactsAreEvicted() {
    RotatedToken<ServiceToken> rotated = rotate(endingOnFirstUse(3600));
    Verification.Accepted accepted = service.assertAccepted(rotated.rawToken());
    RotatedToken<ServiceToken> later = rotate(grace(3600));
    listener.accepted(accepted, ClientInfo.UNKNOWN);
    await().until(() -> changes.get() == 1);
    listener.close(); // does all scheduled work
    assertEquals(1, changes.get());
    service.assertAccepted(rotated.rawToken());
    service.assertAccepted(later.rawToken());
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
  }

  @Test
  void endIsTriedAgainAfterAnOutage() {
    RotatedToken<ServiceToken> rotated = rotate(endingOnFirstUse(3600));
    outage = true;
    use(rotated.rawToken());
    await().until(() -> changes.get() >= 2);
    service.assertAccepted(created.rawToken());
    outage = false;
    await().untilAsserted(() -> service.assertRefused(Reason.ENDED_SECRET, created.rawToken()));
  }

  /** There may be too little memory for the message of the first error. */
  @Test
  void endIsTriedAgainAfterAnErrorThatCannotBeLogged() {
    RotatedToken<ServiceToken> rotated = rotate(endingOnFirstUse(3600));
    failure.set(
        new VirtualMachineError() {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            throw new OutOfMemoryError("of the test");
          }
        });
    use(rotated.rawToken());
    await().untilAsserted(() -> service.assertRefused(Reason.ENDED_SECRET, created.rawToken()));
    assertEquals(2, changes.get());
  }

  @Test
  void pendingEndsAreBounded() {
    held = new CountDownLatch(1);
    UUID id = created.token().id();
    for (int number = 1; number <= 20_000; number++) {
      listener.accepted(ending(new SecretId(id, number)), ClientInfo.UNKNOWN);
    }
    held.countDown();
    await().until(() -> changes.get() == 10_000);
    listener.accepted(ending(new SecretId(id, 20_001)), ClientInfo.UNKNOWN);
    await().until(() -> changes.get() == 10_001);
  }

  /** An interrupt can close an embedded H2 database. */
  @Test
  void closeEndsALongQueueWithoutAnInterrupt() {
    slow = true;
    UUID id = created.token().id();
    FirstUseListener stopping = listener(Duration.ofMillis(100));
    for (int number = 1; number <= 10_000; number++) {
      stopping.accepted(ending(new SecretId(id, number)), ClientInfo.UNKNOWN);
    }
    await().until(() -> changes.get() > 0);
    stopping.close();
    assertTrue(changes.get() < 10_000, "the queue was too short");
    assertEquals(0, interrupts.get(), "interrupted changes");
  }

  private Verification.Accepted ending(SecretId secret) {
    return new Verification.Accepted(
        secret.tokenId(),
        "service-token:group:default/team:job",
        new EntityRef(EntityRef.GROUP, "default", "team"),
        List.of(),
        null,
        service.now().plusSeconds(60),
        UseLimits.NONE,
        new PresentedSecret(secret, false, true));
  }

  @Test
  void closedListenerChangesNothing() {
    RotatedToken<ServiceToken> rotated = rotate(endingOnFirstUse(3600));
    listener.close();
    use(rotated.rawToken());
    assertEquals(0, changes.get());
    service.assertAccepted(created.rawToken());
  }

  @Test
  void closeDuringAnOutageReturns() {
    RotatedToken<ServiceToken> rotated = rotate(endingOnFirstUse(3600));
    outage = true;
    use(rotated.rawToken());
    await().until(() -> changes.get() >= 1);
    RunningTime time = RunningTime.start();
    assertTimeoutPreemptively(Duration.ofMinutes(2), listener::close);
    Duration taken = time.elapsed();
    assertTrue(taken.compareTo(Duration.ofSeconds(30)) < 0, () -> "close took " + taken);
    service.assertAccepted(created.rawToken());
  }

  @Test
  void firstUseOfAPersonalTokenEndsItsPreviousSecret() {
    CreatedPersonalToken minted = service.mint();
    RotatedToken<PersonalToken> rotated =
        service.personal().rotate(ADA, minted.token().id(), endingOnFirstUse(3600));
    use(rotated.rawToken());
    await().untilAsserted(() -> service.assertRefused(Reason.ENDED_SECRET, minted.rawToken()));
    service.assertAccepted(rotated.rawToken());
  }
}
