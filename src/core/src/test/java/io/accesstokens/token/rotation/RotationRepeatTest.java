package io.accesstokens.token.rotation;

import static io.accesstokens.token.rotation.RotatingService.ADA;
import static io.accesstokens.token.rotation.RotationRequests.expecting;
import static io.accesstokens.token.rotation.RotationRequests.grace;
import static io.accesstokens.token.rotation.RotationRequests.withKey;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.Actor;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenEndedException;
import io.accesstokens.token.policy.CreationRequest;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.policy.Violation;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests rotations that a client repeats with an idempotency key. */
class RotationRepeatTest {

  private final RotatingService service = new RotatingService();
  private final CreatedToken created = service.create(30);
  private final UUID id = created.token().id();

  @AfterEach
  void close() {
    service.close();
  }

  private RotatedToken<ServiceToken> rotate(RotationRequest request) {
    return service.rotations.rotate(ADA, id, request);
  }

  private static int previousNumber(ServiceToken token) {
    return Objects.requireNonNull(token.secrets().previous()).number();
  }

  private void assertConflict(RotationRequest request) {
    ServiceToken before = service.stored(created);
    assertThrows(RotationConflictException.class, () -> rotate(request));
    assertEquals(before, service.stored(created), "nothing was changed");
  }

  @Test
  void rotationNeedsTheExpectedSecretExceptForARepeat() {
    String first = created.rawToken().displayPrefix();
    RotatedToken<ServiceToken> lost = rotate(expecting(first, "k"));
    RotatedToken<ServiceToken> repeat = rotate(expecting(first, "k"));
    service.assertRefused(Reason.ENDED_SECRET, lost.rawToken());
    assertConflict(expecting(first, null));
    assertConflict(expecting(first, "other"));
    service.assertAccepted(created.rawToken());
    rotate(expecting(repeat.rawToken().displayPrefix(), null));
    service.assertAccepted(repeat.rawToken());
  }

  /** Another user can rotate the token before the response to a rotation with a key is sent. */
  @Test
  void secretThatAnotherRotationEndedIsNotSent() {
    TokenStore store =
        TestDouble.around(
            TokenStore.class,
            service.store,
            call -> {
              Object result = call.proceed();
              if (call.name().equals("changeSecrets")) {
                rotate(grace(0));
              }
              return result;
            });
    RotationConflictException conflict =
        assertThrows(
            RotationConflictException.class,
            () ->
                service
                    .secrets(store)
                    .rotate(
                        ADA,
                        id,
                        withKey(3600L, "k"),
                        null,
                        token -> {},
                        (token, now, errors) -> token.expiresAt()));
    assertEquals(
        "the token was rotated again, so the new secret of this rotation has ended",
        conflict.getMessage());
    assertEquals(3, service.stored(created).secrets().number());
  }

  @Test
  void repeatReplacesTheLostSecretAndChangesNothingElse() {
    ServiceToken first = rotate(withKey(3600L, "k")).token();
    service.clock.shift(Duration.ofMinutes(5));
    RotatedToken<ServiceToken> repeat = rotate(withKey(3600L, "k"));
    ServiceToken token = repeat.token();
    assertEquals(3, token.secrets().number());
    assertEquals(first.secrets().previous(), token.secrets().previous());
    assertEquals(first.expiresAt(), token.expiresAt());
    assertEquals(first.secrets().lifetime(), token.secrets().lifetime());
    assertEquals(service.now(), token.secrets().createdAt());
    assertEquals(repeat.rawToken().displayPrefix(), token.tokenPrefix());
    service.assertAccepted(created.rawToken());
    service.assertAccepted(repeat.rawToken());
    assertEquals(List.of("CREATED", "ROTATED", "ROTATED repeat"), service.auditLog(created));
  }

  @Test
  void replacedSecretIsRefused() {
    RotatedToken<ServiceToken> lost = rotate(withKey(3600L, "k"));
    service.assertAccepted(lost.rawToken()); // a use that is not recorded yet
    RotatedToken<ServiceToken> repeat = rotate(withKey(3600L, "k"));
    service.assertRefused(Reason.ENDED_SECRET, lost.rawToken());
    RotatedToken<ServiceToken> again = rotate(withKey(3600L, "k"));
    service.assertRefused(Reason.ENDED_SECRET, repeat.rawToken());
    service.assertAccepted(again.rawToken());
    assertEquals(4, again.token().secrets().number());
  }

  @Test
  void usedSecretIsNotReplaced() {
    RotatedToken<ServiceToken> rotated = rotate(withKey(3600L, "k"));
    service.use(rotated.rawToken());
    service.uses.flush();
    assertConflict(withKey(3600L, "k"));
    service.assertAccepted(rotated.rawToken());
  }

  @Test
  void lateRecordOfTheReplacedSecretDoesNotCountForTheNewOne() {
    RotatedToken<ServiceToken> lost = rotate(withKey(3600L, "k"));
    service.use(lost.rawToken());
    rotate(withKey(3600L, "k"));
    service.uses.flush();
    assertEquals(null, service.stored(created).secrets().usedAt());
    assertEquals(service.now(), service.stored(created).lastUsedAt(), "it counts for the token");
    assertEquals(4, rotate(withKey(3600L, "k")).token().secrets().number());
  }

  @Test
  void useBeforeTheRotationDoesNotPreventTheRepeat() {
    service.use(created.rawToken());
    rotate(withKey(3600L, "k"));
    service.use(created.rawToken());
    service.uses.flush();
    assertEquals(3, rotate(withKey(3600L, "k")).token().secrets().number());
  }

