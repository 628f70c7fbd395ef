package io.accesstokens.token.rotation;

import static io.accesstokens.token.rotation.RotatingService.ADA;
import static io.accesstokens.token.rotation.RotationRequests.endingOnFirstUse;
import static io.accesstokens.token.rotation.RotationRequests.grace;
import static io.accesstokens.token.rotation.RotationRequests.withKey;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.Actor;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.Verification.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the ends of previous secrets: by request, by the bearer, by time and by the first use. */
class PreviousSecretEndTest {

  private final RotatingService service = new RotatingService();
  private final UuidGenerator ids = new UuidGenerator(new Random(1));
  private final CreatedToken created = service.create(30);
  private final UUID id = created.token().id();

  @AfterEach
  void close() {
    service.close();
  }

  private RotatedToken<ServiceToken> rotate(RotationRequest request) {
    return service.rotations.rotate(ADA, id, request);
  }

  private AuditEvent lastEvent() {
    return service.store.auditLog(id, 0, 1).items().get(0);
  }

  @Test
  void requestEndsThePreviousSecretAtOnce() {
    RotatedToken<ServiceToken> rotated = rotate(grace(3600));
    service.assertAccepted(created.rawToken());
    service.rotations.endPreviousSecret(ADA, id, " leaked ", null);
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
    service.assertAccepted(rotated.rawToken());
    assertEquals(
        Map.of(
            AuditEvent.BY, "request",
            AuditEvent.PREVIOUS_PREFIX, created.token().tokenPrefix(),
            AuditEvent.REASON, "leaked"),
        lastEvent().metadata());
    assertEquals(ADA.getName(), lastEvent().actor());
    assertThrows(
        NoPreviousSecretException.class,
        () -> service.rotations.endPreviousSecret(ADA, id, null, null));
    assertEquals(
        List.of("CREATED", "ROTATED", "PREVIOUS_SECRET_ENDED request"), service.auditLog(created));
  }

  @Test
  void requestEndsOnlyTheExpectedSecret() {
    RotatedToken<ServiceToken> second = rotate(grace(3600));
    RotatedToken<ServiceToken> third = rotate(grace(3600));
    String ended = created.rawToken().displayPrefix();
    assertThrows(
        RotationConflictException.class,
        () -> service.rotations.endPreviousSecret(ADA, id, null, ended));
    service.assertAccepted(second.rawToken());
    service.rotations.endPreviousSecret(ADA, id, null, second.rawToken().displayPrefix());
    service.assertRefused(Reason.ENDED_SECRET, second.rawToken());
    service.assertAccepted(third.rawToken());
    assertThrows(
        NoPreviousSecretException.class,
        () -> service.rotations.endPreviousSecret(ADA, id, null, ended));
  }

  @Test
  void tokenWithoutPreviousSecretHasNoneToEnd() {
    assertThrows(
        NoPreviousSecretException.class,
        () -> service.rotations.endPreviousSecret(ADA, id, null, null));
    rotate(grace(0));
    assertThrows(
        NoPreviousSecretException.class,
        () -> service.rotations.endPreviousSecret(ADA, id, null, null));
    rotate(grace(60));
    service.service.revoke(ADA, id, "done");
    assertThrows(
        NoPreviousSecretException.class,
        () -> service.rotations.endPreviousSecret(ADA, id, null, null));
    assertEquals(List.of("CREATED", "ROTATED", "ROTATED", "REVOKED"), service.auditLog(created));
  }

  @Test
  void passedGracePeriodIsRecordedAsEndedByTime() {
    rotate(grace(60));
    service.clock.shift(Duration.ofMinutes(1));
    assertThrows(
        NoPreviousSecretException.class,
        () -> service.rotations.endPreviousSecret(ADA, id, "late", null));
    assertEquals("time", lastEvent().metadata().get(AuditEvent.BY));
    assertEquals(AuditEvent.SYSTEM, lastEvent().actor());
    assertEquals(null, lastEvent().metadata().get(AuditEvent.REASON));
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
    service.clock.shift(Duration.ofSeconds(-1)); // a verifier with another clock
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
  }

  /** A rotation can replace the secret after the token was found, and before it is revoked. */
  @Test
  void bearerOfASecretThatWasJustReplacedEndsOnlyThisSecret() {
    PresentedToken<ServiceToken> found =
        service.store.findByDigest(created.rawToken().digest()).orElseThrow();
    RotatedToken<ServiceToken> rotated = rotate(grace(3600));
    service.assertAccepted(created.rawToken());
    Actor bearer = new Actor.Token(found.token().asAccepted(List.of()), null);
    service.secrets(service.store).revokeByBearer(bearer, found, created.rawToken().digest());
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
    service.assertAccepted(rotated.rawToken());
    rotate(grace(0));
    service.secrets(service.store).revokeByBearer(bearer, found, created.rawToken().digest());
    assertEquals(
        List.of("CREATED", "ROTATED", "PREVIOUS_SECRET_ENDED request", "ROTATED"),
        service.auditLog(created));
  }

  @Test
  void endNeedsThePermissionToRevoke() {
    rotate(grace(60));
    Actor outsider =
        new Actor.Person(new EntityRef(EntityRef.USER, "default", "eve"), Set.of(), null);
    assertThrows(
        PermissionDeniedException.class,
        () -> service.rotations.endPreviousSecret(outsider, id, null, null));
    assertThrows(
        InvalidRequestException.class,
        () -> service.rotations.endPreviousSecret(ADA, id, " ", null));
    service.assertAccepted(created.rawToken());
  }

