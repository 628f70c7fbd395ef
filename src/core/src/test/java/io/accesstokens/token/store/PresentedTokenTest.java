package io.accesstokens.token.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenFacts;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PresentedTokenTest {

  private static final Instant CREATED = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant EXPIRY = CREATED.plus(Duration.ofDays(30));

  private static ServiceToken token(int number, @Nullable PreviousSecret previous) {
    ServiceToken token =
        new ServiceToken(
            new UUID(0, 1),
            "job",
            "Runs at night",
            "bsat_0123456",
            new EntityRef(EntityRef.GROUP, "default", "team"),
            List.of("catalog:read"),
            "user:default/ada",
            CREATED,
            EXPIRY,
            null,
            null,
            null);
    return AccessToken.withSecrets(
        token,
        token.tokenPrefix(),
        EXPIRY,
        new TokenSecrets(number, CREATED, null, Duration.ofDays(30), previous));
  }

  private static PreviousSecret previous(int number, Instant end, boolean endsOnFirstUse) {
    return new PreviousSecret(number, "bsat_previou", end, endsOnFirstUse);
  }

  private static TokenFacts facts(ServiceToken token, int secretNumber) {
    return new PresentedToken<>(token, secretNumber).facts(token.scopes());
  }

  @Test
  void currentSecretEndsThePreviousSecretOnlyAtTheRequestOfTheRotation() {
    Instant end = CREATED.plusSeconds(60);
    assertEquals(false, facts(token(1, null), 1).accepted().secret().endsPrevious());
    ServiceToken rotated = token(2, previous(1, end, false));
    assertEquals(false, facts(rotated, 2).accepted().secret().endsPrevious());
    ServiceToken ending = token(2, previous(1, end, true));
    assertEquals(true, facts(ending, 2).accepted().secret().endsPrevious());
    assertEquals(false, facts(ending, 1).accepted().secret().endsPrevious());
    assertEquals(EXPIRY, facts(ending, 2).accepted().expiresAt());
  }

  @Test
  void previousSecretHasItsOwnExpiry() {
    Instant end = CREATED.plusSeconds(60);
    Verification.Accepted accepted = facts(token(3, previous(2, end, false)), 2).accepted();
    assertEquals(end, accepted.expiresAt());
    assertEquals(true, accepted.secret().previous());
    assertEquals(2, accepted.secret().id().number());
    assertEquals(
        EXPIRY,
        facts(token(3, previous(2, EXPIRY.plusSeconds(1), false)), 2).accepted().expiresAt(),
        "not after the token");
  }

  @Test
  void otherSecretsHaveEnded() {
    ServiceToken token = token(4, previous(2, CREATED.plusSeconds(60), false));
    assertEquals(false, new PresentedToken<>(token, 4).isEnded());
    assertEquals(false, new PresentedToken<>(token, 2).isEnded());
    for (int ended : new int[] {1, 3}) {
      Verification.Refused refused = (Verification.Refused) facts(token, ended).verdictAt(CREATED);
      assertEquals(Reason.ENDED_SECRET, refused.reason());
      assertEquals(ended, refused.secretNumber());
    }
    Verification.Refused afterTheEnd =
        (Verification.Refused) facts(token(2, null), 1).verdictAt(CREATED);
    assertEquals(Reason.ENDED_SECRET, afterTheEnd.reason());
    ServiceToken revoked = AccessToken.revoked(token, CREATED, "user:default/ada");
    for (int number = 1; number <= 4; number++) {
      assertEquals(
          Reason.REVOKED,
          ((Verification.Refused) facts(revoked, number).verdictAt(CREATED)).reason(),
          "of the secret " + number);
    }
  }

  @Test
  void tokenThatIsFoundByItsCurrentSecretIsCurrent() {
    ServiceToken token = token(2, previous(1, EXPIRY, false));
    assertTrue(new PresentedToken<>(token, 2).isCurrent(), "the current secret");
    assertFalse(new PresentedToken<>(token, 1).isCurrent(), "the previous secret");
  }
}
