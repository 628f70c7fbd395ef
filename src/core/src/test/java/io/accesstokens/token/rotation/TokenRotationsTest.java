package io.accesstokens.token.rotation;

import static io.accesstokens.token.rotation.RotatingService.ADA;
import static io.accesstokens.token.rotation.RotatingService.MAX_DAYS;
import static io.accesstokens.token.rotation.RotationRequests.days;
import static io.accesstokens.token.rotation.RotationRequests.grace;
import static io.accesstokens.token.rotation.RotationRequests.until;
import static io.accesstokens.token.rotation.RotationRequests.withKey;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenEndedException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.CreationRequest;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.policy.TooManyChangesException;
import io.accesstokens.token.policy.Violation;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokenRotationsTest {

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

  private static List<String> fields(InvalidRequestException e) {
    return e.violations().stream().map(Violation::field).toList();
  }

  @Test
  void bothSecretsAreValidInTheGracePeriod() {
    service.assertAccepted(created.rawToken());
    service.clock.shift(Duration.ofDays(1));
    Instant now = service.now();
    RotatedToken<ServiceToken> rotated = rotate(grace(3600));
    assertNotEquals(created.rawToken().digest(), rotated.rawToken().digest());
    ServiceToken token = rotated.token();
    assertEquals(id, token.id());
    assertEquals(created.token().name(), token.name());
    assertEquals(created.token().scopes(), token.scopes());
    assertEquals(created.token().createdAt(), token.createdAt());
    assertEquals(rotated.rawToken().displayPrefix(), token.tokenPrefix());
    assertEquals(2, token.secrets().number());
    assertEquals(now, token.secrets().createdAt());
    assertEquals(now.plus(Duration.ofDays(30)), token.expiresAt(), "the same lifetime again");
    assertEquals(token, service.stored(created));
    PreviousSecret previous = token.previousSecretAt(now).orElseThrow();
    assertEquals(created.token().tokenPrefix(), previous.tokenPrefix());
    assertEquals(now.plusSeconds(3600), previous.expiresAt());

    Verification.Accepted current = service.assertAccepted(rotated.rawToken());
    assertFalse(current.secret().previous());
    assertEquals(2, current.secret().id().number());
    assertEquals(token.expiresAt(), current.expiresAt());
    Verification.Accepted former = service.assertAccepted(created.rawToken());
    assertTrue(former.secret().previous(), "cached facts of the previous secret are evicted");
    assertEquals(1, former.secret().id().number());
    assertEquals(previous.expiresAt(), former.expiresAt());
  }

  @Test
  void tooFrequentChangesAreRefusedButRevocationsAreNot() {
    ServiceToken rotated = rotate(grace(3600)).token();
    CreatedToken other = service.create(30, "other");
    service.changeWait = Optional.of(Duration.ofSeconds(1, 1));
    assertEquals(
        2,
        assertThrows(TooManyChangesException.class, () -> rotate(grace(3600))).seconds(),
        "seconds");
    assertThrows(TooManyChangesException.class, () -> service.create(30, "third"));
    assertThrows(
        TooManyChangesException.class,
        () -> service.service.updates().update(ADA, id, RotationRequests.scopes("catalog:write")));
    String scope = rotated.scopes().get(0);
    assertEquals(List.of(scope), rotated.scopes(), "scopes of the token");
    assertEquals(
        rotated,
        service.service.updates().update(ADA, id, RotationRequests.scopes(scope)),
        "an update that changes nothing");
    assertEquals(rotated, service.stored(created));

    service.rotations.endPreviousSecret(ADA, id, null, null);
    service.service.revoke(ADA, id, "leaked");
    UUID last = other.token().id();
    RevocationRequest all = new RevocationRequest(List.of(last.toString()), "leaked", List.of());
    assertEquals(List.of(last), service.service.revokeAll(ADA, all).idsWith(Revocation.DONE));
  }

  @Test
  void previousSecretEndsAtTheEndOfTheGracePeriod() {
    RotatedToken<ServiceToken> rotated = rotate(grace(3600));
    service.assertAccepted(created.rawToken());
    service.clock.shift(Duration.ofHours(1).minusMillis(1));
    service.assertAccepted(created.rawToken());
    service.clock.shift(Duration.ofMillis(1));
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
    service.assertAccepted(rotated.rawToken());
    assertTrue(rotated.token().previousSecretAt(service.now()).isEmpty());
  }

  @Test
  void withoutGraceTheFormerSecretEndsAtOnce() {
    service.assertAccepted(created.rawToken());
    RotatedToken<ServiceToken> rotated = rotate(grace(0));
    assertNull(rotated.token().secrets().previous());
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
    service.assertAccepted(rotated.rawToken());
  }

  @Test
  void atMostTwoSecretsAreValid() {
    RotatedToken<ServiceToken> second = rotate(grace(3600));
    service.assertAccepted(created.rawToken());
    RotatedToken<ServiceToken> third = rotate(grace(3600));
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
    service.assertAccepted(second.rawToken());
    service.assertAccepted(third.rawToken());
    assertEquals(3, third.token().secrets().number());
    assertEquals(
        List.of("CREATED", "ROTATED", "PREVIOUS_SECRET_ENDED rotation", "ROTATED"),
        service.auditLog(created));
  }

  @Test
  void graceIsADayByDefaultAndIsLimited() {
    assertEquals(
        service.now().plus(Duration.ofDays(1)),
        rotate(RotationRequest.DEFAULT)
            .token()
            .previousSecretAt(service.now())
            .orElseThrow()
            .expiresAt());
    long max = RotationPolicy.DEFAULT.maxGrace().toSeconds();
    assertEquals(
        List.of("gracePeriodSeconds"),
        fields(assertThrows(InvalidRequestException.class, () -> rotate(grace(max + 1)))));
    assertEquals(
        List.of("gracePeriodSeconds"),
        fields(assertThrows(InvalidRequestException.class, () -> rotate(grace(-1)))));
    assertEquals(2, service.stored(created).secrets().number(), "nothing was changed");
  }

  @Test
  void previousSecretNeverEndsAfterTheTokenDid() {
    service.clock.shift(Duration.ofDays(29));
    RotatedToken<ServiceToken> rotated = rotate(grace(Duration.ofDays(2).toSeconds()));
    assertEquals(
        created.token().expiresAt(),
        rotated.token().previousSecretAt(service.now()).orElseThrow().expiresAt());
    RotatedToken<ServiceToken> shorter =
        rotate(
            new RotationRequest(Duration.ofDays(2).toSeconds(), 1L, null, null, null, List.of()));
    assertEquals(
        shorter.token().expiresAt(),
        shorter.token().previousSecretAt(service.now()).orElseThrow().expiresAt());
  }

  @Test
  void shortenedTokenShortensThePreviousSecret() {
    rotate(grace(Duration.ofDays(20).toSeconds()));
    service.assertAccepted(created.rawToken());
    Instant end = service.now().plus(Duration.ofDays(3));
    service.service.updates().update(ADA, id, RotationRequests.expiring(end));
    assertEquals(end, service.assertAccepted(created.rawToken()).expiresAt());
    assertEquals(
        end, service.stored(created).previousSecretAt(service.now()).orElseThrow().expiresAt());
    assertEquals(
        Duration.ofDays(30),
        service.stored(created).secrets().lifetime(),
        "an update does not change the lifetime");
    service.clock.shift(Duration.ofDays(2));
    assertEquals(service.now().plus(Duration.ofDays(30)), rotate(grace(60)).token().expiresAt());
  }

  @Test
  void requestSetsTheExpiryAndTheLifetime() {
    assertEquals(service.now().plus(Duration.ofDays(7)), rotate(days(7)).token().expiresAt());
    service.clock.shift(Duration.ofDays(2));
    assertEquals(
        service.now().plus(Duration.ofDays(7)),
        rotate(RotationRequest.DEFAULT).token().expiresAt(),
        "the lifetime of the latest rotation again");
    Instant end = service.now().plus(Duration.ofHours(36));
    assertEquals(end, rotate(until(end.toString())).token().expiresAt());
    assertEquals(
        List.of("expiresInDays"),
        fields(assertThrows(InvalidRequestException.class, () -> rotate(days(MAX_DAYS + 1)))));
    assertEquals(
        List.of("expiresAt"),
        fields(
            assertThrows(
                InvalidRequestException.class, () -> rotate(until(service.now().toString())))));
    assertEquals(
        List.of("expiresAt"),
        fields(
            assertThrows(
                InvalidRequestException.class,
                () ->
                    rotate(new RotationRequest(null, 1L, end.toString(), null, null, List.of())))));
  }

  @Test
  void unreadableFieldsAreReported() {
    RotationRequest request =
        new RotationRequest(
            -1L,
            null,
            null,
            null,
            "with a space",
            List.of(new Violation("endGraceOnFirstUse", "must be a boolean")));
    assertEquals(
        List.of("endGraceOnFirstUse", RotationRequest.IDEMPOTENCY_KEY, "gracePeriodSeconds"),
        fields(assertThrows(InvalidRequestException.class, () -> rotate(request))));
  }

  @Test
  void endedTokensAreNotRotated() {
    service.clock.shift(Duration.ofDays(30).minusMillis(1));
    rotate(days(1));
    service.clock.shift(Duration.ofDays(1));
    assertThrows(TokenEndedException.class, () -> rotate(grace(0)));
    CreatedToken other = another("other");
    service.service.revoke(ADA, other.token().id(), "done");
    assertThrows(
        TokenEndedException.class,
        () -> service.rotations.rotate(ADA, other.token().id(), grace(0)));
    assertThrows(
        TokenNotFoundException.class,
        () -> service.rotations.rotate(ADA, UUID.randomUUID(), grace(0)));
  }

  private CreatedToken another(String name) {
    return service.service.create(
        ADA,
        CreationRequest.of(
            name, "Another", RotatingService.TEAM, List.of(RotatingService.SCOPE), 10));
  }

  @Test
  void callersWithoutThePermissionAreDenied() {
    Actor outsider =
        new Actor.Person(new EntityRef(EntityRef.USER, "default", "eve"), Set.of(), null);
    assertThrows(
        PermissionDeniedException.class,
        () -> service.rotations.rotate(outsider, id, RotationRequest.DEFAULT));
    Actor withoutTheScope = managing(List.of(Permissions.SERVICE_WRITE), Duration.ofDays(60));
    assertThrows(
        PermissionDeniedException.class,
        () -> service.rotations.rotate(withoutTheScope, id, RotationRequest.DEFAULT));
    assertEquals(1, service.stored(created).secrets().number());
  }

  private Actor managing(List<String> scopes, Duration left) {
    return new Actor.Token(
        new Verification.Accepted(
            UUID.randomUUID(),
            "service-token:group:default/team:manager",
            RotatingService.TEAM,
            scopes,
            service.now().plus(left)),
        null);
  }

  @Test
  void managingTokenSetsNoExpiryBeyondItsOwn() {
    Actor manager =
        managing(List.of(Permissions.SERVICE_WRITE, RotatingService.SCOPE), Duration.ofDays(5));
    assertEquals(
        List.of("expiresInDays"),
        fields(
            assertThrows(
                InvalidRequestException.class,
                () -> service.rotations.rotate(manager, id, days(6)))));
  }

  @Test
  void managingTokenCannotRotateATokenThatOutlivesIt() {
    List<String> rights = List.of(Permissions.SERVICE_WRITE, RotatingService.SCOPE);
    service.clock.shift(Duration.ofDays(10));
    Actor shortLived = managing(rights, Duration.ofDays(5));
    assertThrows(
        PermissionDeniedException.class,
        () -> service.rotations.rotate(shortLived, id, RotationRequest.DEFAULT));
    assertEquals(created.token().expiresAt(), service.stored(created).expiresAt());
    assertEquals(1, service.stored(created).secrets().number());
    assertEquals(
        service.now().plus(Duration.ofDays(25)),
        service
            .rotations
            .rotate(managing(rights, Duration.ofDays(25)), id, RotationRequest.DEFAULT)
            .token()
            .expiresAt(),
        "the expiry of the manager");
    assertEquals(
        service.now().plus(Duration.ofDays(30)),
        service
            .rotations
            .rotate(managing(rights, Duration.ofDays(60)), id, RotationRequest.DEFAULT)
            .token()
            .expiresAt(),
        "the lifetime again");
    assertEquals(
        service.now().plus(Duration.ofDays(4)),
        service.rotations.rotate(shortLived, id, days(4)).token().expiresAt(),
        "the requested expiry");
  }

  /** A user and the personal tokens of this user share their idempotency keys. */
  @Test
  void shortLivedTokenCannotRepeatTheRotationOfATokenThatOutlivesIt() {
    List<String> rights = List.of(Permissions.SERVICE_WRITE, RotatingService.SCOPE);
    RotationRequest request = withKey(3600L, "k");
    service.rotations.rotate(managing(rights, Duration.ofDays(60)), id, request);
    Actor shortLived = managing(rights, Duration.ofDays(1));
    assertThrows(
        PermissionDeniedException.class, () -> service.rotations.rotate(shortLived, id, request));
    assertEquals(2, service.stored(created).secrets().number());
  }

  /** The previous secret of a managing token ends before the token. */
  @Test
  void previousSecretOfAManagingTokenRotatesWithinItsOwnExpiry() {
    CreatedToken manager = another("manager");
    service.rotations.rotate(ADA, manager.token().id(), grace(60));
    Verification.Accepted former = service.assertAccepted(manager.rawToken());
    assertEquals(service.now().plusSeconds(60), former.expiresAt());
    Actor actor =
        new Actor.Token(
            former.withScopes(List.of(Permissions.SERVICE_WRITE, RotatingService.SCOPE)), null);
    service.clock.shift(Duration.ofSeconds(30));
    assertThrows(
        PermissionDeniedException.class,
        () -> service.rotations.rotate(actor, id, RotationRequest.DEFAULT));
    assertEquals(
        List.of("expiresInDays"),
        fields(
            assertThrows(
                InvalidRequestException.class,
                () -> service.rotations.rotate(actor, id, days(1)))));
  }

  @Test
  void auditEventHasTheNewExpiry() {
    service.clock.shift(Duration.ofDays(1));
    ServiceToken token = rotate(grace(90)).token();
    Map<String, String> metadata = service.store.auditLog(id, 0, 1).items().get(0).metadata();
    assertEquals(
        AuditEvent.text(created.token().expiresAt()),
        metadata.get(AuditEvent.EXPIRES_AT + AuditEvent.OLD));
    assertEquals(
        AuditEvent.text(created.token().expiresAt().plus(Duration.ofDays(1))),
        metadata.get(AuditEvent.EXPIRES_AT + AuditEvent.NEW));
    assertEquals(
        AuditEvent.text(token.expiresAt()), metadata.get(AuditEvent.EXPIRES_AT + AuditEvent.NEW));
  }

  @Test
  void auditEventNamesThePreviousSecret() {
    Instant now = service.now();
    rotate(RotationRequests.endingOnFirstUse(90));
    AuditEvent rotated = service.store.auditLog(id, 0, 1).items().get(0);
    assertEquals(
        Map.of(
            AuditEvent.GRACE_SECONDS,
            "90",
            AuditEvent.PREVIOUS_PREFIX,
            created.token().tokenPrefix(),
            AuditEvent.PREVIOUS_EXPIRES_AT,
            AuditEvent.text(now.plusSeconds(90)),
            AuditEvent.END_ON_FIRST_USE,
            "true"),
        rotated.metadata());
    assertEquals(ADA.getName(), rotated.actor());
    assertTrue(service.log.events.contains(rotated), "the log has " + service.log.events);
  }

  @Test
  void revocationEndsBothSecrets() {
    RotatedToken<ServiceToken> rotated = rotate(grace(3600));
    service.assertAccepted(created.rawToken());
    service.assertAccepted(rotated.rawToken());
    service.service.revoke(ADA, id, "leaked");
    service.assertRefused(Reason.REVOKED, created.rawToken());
    service.assertRefused(Reason.REVOKED, rotated.rawToken());
    assertTrue(service.stored(created).previousSecretAt(service.now()).isEmpty());
  }

  @Test
  void narrowedScopesApplyToThePreviousSecret() {
    rotate(grace(3600));
    service.assertAccepted(created.rawToken());
    service.service.updates().update(ADA, id, RotationRequests.scopes("techdocs:read"));
    assertEquals(List.of("techdocs:read"), service.assertAccepted(created.rawToken()).scopes());
  }

  @Test
  void resultsDoNotPrintSecrets() {
    RotatedToken<ServiceToken> rotated = rotate(grace(3600));
    assertEquals("RotatedToken[" + rotated.token().id() + ", redacted]", rotated.toString());
  }
}
