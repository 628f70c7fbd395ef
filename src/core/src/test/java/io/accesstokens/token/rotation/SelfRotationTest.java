package io.accesstokens.token.rotation;

import static io.accesstokens.token.rotation.RotationRequests.days;
import static io.accesstokens.token.rotation.RotationRequests.grace;
import static io.accesstokens.token.rotation.RotationRequests.until;
import static io.accesstokens.token.rotation.RotationRequests.withKey;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.Actor;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.CreationLimit;
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
import java.util.OptionalInt;
import java.util.Set;
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

  private static CreationLimit limit(int maxDays, Set<String> scopes) {
    return new CreationLimit(
        CreationLimit.Owners.ALL,
        OptionalInt.of(maxDays),
        scopes,
        OptionalInt.empty(),
        OptionalInt.empty(),
        null);
  }

  private static String error(RotatingService service, RawToken rawToken, RotationRequest request) {
    InvalidRequestException e =
        assertThrows(InvalidRequestException.class, () -> rotate(service, rawToken, request));
    assertEquals(1, e.violations().size(), () -> e.violations().toString());
    return e.violations().get(0).message();
  }

  @Test
  void errorsDoNotShowTheMaximumLifetimeOfTheGroup() {
    for (RotationPolicy policy : List.of(KEEP, RENEW)) {
      try (RotatingService service =
          new RotatingService(
              policy,
              List.of(limit(60, Set.of(RotatingService.SCOPE))),
              new InMemoryTokenStore())) {
        RawToken rawToken = service.create(30).rawToken();
        Instant end = service.now().plus(Duration.ofDays(30));
        assertEquals(
            "must be a whole number from 1 to 30", error(service, rawToken, days(Long.MAX_VALUE)));
        assertEquals(
            "must be at most 30 days from now",
            error(service, rawToken, until(end.plusMillis(1).toString())));
        service.clock.shift(Duration.ofHours(12));
        String later = service.now().plus(Duration.ofDays(30)).plusMillis(1).toString();
        assertEquals("must be at most 30 days from now", error(service, rawToken, until(later)));
        if (policy.self() == SelfRotation.KEEP_EXPIRY) {
          assertEquals(
              "must not be later than " + AuditEvent.text(end),
              error(service, rawToken, until(end.plusMillis(1).toString())));
        }
      }
    }
  }

  @Test
  void earlierExpiryNeedNotFollowNewLimits() {
    InMemoryTokenStore store = new InMemoryTokenStore();
    try (RotatingService before = new RotatingService(RENEW, List.of(), store)) {
      RawToken rawToken = before.create(80).rawToken();
      CreationLimit limit = limit(60, Set.of("catalog:write"));
      RotatingService renewing = new RotatingService(RENEW, List.of(limit), store);
      renewing.clock.shift(Duration.ofDays(40));
      assertEquals(
          "must not be after the current expiry, because new tokens cannot have the scope "
              + RotatingService.SCOPE,
          error(renewing, rawToken, RotationRequest.DEFAULT));
      assertEquals("must be a whole number from 1 to 40", error(renewing, rawToken, days(41)));
      Instant end = renewing.now().plus(Duration.ofDays(40));
      RotatedToken<ServiceToken> second = rotate(renewing, rawToken, until(end.toString()));
      assertEquals(end, second.token().expiresAt());
      RotatingService keeping = new RotatingService(KEEP, List.of(limit(20, Set.of())), store);
      keeping.clock.shift(Duration.ofDays(40));
      assertEquals(
          keeping.now().plus(Duration.ofDays(39)),
          rotate(keeping, second.rawToken(), days(39)).token().expiresAt());
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
