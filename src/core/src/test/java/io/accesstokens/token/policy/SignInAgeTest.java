package io.accesstokens.token.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.Actor;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.EntityRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInAgeTest {

  private static final EntityRef PLATFORM = EntityRef.parseGroup("platform").orElseThrow();
  private static final Duration LIMIT = Duration.ofHours(12);

  private final Instant now = Clock.systemUTC().instant();
  private final SignInAge age = new SignInAge(LIMIT);
  private final List<String> denials = new ArrayList<>();

  private static Actor.Person person(@Nullable Instant signedInAt) {
    return new Actor.Person(
        EntityRef.parseUser("carol").orElseThrow(),
        Set.of(PLATFORM),
        Set.of(),
        "192.0.2.14",
        signedInAt == null ? null : UUID.randomUUID(),
        signedInAt);
  }

  @Test
  void signInIsFreshUntilExactlyTheLimit() {
    List<String> write = List.of("catalog:read", "catalog:write");
    assertNull(age.tooOldFor(person(now), write, now));
    assertNull(age.tooOldFor(person(now.minus(LIMIT).plusMillis(1)), write, now));
    assertEquals("catalog:write", age.tooOldFor(person(now.minus(LIMIT)), write, now));
    assertEquals("catalog:write", age.tooOldFor(person(Instant.EPOCH), write, now));
  }

  @Test
  void signInInTheFutureIsFreshOnlyWithinTheDifferenceOfClocks() {
    List<String> write = List.of("catalog:write");
    Instant latest = now.plus(SignInAge.CLOCK_DIFFERENCE);
    assertNull(age.tooOldFor(person(latest), write, now));
    assertEquals("catalog:write", age.tooOldFor(person(latest.plusMillis(1)), write, now));
  }

  @Test
  void readingNeedsNoFreshSignIn() {
    assertNull(age.tooOldFor(person(Instant.EPOCH), List.of("catalog:read", "a:b:read"), now));
    assertNull(age.tooOldFor(person(Instant.EPOCH), List.of(), now));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "catalog:write",
        "scaffolder:execute",
        "access-tokens:service:revoke",
        "access-tokens:introspect",
        "read",
        "catalog:READ",
        "catalog:read-write",
        "catalog:read:all",
        "everything"
      })
  void everyOtherScopeNeedsAFreshSignIn(String scope) {
    assertFalse(SignInAge.isReadOnly(scope), scope);
    assertEquals(scope, age.tooOldFor(person(Instant.EPOCH), List.of(scope), now));
  }

  @Test
  void requestCredentialNeedsNoFreshSignIn() {
    assertNull(age.tooOldFor(person(null), List.of("catalog:write"), now));
  }

  @Test
  void sessionWithoutSignInTimeIsRejected() {
    Actor.Person carol = person(null);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Actor.Person(carol.ref(), Set.of(), Set.of(), null, UUID.randomUUID(), null));
  }

  @Test
  void limitMustBePositiveAndCanBeDisabled() {
    assertThrows(IllegalArgumentException.class, () -> new SignInAge(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> new SignInAge(Duration.ofHours(-1)));
    assertNull(SignInAge.ANY.tooOldFor(person(Instant.EPOCH), List.of("catalog:write"), now));
  }

  @Test
  void everyCreationPathNeedsAFreshSignInAndLogsTheDenial() {
    ServiceTokenService tokenService = tokenService();
    PersonalTokenService personal = tokenService.personal().orElseThrow();
    Actor.Person old = person(Instant.EPOCH);
    Actor.Person fresh = person(now);
    CreationRequest service =
        new CreationRequest(
            "ci", "Builds", "platform", List.of("catalog:write"), null, null, List.of());
    PersonalCreationRequest own =
        new PersonalCreationRequest("laptop", List.of("catalog:write"), null, null, List.of());

    FreshSignInRequiredException thrown =
        assertThrows(FreshSignInRequiredException.class, () -> tokenService.create(old, service));
    assertEquals(
        "the sign-in of this session is older than " + LIMIT.toHours() + " h: sign in again",
        thrown.getMessage());
    assertThrows(FreshSignInRequiredException.class, () -> personal.create(old, own));
    assertThrows(FreshSignInRequiredException.class, () -> personal.propose(old, own));
    assertThrows(
        FreshSignInRequiredException.class,
        () -> personal.requireFreshSignIn(old, List.of("catalog:write")));
    assertEquals(
        List.of(
            "catalog:write fresh-sign-in",
            "catalog:write fresh-sign-in",
            "catalog:write fresh-sign-in",
            "catalog:write fresh-sign-in"),
        denials);
    Instant listed = tokenService.now();
    assertEquals(
        0,
        tokenService
            .list(
                old,
                new TokenQuery(
                    TokenFilter.liveOf(PLATFORM),
                    TokenOrder.NEWEST_FIRST,
                    java.util.Optional.empty(),
                    0,
                    0),
                listed)
            .total()
            .count());

    personal.create(old, PersonalCreationRequest.of("reads"));
    personal.create(fresh, own);
    assertEquals(List.of("catalog:write"), tokenService.create(fresh, service).token().scopes());
  }

  private ServiceTokenService tokenService() {
    InMemoryTokenStore store = new InMemoryTokenStore();
    CreationPolicy policy = new CreationPolicy(ScopeCatalog.defaults(), 365, 365, List.of(), age);
    return ServiceTokenService.on(store, new OneGroup())
        .signInAge(age)
        .personal(
            PersonalCreationPolicy.of(policy, 365, 30, 5),
            user -> UserDirectory.Presence.PRESENT,
            ChangeLimit.none())
        .auditListener(
            new AuditListener() {
              @Override
              public void recorded(AuditEvent event, Actor actor) {}

              @Override
              public void denied(Actor actor, String permission, String rule) {
                denials.add(permission + ' ' + rule);
              }
            })
        .build();
  }

  /** Contains one group, and every user is a member of it. */
  private static final class OneGroup implements GroupDirectory {
    @Override
    public boolean exists(EntityRef group) {
      return group.equals(PLATFORM);
    }

    @Override
    public Set<EntityRef> groupsOf(EntityRef user) {
      return Set.of(PLATFORM);
    }
  }
}