  @Test
  void bearerOfThePreviousSecretEndsOnlyThisSecret() {
    RotatedToken<ServiceToken> rotated = rotate(grace(60));
    service.service.revokePresented(created.rawToken(), null);
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
    service.assertAccepted(rotated.rawToken());
    assertEquals(AuditEvent.REVOKED_BY_BEARER, lastEvent().metadata().get(AuditEvent.REASON));
    service.service.revokePresented(created.rawToken(), null); // ends nothing, and succeeds
    service.service.revokePresented(rotated.rawToken(), null);
    service.assertRefused(Reason.REVOKED, rotated.rawToken());
    service.service.revokePresented(created.rawToken(), null);
    assertEquals(
        List.of("CREATED", "ROTATED", "PREVIOUS_SECRET_ENDED request", "REVOKED"),
        service.auditLog(created));
  }

  @Test
  void bearerDoesNotEndALaterPreviousSecret() {
    ServiceToken token = rotate(grace(60)).token();
    assertTrue(
        PreviousSecretEnd.byRequest(token, 3, "bearer", null, service.now(), ids).isEmpty(),
        "the previous secret has the number 1");
    assertEquals(
        null,
        PreviousSecretEnd.byRequest(token, 1, "bearer", null, service.now(), ids)
            .token()
            .secrets()
            .previous());
  }

  @Test
  void timeEndsThePreviousSecretAMinuteLate() {
    rotate(grace(60));
    service.clock.shift(Duration.ofMinutes(2).minusMillis(1));
    assertEquals(List.of(), service.store.maintain(service.now()));
    service.clock.shift(Duration.ofMillis(1));
    List<AuditEvent> events = service.store.maintain(service.now());
    assertEquals(1, events.size(), events.toString());
    assertEquals("time", events.get(0).metadata().get(AuditEvent.BY));
    assertEquals(AuditEvent.SYSTEM, events.get(0).actor());
    assertEquals(List.of(), service.store.maintain(service.now()));
    assertEquals(null, service.stored(created).secrets().previous());
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
  }

  @Test
  void timeOfARevokedTokenEndsNothing() {
    rotate(grace(60));
    service.service.revoke(ADA, id, "done");
    service.clock.shift(Duration.ofDays(1));
    assertEquals(List.of(), service.store.maintain(service.now()));
    service.assertRefused(Reason.REVOKED, created.rawToken());
  }

  @Test
  void firstUseEndsOnlyAtTheRequestOfTheRotation() {
    Instant now = service.now();
    ServiceToken plain = rotate(grace(60)).token();
    assertTrue(PreviousSecretEnd.byFirstUse(plain, 2, now, ids).isEmpty(), "not requested");
    ServiceToken token = rotate(endingOnFirstUse(60)).token();
    assertTrue(PreviousSecretEnd.byFirstUse(token, 2, now, ids).isEmpty(), "the previous secret");
    assertTrue(PreviousSecretEnd.byFirstUse(token, 4, now, ids).isEmpty(), "a later secret");
    AuditEvent event = PreviousSecretEnd.byFirstUse(token, 3, now, ids).events().get(0);
    assertEquals("first-use", event.metadata().get(AuditEvent.BY));
    assertEquals(token.subject(), event.actor());
    AuditEvent late =
        PreviousSecretEnd.byFirstUse(token, 3, now.plusSeconds(60), ids).events().get(0);
    assertEquals("time", late.metadata().get(AuditEvent.BY));
    assertTrue(
        PreviousSecretEnd.byFirstUse(AccessToken.revoked(token, now, "ada"), 3, now, ids).isEmpty(),
        "a revoked token");
  }

  @Test
  void repeatedEndHasTheDigestsOfTheEndedSecrets() {
    RotatedToken<ServiceToken> lost = rotate(withKey(60L, "k"));
    RotatedToken<ServiceToken> repeat = rotate(withKey(60L, "k"));
    service.rotations.endPreviousSecret(ADA, id, null, null);
    StoredChange<?> change =
        service.store.changeSecrets(
            id,
            null,
            state ->
                PreviousSecretEnd.byRequest(state.token(), null, "ada", null, service.now(), ids));
    Set<TokenDigest> ended = Set.of(created.rawToken().digest(), lost.rawToken().digest());
    assertEquals(ended, change.digests(), "without " + repeat.rawToken().digest());
  }

  @Test
  void revocationHasTheDigestsOfSecretsThatEndedJustBefore() {
    RotatedToken<ServiceToken> rotated = rotate(grace(0));
    AuditEvent revoked =
        new AuditEvent(ids.next(), id, AuditEvent.Type.REVOKED, "ada", Map.of(), service.now());
    assertEquals(
        Set.of(created.rawToken().digest(), rotated.rawToken().digest()),
        service.store.revoke(id, null, () -> revoked).digests());
  }

  @Test
  void secretsAreKeptForAYearAfterTheTokenExpires() {
    rotate(grace(0));
    Instant expiry = service.stored(created).expiresAt();
    service.store.maintain(expiry.plus(Duration.ofDays(365)));
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
    service.store.maintain(expiry.plus(Duration.ofDays(365)).plusMillis(1));
    service.verifier.clear();
    service.assertRefused(Reason.UNKNOWN, created.rawToken());
  }
}
