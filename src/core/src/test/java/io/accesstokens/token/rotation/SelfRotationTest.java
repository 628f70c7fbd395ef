package io.accesstokens.token.rotation;

import static io.accesstokens.token.rotation.RotationRequests.days;
import static io.accesstokens.token.rotation.RotationRequests.grace;
import static io.accesstokens.token.rotation.RotationRequests.until;
import static io.accesstokens.token.rotation.RotationRequests.withKey;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.Actor;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.policy.TooManyChangesException;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests service tokens that rotate themselves. */
class SelfRotationTest {

  private static final RotationPolicy KEEP = policy(SelfRotation.KEEP_EXPIRY);
  private static final RotationPolicy RENEW = policy(SelfRotation.RENEW);

  private static RotationPolicy policy(SelfRotation self) {
    return new RotationPolicy(Duration.ofDays(1), Duration.ofDays(30), self);
  }

  private static Actor bearer(RotatingService service, RawToken rawToken) {
    return new Actor.Token(service.assertAccepted(rawToken), "192.0.2.9");
  }

  private static RotatedToken<ServiceToken> rotate(
      RotatingService service, RawToken rawToken, RotationRequest request) {
    return service.rotations.rotateSelf(bearer(service, rawToken), request);
  }

  @Test
  void selfRotationIsOffByDefault() {
    try (RotatingService service = new RotatingService()) {
      CreatedToken created = service.create(30);
      PermissionDeniedException e =
          assertThrows(
              PermissionDeniedException.class,
              () -> rotate(service, created.rawToken(), RotationRequest.DEFAULT));
      assertEquals(
          "service tokens cannot rotate themselves here, because the setting"
              + " accessTokens.service.rotation.self is off",
          e.getMessage());
      assertEquals("", e.permission(), "no permission would be enough");
      assertEquals(
          List.of("self-rotation by accessTokens.service.rotation.self"), service.log.denials);
      assertEquals(1, service.stored(created).secrets().number());
    }
  }

  @Test
  void frequentSelfRotationIsRefused() {
    try (RotatingService service = new RotatingService(KEEP)) {
      CreatedToken created = service.create(30);
      service.selfRotationWait = Optional.of(Duration.ofSeconds(1, 1));
      TooManyChangesException e =
          assertThrows(
              TooManyChangesException.class,
              () -> rotate(service, created.rawToken(), RotationRequest.DEFAULT));
      assertEquals(2, e.seconds());
      assertEquals(1, service.stored(created).secrets().number());
    }
  }

  @Test
  void onlyServiceTokensRotateThemselves() {
    try (RotatingService service = new RotatingService(RENEW)) {
      assertThrows(
          PermissionDeniedException.class,
          () -> service.rotations.rotateSelf(RotatingService.ADA, RotationRequest.DEFAULT));
      Verification.Accepted personal = service.assertAccepted(service.mint().rawToken());
      assertThrows(
          PermissionDeniedException.class,
          () ->
              service.rotations.rotateSelf(
                  new Actor.Delegate(RotatingService.ADA, personal), RotationRequest.DEFAULT));
    }
  }

  @Test
  void expiryIsKept() {
    try (RotatingService service = new RotatingService(KEEP)) {
      CreatedToken created = service.create(30);
      service.clock.shift(Duration.ofDays(3));
      RotatedToken<ServiceToken> rotated =
          rotate(service, created.rawToken(), RotationRequest.DEFAULT);
      assertEquals(created.token().expiresAt(), rotated.token().expiresAt());
      assertEquals(Duration.ofDays(30), rotated.token().secrets().lifetime());
      service.assertAccepted(created.rawToken());
      assertThrows(
          InvalidRequestException.class, () -> rotate(service, rotated.rawToken(), days(28)));
      Instant end = service.now().plus(Duration.ofDays(2));
      assertEquals(
          end, rotate(service, rotated.rawToken(), until(end.toString())).token().expiresAt());
    }
  }

  @Test
  void expiryIsRenewed() {
    try (RotatingService service = new RotatingService(RENEW)) {
      CreatedToken created = service.create(30);
      service.clock.shift(Duration.ofDays(3));
      RotatedToken<ServiceToken> rotated =
          rotate(service, created.rawToken(), RotationRequest.DEFAULT);
      assertEquals(service.now().plus(Duration.ofDays(30)), rotated.token().expiresAt());
      InvalidRequestException e =
          assertThrows(
              InvalidRequestException.class, () -> rotate(service, rotated.rawToken(), days(31)));
      assertEquals("expiresInDays", e.violations().get(0).field());
      assertEquals(
          service.now().plus(Duration.ofDays(29)),
          rotate(service, rotated.rawToken(), days(29)).token().expiresAt());
    }
  }

