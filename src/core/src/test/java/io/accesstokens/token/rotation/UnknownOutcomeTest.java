package io.accesstokens.token.rotation;

import static io.accesstokens.token.rotation.RotatingService.ADA;
import static io.accesstokens.token.rotation.RotationRequests.grace;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.Verification.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests a change whose outcome is unknown, because the connection breaks at the commit. */
class UnknownOutcomeTest {

  private final RotatingService service = new RotatingService();
  private final CreatedToken created = service.create(30);
  private final List<RawToken> secrets = new ArrayList<>(List.of(created.rawToken()));
  private final TokenChangeService changes =
      new TokenChangeService(
          service.barrier, service.log, service.clock, new UuidGenerator(new Random(1)));

  @AfterEach
  void close() {
    service.close();
  }

  /**
   * Returns a store that rotates the token just before the revocation, and loses the response to
   * the revocation.
   */
  private TokenStore store() {
    return TestDouble.around(
        TokenStore.class,
        service.store,
        call -> {
          boolean revokes = call.name().equals("revoke");
          if (revokes) {
            RotatedToken<ServiceToken> rotated =
                service.rotations.rotate(ADA, created.token().id(), grace(3600));
            secrets.add(rotated.rawToken());
            secrets.forEach(service::assertAccepted); // caches the facts
          }
          Object result = call.proceed();
          if (revokes) {
            throw new StoreUnavailableException("connection lost", null);
          }
          return result;
        });
  }

  @Test
  void secretsOfARotationJustBeforeAreEvicted() {
    service.assertAccepted(created.rawToken());
    assertThrows(
        StoreUnavailableException.class,
        () -> changes.revoke(store(), ADA, created.token().id(), Map.of()));
    assertEquals(2, secrets.size());
    for (RawToken secret : secrets) {
      service.assertRefused(Reason.REVOKED, secret);
    }
  }
}