  @Test
  void rotationThatWasRotatedAgainIsNotRepeated() {
    rotate(withKey(3600L, "k"));
    rotate(grace(3600));
    assertConflict(withKey(3600L, "k"));
  }

  @Test
  void rotationWhoseGraceHasEndedIsNotRepeated() {
    rotate(withKey(0L, "none"));
    assertConflict(withKey(0L, "none"));
    rotate(withKey(60L, "k"));
    service.clock.shift(Duration.ofSeconds(60));
    assertConflict(withKey(60L, "k"));
    rotate(withKey(60L, "l"));
    service.rotations.endPreviousSecret(ADA, id, null, null);
    assertConflict(withKey(60L, "l"));
  }

  @Test
  void revokedTokenIsNotRepeated() {
    rotate(withKey(60L, "k"));
    service.service.revoke(ADA, id, "done");
    assertThrows(TokenEndedException.class, () -> rotate(withKey(60L, "k")));
  }

  @Test
  void keyWithAnotherBodyIsInvalid() {
    rotate(withKey(3600L, "k"));
    List<RotationRequest> others =
        List.of(
            withKey(3601L, "k"),
            withKey(null, "k"),
            new RotationRequest(3600L, 1L, null, null, "k", List.of()),
            new RotationRequest(3600L, null, "2026-03-09T00:00:00Z", null, "k", List.of()),
            new RotationRequest(3600L, null, null, true, "k", List.of()));
    for (RotationRequest other : others) {
      InvalidRequestException e =
          assertThrows(InvalidRequestException.class, () -> rotate(other), other.toString());
      assertEquals(RotationRequest.IDEMPOTENCY_KEY, e.violations().get(0).field());
    }
    assertEquals(2, service.stored(created).secrets().number());
  }

  @Test
  void unreadableBodyIsNoRepeat() {
    rotate(withKey(null, "k"));
    Violation violation = new Violation("gracePeriodSeconds", "must be a whole number");
    RotationRequest unreadable =
        new RotationRequest(null, null, null, null, "k", List.of(violation));
    assertEquals(
        List.of(violation),
        assertThrows(InvalidRequestException.class, () -> rotate(unreadable)).violations());
  }

  @Test
  void keyIsValidForADayFromTheFirstRequest() {
    long grace = Duration.ofDays(3).toSeconds();
    rotate(withKey(grace, "k"));
    service.clock.shift(Duration.ofHours(12));
    rotate(withKey(grace, "k"));
    service.clock.shift(Duration.ofHours(12).minusMillis(1));
    ServiceToken last = rotate(withKey(grace, "k")).token();
    assertEquals(1, previousNumber(last));
    service.clock.shift(Duration.ofMillis(1));
    ServiceToken again = rotate(withKey(grace, "k")).token();
    assertEquals(4, previousNumber(again), "a rotation, not a repeat");
    service.clock.shift(Duration.ofHours(1));
    assertEquals(4, previousNumber(rotate(withKey(grace, "k")).token()));
  }

  @Test
  void oldKeysAreDeleted() {
    rotate(withKey(Duration.ofDays(3).toSeconds(), "k"));
    service.clock.shift(Duration.ofHours(25).plusMillis(1));
    service.store.maintain(service.now());
    assertEquals(2, previousNumber(rotate(withKey(1L, "k")).token()));
  }

  @Test
  void keyBelongsToTheActorAndTheToken() {
    rotate(withKey(3600L, "k"));
    Actor bob =
        new Actor.Person(
            new EntityRef(EntityRef.USER, "default", "bob"), Set.of(RotatingService.TEAM), null);
    ServiceToken byBob = service.rotations.rotate(bob, id, withKey(3600L, "k")).token();
    assertEquals(2, previousNumber(byBob), "a rotation, not a repeat");
    CreatedToken other =
        service.service.create(
            ADA,
            CreationRequest.of(
                "other", "Other", RotatingService.TEAM, List.of(RotatingService.SCOPE), 10));
    ServiceToken otherToken =
        service.rotations.rotate(ADA, other.token().id(), withKey(3600L, "k")).token();
    assertEquals(2, otherToken.secrets().number());
  }

  @Test
  void repeatNeedsThePermissionToGrantTheScopes() {
    rotate(withKey(3600L, "k"));
    Actor outsider =
        new Actor.Person(new EntityRef(EntityRef.USER, "default", "ada"), Set.of(), "192.0.2.1");
    assertThrows(
        PermissionDeniedException.class,
        () -> service.rotations.rotate(outsider, id, withKey(3600L, "k")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "with space", "ä", "tab\t", "\u007f"})
  void keyHasVisibleAsciiCharacters(String key) {
    assertEquals(
        RotationRequest.IDEMPOTENCY_KEY,
        assertThrows(InvalidRequestException.class, () -> rotate(withKey(null, key)))
            .violations()
            .get(0)
            .field());
  }

  @Test
  void keyHasUpTo255Characters() {
    String longest = "!\"~" + "x".repeat(252);
    assertEquals(2, rotate(withKey(null, longest)).token().secrets().number());
    assertThrows(InvalidRequestException.class, () -> rotate(withKey(null, "x".repeat(256))));
  }

  @Test
  void usesOfTheReplacedSecretAreReported() {
    RotatedToken<ServiceToken> lost = rotate(withKey(3600L, "k"));
    rotate(withKey(3600L, "k"));
    assertInstanceOf(Verification.Refused.class, service.use(lost.rawToken()));
    service.uses.flush();
    assertTrue(
        service.auditLog(created).contains("ENDED_SECRET_USED"),
        service.auditLog(created).toString());
  }
}
