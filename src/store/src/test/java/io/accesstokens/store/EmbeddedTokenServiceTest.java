package io.accesstokens.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.policy.CreationRequest;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.token.service.ServiceTokenServiceBuilder;
import io.accesstokens.token.service.StoreTokenVerifier;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenFacts;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Tests host code that creates, verifies and revokes tokens through a service with default
 * settings.
 */
class EmbeddedTokenServiceTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final EntityRef TEAM = new EntityRef(EntityRef.GROUP, "default", "team");
  private static final EntityRef ADA = new EntityRef(EntityRef.USER, "default", "ada");
  private static final EntityRef LINUS = new EntityRef(EntityRef.USER, "default", "linus");

  private final ServiceTokenService tokenService =
      ServiceTokenService.on(new InMemoryTokenStore(), new Team())
          .clock(Clock.fixed(NOW.plusNanos(999_999), ZoneOffset.UTC)) // truncated to NOW
          .build();

  private static final class Team implements GroupDirectory {
    @Override
    public boolean exists(EntityRef group) {
      return group.equals(TEAM);
    }

    @Override
    public Set<EntityRef> groupsOf(EntityRef user) {
      return user.equals(ADA) ? Set.of(TEAM) : Set.of();
    }
  }

  private static CreationRequest request(long days) {
    return CreationRequest.of("job", "Runs at night", TEAM, List.of("catalog:read"), days);
  }

  @Test
  void memberCreatesVerifiesAndRevokesTokens() {
    Actor ada = tokenService.person(ADA, null);
    CreatedToken issued = tokenService.create(ada, request(7));
    assertEquals(NOW.plus(Duration.ofDays(7)), issued.token().expiresAt());
    Verification.Accepted accepted =
        assertInstanceOf(
            Verification.Accepted.class, tokenService.verifier().verify(issued.rawToken()));
    assertEquals(List.of("catalog:read"), accepted.scopes());
    tokenService.revoke(ada, issued.token().id(), "done");
    assertInstanceOf(Verification.Refused.class, tokenService.verifier().verify(issued.rawToken()));
  }

  @Test
  void permissionThatIsNoScopeAnyMoreIsRemovedFromTheScopes() {
    InMemoryTokenStore store = new InMemoryTokenStore();
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    ServiceTokenService managing =
        ServiceTokenService.on(store, new Team())
            .clock(clock)
            .scopes(ScopeCatalog.defaults().and(ScopeCatalog.tokenManagement()))
            .permissions(new PermissionPolicy(new Grantees(Set.of(ADA), Set.of()), Grantees.NONE))
            .build();
    RawToken rawToken =
        managing
            .create(
                managing.person(ADA, null),
                CreationRequest.of(
                    "job",
                    "Manages tokens",
                    TEAM,
                    List.of(Permissions.SERVICE_READ, "catalog:read"),
                    7L))
            .rawToken();
    StoreTokenVerifier verifier = new StoreTokenVerifier(store, ScopeCatalog.defaults(), clock);
    for (TokenFacts facts :
        List.of(
            verifier.find(rawToken).orElseThrow(),
            verifier.findAll(Set.of(rawToken)).values().iterator().next())) {
      assertEquals(
          List.of("catalog:read"),
          assertInstanceOf(Verification.Accepted.class, facts.verdictAt(NOW)).scopes());
    }
  }

  @Test
  void usersOutsideTheGroupHaveNoPermissions() {
    Actor linus = tokenService.person(LINUS, null);
    assertThrows(PermissionDeniedException.class, () -> tokenService.create(linus, request(7)));
    assertEquals(
        List.of(),
        tokenService.permissionsOf(linus).stream()
            .filter(permission -> permission.contains("service"))
            .toList());
  }

  @Test
  void maximumLifetimeIsOneYearByDefault() {
    Actor ada = tokenService.person(ADA, null);
    tokenService.create(ada, request(365));
    assertThrows(InvalidRequestException.class, () -> tokenService.create(ada, request(366)));
    ServiceTokenServiceBuilder builder =
        ServiceTokenService.on(new InMemoryTokenStore(), new Team());
    assertThrows(IllegalArgumentException.class, () -> builder.lifetimeDays(30, 31));
    ServiceTokenService month = builder.lifetimeDays(30, 30).build();
    assertThrows(InvalidRequestException.class, () -> month.create(ada, request(31)));
  }
}
