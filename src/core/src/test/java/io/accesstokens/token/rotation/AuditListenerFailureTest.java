package io.accesstokens.token.rotation;

import static io.accesstokens.token.rotation.RotatingService.ADA;
import static io.accesstokens.token.rotation.RotationRequests.grace;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.testing.RecordedLog;
import io.accesstokens.token.Actor;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.token.service.CreatedPersonalToken;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification.Reason;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that an exception of an audit listener changes no response. */
class AuditListenerFailureTest {

  private final RotatingService service = new RotatingService();

  @BeforeEach
  void failListener() {
    service.log.failure = new IllegalStateException("of the test");
  }

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void newSecretsAreReturned() {
    CreatedToken created = service.create(30);
    service.assertAccepted(created.rawToken());
    RotatedToken<ServiceToken> rotated =
        service.rotations.rotate(ADA, created.token().id(), grace(0));
    service.assertRefused(Reason.ENDED_SECRET, created.rawToken());
    service.assertAccepted(rotated.rawToken());
    CreatedPersonalToken minted = service.mint();
    RotatedToken<PersonalToken> replaced =
        service.personal().rotate(ADA, minted.token().id(), grace(0));
    service.assertRefused(Reason.ENDED_SECRET, minted.rawToken());
    service.assertAccepted(replaced.rawToken());
  }

  @Test
  void errorIsIgnoredToo() {
    service.log.failure = new StackOverflowError("of the test");
    service.assertAccepted(service.create(30).rawToken());
  }

  @Test
  void allTokensAreRevoked() {
    CreatedToken one = service.create(30);
    service.service.revoke(ADA, one.token().id(), "leaked");
    service.assertRefused(Reason.REVOKED, one.rawToken());
    CreatedToken other = service.create(30);
    UUID id = other.token().id();
    RevocationRequest request = new RevocationRequest(List.of(id.toString()), "leaked", List.of());
    assertEquals(List.of(id), service.service.revokeAll(ADA, request).idsWith(Revocation.DONE));
    service.assertRefused(Reason.REVOKED, other.rawToken());
    CreatedPersonalToken minted = service.mint();
    assertEquals(
        Set.of(minted.token().id()),
        service
            .changes()
            .revokeAll(service.store.personal().orElseThrow(), ADA, ADA.ref(), Map.of()));
    service.assertRefused(Reason.REVOKED, minted.rawToken());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tokenOfAnotherGroupIsNotFound(boolean failingLogger) {
    CreatedToken created = service.create(30);
    Actor bob =
        new Actor.Person(
            new EntityRef(EntityRef.USER, "default", "bob"),
            Set.of(new EntityRef(EntityRef.GROUP, "default", "others")),
            null);
    try (RecordedLog log = new RecordedLog(AuditListener.class)) {
      if (failingLogger) {
        log.failOnce();
      }
      assertThrows(
          TokenNotFoundException.class, () -> service.service.get(bob, created.token().id()));
      assertFalse(log.isFailing(), "the logger has failed");
      assertEquals(
          failingLogger
              ? List.of()
              : List.of(
                  "SEVERE an audit listener failed; responses and stored audit events are unchanged"),
          log.lines());
    }
  }
}
