package io.accesstokens.token.rotation;

import static io.accesstokens.token.rotation.RotatingService.ADA;
import static io.accesstokens.token.rotation.RotatingService.MAX_DAYS;
import static io.accesstokens.token.rotation.RotationRequests.days;
import static io.accesstokens.token.rotation.RotationRequests.grace;
import static io.accesstokens.token.rotation.RotationRequests.withKey;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.token.Actor;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.TokenEndedException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.service.CreatedPersonalToken;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PersonalTokenRotationTest {

  private final RotatingService service = new RotatingService();
  private final CreatedPersonalToken minted = service.mint();
  private final UUID id = minted.token().id();

  @AfterEach
  void close() {
    service.close();
  }

  private RotatedToken<PersonalToken> rotate(RotationRequest request) {
    return service.personal().rotate(ADA, id, request);
  }

  @Test
  void userRotatesTheirToken() {
    service.assertAccepted(minted.rawToken());
    service.clock.shift(Duration.ofDays(2));
    RotatedToken<PersonalToken> rotated = rotate(grace(60));
    assertEquals(RawToken.Kind.PERSONAL, rotated.rawToken().kind());
    assertEquals(service.now().plus(Duration.ofDays(30)), rotated.token().expiresAt());
    assertEquals(rotated.token(), service.stored(minted));
    assertEquals(true, service.assertAccepted(minted.rawToken()).secret().previous());
    service.assertAccepted(rotated.rawToken());
    service.clock.shift(Duration.ofSeconds(60));
    service.assertRefused(Reason.ENDED_SECRET, minted.rawToken());
    service.assertAccepted(rotated.rawToken());
    assertEquals(1, service.store.maintain(service.now().plusSeconds(60)).size());
  }

  @Test
  void repeatReplacesTheLostSecret() {
    RotatedToken<PersonalToken> lost = rotate(withKey(60L, "k"));
    RotatedToken<PersonalToken> repeat = rotate(withKey(60L, "k"));
    assertEquals(3, repeat.token().secrets().number());
    service.assertRefused(Reason.ENDED_SECRET, lost.rawToken());
    service.use(repeat.rawToken());
    service.uses.flush();
    assertThrows(RotationConflictException.class, () -> rotate(withKey(60L, "k")));
  }

  @Test
  void onlyTheUserInPersonRotates() {
    Verification.Accepted verified = service.assertAccepted(minted.rawToken());
    Actor delegate = new Actor.Delegate(ADA, verified);
    assertThrows(
        PermissionDeniedException.class,
        () -> service.personal().rotate(delegate, id, RotationRequest.DEFAULT));
    Actor.Person bob =
        new Actor.Person(new EntityRef(EntityRef.USER, "default", "bob"), Set.of(), null);
    assertThrows(
        TokenNotFoundException.class,
        () -> service.personal().rotate(bob, id, RotationRequest.DEFAULT));
    assertThrows(
        TokenNotFoundException.class,
        () -> service.personal().endPreviousSecret(bob, id, null, null));
    assertEquals(1, service.stored(minted).secrets().number());
  }

  @Test
  void expiryFollowsThePolicyOfPersonalTokens() {
    assertThrows(InvalidRequestException.class, () -> rotate(days(MAX_DAYS + 1)));
    assertEquals(
        service.now().plus(Duration.ofDays(MAX_DAYS)), rotate(days(MAX_DAYS)).token().expiresAt());
    service.personal().revoke(ADA, id, null);
    assertThrows(TokenEndedException.class, () -> rotate(grace(0)));
  }

  @Test
  void userAndBearerEndThePreviousSecret() {
    RotatedToken<PersonalToken> second = rotate(grace(60));
    String current = second.rawToken().displayPrefix();
    assertThrows(
        RotationConflictException.class,
        () -> service.personal().endPreviousSecret(ADA, id, null, current));
    service.personal().endPreviousSecret(ADA, id, null, minted.rawToken().displayPrefix());
    service.assertRefused(Reason.ENDED_SECRET, minted.rawToken());
    assertThrows(
        NoPreviousSecretException.class,
        () -> service.personal().endPreviousSecret(ADA, id, null, null));
    RotatedToken<PersonalToken> third = rotate(grace(60));
    service.service.revokePresented(second.rawToken(), null);
    service.assertRefused(Reason.ENDED_SECRET, second.rawToken());
    service.service.revokePresented(minted.rawToken(), null);
    service.assertAccepted(third.rawToken());
    service.service.revokePresented(third.rawToken(), null);
    service.assertRefused(Reason.REVOKED, third.rawToken());
    assertEquals(
        List.of(
            AuditEvent.Type.REVOKED,
            AuditEvent.Type.PREVIOUS_SECRET_ENDED,
            AuditEvent.Type.ROTATED,
            AuditEvent.Type.PREVIOUS_SECRET_ENDED,
            AuditEvent.Type.ROTATED,
            AuditEvent.Type.MINTED),
        service.personal().auditLog(ADA, id, 0, 10).items().stream()
            .map(AuditEvent::type)
            .toList());
  }

  @Test
  void digestOfTheTokenIsThatOfTheCurrentSecret() {
    RotatedToken<PersonalToken> rotated = rotate(grace(60));
    assertEquals(
        rotated.rawToken().digest(),
        service.personal().digestOnlyTokenOf(id).orElseThrow().digest());
  }
}
