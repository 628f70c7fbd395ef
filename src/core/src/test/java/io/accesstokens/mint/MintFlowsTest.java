package io.accesstokens.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.session.SessionKey;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.store.memory.InMemoryMintFlowStore;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.token.Actor;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.policy.ChangeLimit;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.token.policy.PersonalCreationRequest;
import io.accesstokens.token.policy.SignInAge;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.EntityRef;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MintFlowsTest {

  private static final WebOrigin PORTAL = new WebOrigin("https", "portal.example", 443);
  private static final OneTimeCode UNKNOWN = OneTimeCode.random(new SecureRandom());

  private Instant now = Instant.now();
  private final PersonalTokenService tokens = tokenService(Clock.systemUTC());
  private final MintFlowStore store = new InMemoryMintFlowStore();
  private final MintFlows flows = new MintFlows(store, tokens, () -> now, new SecureRandom());

  private final SessionCaller dave = session("dave", 'd');

  private static PersonalTokenService tokenService(Clock clock) {
    return ServiceTokenService.on(new InMemoryTokenStore(), new NoGroups())
        .clock(clock)
        .personal(
            PersonalCreationPolicy.of(
                new CreationPolicy(ScopeCatalog.defaults(), 365, 365, List.of(), SignInAge.ANY),
                365,
                30,
                5),
            user -> UserDirectory.Presence.PRESENT,
            ChangeLimit.none())
        .build()
        .personal()
        .orElseThrow();
  }

  /** Contains no group. */
  private static final class NoGroups implements GroupDirectory {
    @Override
    public boolean exists(EntityRef group) {
      return false;
    }

    @Override
    public Set<EntityRef> groupsOf(EntityRef user) {
      return Set.of();
    }
  }

  private static SessionCaller session(String user, char key) {
    return new SessionCaller(
        new Actor.Person(
            EntityRef.parseUser(user).orElseThrow(),
            Set.of(),
            Set.of(),
            null,
            UUID.randomUUID(),
            Instant.now()),
        SessionKey.parse(String.valueOf(key).repeat(43)).orElseThrow());
  }

  private MintFlows.StartedFlow start(String name) {
    return flows.start(dave, PersonalCreationRequest.of(name), PORTAL);
  }

  private OneTimeCode allow(MintFlows.StartedFlow started) {
    return flows.decide(dave, started.flow().id(), true).code().orElseThrow();
  }

  private OneTimeCode redeemed(String name) {
    MintFlows.StartedFlow started = start(name);
    return flows.redeem(dave, started.state(), allow(started));
  }

  private static void notFound(org.junit.jupiter.api.function.Executable step) {
    assertThrows(MintFlowNotFoundException.class, step);
  }

  @Test
  void allowedFlowYieldsOneToken() {
    MintFlows.StartedFlow started = start("laptop");
    assertEquals(Optional.of(started.flow()), flows.undecided(started.state()));
    assertEquals(started.flow(), flows.undecided(dave, started.flow().id()));
    OneTimeCode code = allow(started);
    assertEquals(Optional.empty(), flows.undecided(started.state()));
    notFound(() -> flows.decide(dave, started.flow().id(), true));
    notFound(() -> flows.decide(dave, started.flow().id(), false));
    notFound(() -> flows.createToken(dave, code));
    OneTimeCode tokenCode = flows.redeem(dave, started.state(), code);
    notFound(() -> flows.redeem(dave, started.state(), code));
    notFound(() -> flows.redeemForToken(dave.person(), code, started.verifier()));
    notFound(() -> flows.redeem(dave, started.state(), tokenCode));
    assertEquals("laptop", flows.createToken(dave, tokenCode).token().name());
    notFound(() -> flows.createToken(dave, tokenCode));
  }

  @Test
  void replicaWithASlowClockCreatesATokenWithTheMaximumLifetime() {
    ManualClock clock = new ManualClock();
    MintFlows replicas =
        new MintFlows(new InMemoryMintFlowStore(), tokenService(clock), clock, new SecureRandom());
    PersonalCreationRequest request =
        new PersonalCreationRequest("laptop", null, 365L, null, List.of());
    MintFlows.StartedFlow started = replicas.start(dave, request, PORTAL);
    OneTimeCode code = replicas.decide(dave, started.flow().id(), true).code().orElseThrow();
    OneTimeCode tokenCode = replicas.redeem(dave, started.state(), code);
    clock.shift(Duration.ofSeconds(-5));
    assertEquals(
        clock.instant().plus(Duration.ofDays(365)),
        replicas.createToken(dave, tokenCode).token().expiresAt());
  }

  @Test
  void deniedFlowYieldsNoToken() {
    MintFlows.StartedFlow started = start("laptop");
    assertEquals(Optional.empty(), flows.decide(dave, started.flow().id(), false).code());
    notFound(() -> flows.decide(dave, started.flow().id(), true));
    notFound(() -> flows.deleteDenied(session("dave", 'd'), started.state()));
    flows.deleteDenied(dave, started.state());
    notFound(() -> flows.deleteDenied(dave, started.state()));
  }

  @Test
  void eachStageExpires() {
    MintFlows.StartedFlow slow = start("slow");
    MintFlows.StartedFlow allowed = start("allowed");
    OneTimeCode code = allow(allowed);
    OneTimeCode tokenCode = redeemed("redeemed");
    now = now.plus(MintFlows.CODE_LIFETIME);
    notFound(() -> flows.redeem(dave, allowed.state(), code));
    notFound(() -> flows.redeemForToken(dave.person(), code, allowed.verifier()));
    notFound(() -> flows.createToken(dave, tokenCode));
    now = slow.flow().createdAt().plus(MintFlows.FLOW_LIFETIME).minus(Duration.ofMillis(1));
    flows.maintain();
    assertEquals(Optional.empty(), store.find(allowed.flow().id()));
    assertEquals(Optional.of(slow.flow()), flows.undecided(slow.state()));
    now = now.plusMillis(1);
    assertEquals(Optional.empty(), flows.undecided(slow.state()));
    notFound(() -> flows.decide(dave, slow.flow().id(), true));
  }

  @Test
  void flowOfAFastClockIsInvalidWhenTheClockIsCorrected() {
    Duration ahead = Duration.ofDays(1);
    now = now.plus(ahead);
    MintFlows.StartedFlow undecided = start("undecided");
    MintFlows.StartedFlow denied = start("denied");
    flows.decide(dave, denied.flow().id(), false);
    MintFlows.StartedFlow allowed = start("allowed");
    OneTimeCode code = allow(allowed);
    OneTimeCode tokenCode = redeemed("redeemed");
    now = now.minus(ahead);
    assertEquals(Optional.empty(), flows.undecided(undecided.state()));
    notFound(() -> flows.decide(dave, undecided.flow().id(), true));
    notFound(() -> flows.deleteDenied(dave, denied.state()));
    notFound(() -> flows.redeem(dave, allowed.state(), code));
    notFound(() -> flows.redeemForToken(dave.person(), code, allowed.verifier()));
    notFound(() -> flows.createToken(dave, tokenCode));
  }

  @Test
  void clocksOfReplicasMayDifferByFiveMinutes() {
    now = now.plus(SignInAge.CLOCK_DIFFERENCE);
    MintFlows.StartedFlow started = start("laptop");
    OneTimeCode tokenCode = redeemed("redeemed");
    now = now.minus(SignInAge.CLOCK_DIFFERENCE);
    assertEquals(Optional.of(started.flow()), flows.undecided(started.state()));
    assertEquals("redeemed", flows.createToken(dave, tokenCode).token().name());
  }

  @Test
  void otherSessionsAndUsersCannotContinueAFlow() {
    MintFlows.StartedFlow undecided = start("undecided");
    MintFlows.StartedFlow allowed = start("allowed");
    OneTimeCode code = allow(allowed);
    OneTimeCode tokenCode = redeemed("redeemed");
    SessionCaller sameKeyElsewhere = session("dave", 'd');
    SessionCaller carol =
        new SessionCaller(
            new Actor.Person(
                EntityRef.parseUser("carol").orElseThrow(),
                Set.of(),
                Set.of(),
                null,
                dave.sessionId(),
                Instant.now()),
            dave.key());
    for (SessionCaller other : List.of(sameKeyElsewhere, session("dave", 'e'), carol)) {
      notFound(() -> flows.undecided(other, undecided.flow().id()));
      notFound(() -> flows.decide(other, undecided.flow().id(), true));
      notFound(() -> flows.redeem(other, allowed.state(), code));
      notFound(() -> flows.redeemForToken(other.person(), code, allowed.verifier()));
      notFound(() -> flows.createToken(other, tokenCode));
    }
    flows.decide(dave, undecided.flow().id(), true);
    flows.redeem(dave, allowed.state(), code);
    flows.createToken(dave, tokenCode);
  }

  @Test
  void codeNeedsItsStateOrItsVerifier() {
    MintFlows.StartedFlow first = start("first");
    MintFlows.StartedFlow second = start("second");
    OneTimeCode code = allow(first);
    SessionCaller wrongKey =
        new SessionCaller(dave.person(), SessionKey.parse("x".repeat(43)).orElseThrow());
    notFound(() -> flows.redeem(dave, second.state(), code));
    notFound(() -> flows.redeem(dave, UNKNOWN, code));
    notFound(() -> flows.redeem(dave, first.state(), UNKNOWN));
    notFound(() -> flows.redeem(wrongKey, first.state(), code));
    OneTimeCode plain = OneTimeCode.parse(first.flow().codeChallenge()).orElseThrow();
    for (OneTimeCode wrong : List.of(second.verifier(), UNKNOWN, first.state(), plain)) {
      notFound(() -> flows.redeemForToken(dave.person(), code, wrong));
    }
    assertEquals(
        "first", flows.redeemForToken(dave.person(), code, first.verifier()).token().name());
  }

  @Test
  void secretsAreDerivedFromSessionAndFlow() {
    MintFlows.StartedFlow first = start("first");
    MintFlows.StartedFlow second = start("second");
    assertNotEquals(first.state().reveal(), second.state().reveal());
    assertNotEquals(first.verifier().reveal(), second.verifier().reveal());
    assertNotEquals(first.state().reveal(), first.verifier().reveal());
    assertEquals(
        first.state().reveal(), flows.decide(dave, first.flow().id(), true).state().reveal());
    assertEquals(first.verifier().challenge(), first.flow().codeChallenge());
    // The example of RFC 7636, appendix B.
    assertEquals(
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        OneTimeCode.parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").orElseThrow().challenge());
    assertFalse(String.valueOf(first).contains(first.state().reveal()), () -> "" + first);
  }

  @Test
  void flowContinuesWithARenewedSessionKey() {
    MintFlows.StartedFlow started = start("laptop");
    SessionCaller renewed =
        new SessionCaller(dave.person(), SessionKey.parse("r".repeat(43)).orElseThrow());
    assertEquals(started.flow(), flows.undecided(renewed, started.flow().id()));
    MintFlows.DecidedFlow decided = flows.decide(renewed, started.flow().id(), true);
    OneTimeCode code = decided.code().orElseThrow();
    notFound(() -> flows.redeem(dave, started.state(), code));
    notFound(() -> flows.redeem(dave, decided.state(), code));
    OneTimeCode tokenCode = flows.redeem(renewed, decided.state(), code);
    assertEquals("laptop", flows.createToken(renewed, tokenCode).token().name());
  }

  @Test
  void takenNameIsRejectedAtBothEnds() {
    OneTimeCode tokenCode = redeemed("laptop");
    tokens.create(dave.person(), PersonalCreationRequest.of("laptop"));
    assertThrows(NameTakenException.class, () -> start("laptop"));
    assertThrows(NameTakenException.class, () -> flows.createToken(dave, tokenCode));
    notFound(() -> flows.createToken(dave, tokenCode));
  }

  @Test
  void callerWithoutSessionIsRejected() {
    assertThrows(
        SessionRequiredException.class, () -> new SessionCaller(withoutSession(), dave.key()));
  }

  private Actor.Person withoutSession() {
    return new Actor.Person(dave.person().ref(), Set.of(), null);
  }

  @Test
  void flowWithoutSessionContinuesInTheSessionThatDecides() {
    MintFlows.StartedFlow started =
        flows.startWithoutSession(withoutSession(), PersonalCreationRequest.of("laptop"), PORTAL);
    UUID id = started.flow().id();
    assertEquals(Optional.of(started.flow()), flows.undecided(started.state()));
    notFound(() -> flows.undecided(session("carol", 'c'), id));
    notFound(() -> flows.decide(session("carol", 'c'), id, true));
    notFound(() -> flows.deleteDenied(dave, started.state()));
    MintFlow undecided = flows.undecided(session("dave", 'e'), id);
    assertEquals(started.flow(), undecided);
    assertEquals(PORTAL, undecided.origin());
    assertEquals(PORTAL, undecided.withSession(dave).origin());

    MintFlows.DecidedFlow decided = flows.decide(dave, id, true);
    OneTimeCode code = decided.code().orElseThrow();
    notFound(() -> flows.decide(session("dave", 'e'), id, true));
    notFound(() -> flows.redeem(session("dave", 'd'), decided.state(), code));
    notFound(() -> flows.redeem(dave, started.state(), code));
    notFound(() -> flows.redeemForToken(dave.person(), code, started.verifier()));
    notFound(() -> flows.redeemForToken(withoutSession(), code, dave.verifierOf(id)));
    OneTimeCode tokenCode = flows.redeem(dave, decided.state(), code);
    notFound(() -> flows.createToken(session("dave", 'e'), tokenCode));
    assertEquals("laptop", flows.createToken(dave, tokenCode).token().name());
  }

  @Test
  void callerWithSessionStartsNoFlowWithoutSession() {
    PersonalCreationRequest request = PersonalCreationRequest.of("laptop");
    assertThrows(
        IllegalArgumentException.class,
        () -> flows.startWithoutSession(dave.person(), request, null));
  }
}