  @Test
  void graceIsAtLeastAMinute() {
    RotationPolicy noGrace =
        new RotationPolicy(Duration.ZERO, Duration.ofDays(1), SelfRotation.KEEP_EXPIRY);
    try (RotatingService service = new RotatingService(noGrace)) {
      CreatedToken created = service.create(30);
      assertThrows(
          InvalidRequestException.class, () -> rotate(service, created.rawToken(), grace(59)));
      RotatedToken<ServiceToken> second = rotate(service, created.rawToken(), grace(60));
      RotatedToken<ServiceToken> third =
          rotate(service, second.rawToken(), RotationRequest.DEFAULT);
      assertEquals(
          service.now().plusSeconds(60),
          third.token().previousSecretAt(service.now()).orElseThrow().expiresAt(),
          "the minimum replaces a shorter default");
    }
  }

  @Test
  void previousSecretOnlyRepeats() {
    try (RotatingService service = new RotatingService(KEEP)) {
      CreatedToken created = service.create(30);
      rotate(service, created.rawToken(), withKey(null, "k"));
      assertThrows(
          PermissionDeniedException.class,
          () -> rotate(service, created.rawToken(), RotationRequest.DEFAULT));
      assertThrows(
          PermissionDeniedException.class,
          () -> rotate(service, created.rawToken(), withKey(null, "another")));
      RotatedToken<ServiceToken> repeat = rotate(service, created.rawToken(), withKey(null, "k"));
      assertEquals(3, repeat.token().secrets().number());
      assertEquals(List.of("CREATED", "ROTATED", "ROTATED repeat"), service.auditLog(created));
    }
  }

  @Test
  void previousSecretDoesNotRepeatTheRotationBefore() {
    try (RotatingService service = new RotatingService(KEEP)) {
      CreatedToken created = service.create(30);
      RotatedToken<ServiceToken> second = rotate(service, created.rawToken(), withKey(null, "k"));
      rotate(service, second.rawToken(), withKey(null, "l"));
      assertThrows(
          RotationConflictException.class,
          () -> rotate(service, second.rawToken(), withKey(null, "k")));
      assertEquals(3, service.stored(created).secrets().number());
    }
  }

  @Test
  void newSecretDoesNotRepeatItsOwnRotation() {
    try (RotatingService service = new RotatingService(KEEP)) {
      CreatedToken created = service.create(30);
      RotatedToken<ServiceToken> second = rotate(service, created.rawToken(), withKey(null, "k"));
      assertThrows(
          RotationConflictException.class,
          () -> rotate(service, second.rawToken(), withKey(null, "k")));
    }
  }

  @Test
  void replacedSecretDoesNotRepeatTheRotation() {
    try (RotatingService service = new RotatingService(KEEP)) {
      CreatedToken created = service.create(30);
      RotatedToken<ServiceToken> lost = rotate(service, created.rawToken(), withKey(null, "k"));
      Actor verifiedBefore = bearer(service, lost.rawToken());
      rotate(service, created.rawToken(), withKey(null, "k"));
      assertThrows(
          PermissionDeniedException.class,
          () -> service.rotations.rotateSelf(verifiedBefore, withKey(null, "k")));
      assertEquals(3, service.stored(created).secrets().number());
    }
  }

  @Test
  void secretThatWasReplacedSinceItsVerificationRotatesNothing() {
    try (RotatingService service = new RotatingService(KEEP)) {
      CreatedToken created = service.create(30);
      Actor verifiedBefore = bearer(service, created.rawToken());
      rotate(service, created.rawToken(), RotationRequest.DEFAULT);
      assertThrows(
          PermissionDeniedException.class,
          () -> service.rotations.rotateSelf(verifiedBefore, RotationRequest.DEFAULT));
      assertEquals(2, service.stored(created).secrets().number());
    }
  }

  @Test
  void policyNeedsAMinuteForSelfRotation() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new RotationPolicy(Duration.ZERO, Duration.ofSeconds(59), SelfRotation.KEEP_EXPIRY));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RotationPolicy(Duration.ofSeconds(2), Duration.ofSeconds(1), SelfRotation.OFF));
    assertTrue(
        new RotationPolicy(Duration.ZERO, Duration.ZERO, SelfRotation.OFF).maxGrace().isZero());
  }
}
