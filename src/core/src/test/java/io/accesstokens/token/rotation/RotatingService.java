package io.accesstokens.token.rotation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.token.Actor;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.policy.CreationLimit;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.CreationRequest;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.token.policy.PersonalCreationRequest;
import io.accesstokens.token.policy.SignInAge;
import io.accesstokens.token.revocation.RevocationBarrier;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.service.CreatedPersonalToken;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.token.service.StoreTokenVerifier;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.usage.UsageRecorder;
import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.MachineClock;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.Verification;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A service for service tokens and personal tokens, in memory, with a cache and a manual clock. */
final class RotatingService implements AutoCloseable {

  static final EntityRef TEAM = new EntityRef(EntityRef.GROUP, "default", "team");
  static final Actor.Person ADA =
      new Actor.Person(new EntityRef(EntityRef.USER, "default", "ada"), Set.of(TEAM), "192.0.2.1");
  static final String SCOPE = "catalog:read";
  static final int MAX_DAYS = 90;

  final ManualClock clock = new ManualClock();
  final InMemoryTokenStore store;
  final RecordedEvents log = new RecordedEvents();
  final UsageRecorder uses;
  final CachedTokenVerifier verifier;
  final RevocationBarrier barrier;
  final ServiceTokenService service;
  final TokenRotations rotations;

  /** The time to wait until the next change by an actor; empty if there is no limit. */
  Optional<Duration> changeWait = Optional.empty();

  /** The time to wait until the next self-rotation; empty if there is no limit. */
  Optional<Duration> selfRotationWait = Optional.empty();

  /** Collects the events that the audit log receives, and can then fail. */
  static final class RecordedEvents implements AuditListener {
    final List<AuditEvent> events = new CopyOnWriteArrayList<>();
    final List<AuditEvent> systemEvents = new CopyOnWriteArrayList<>();

    /** The denied permissions, and the rules that decided. */
    final List<String> denials = new CopyOnWriteArrayList<>();

    /** A RuntimeException or an Error that each call throws; null if the calls succeed. */
    volatile @Nullable Throwable failure;

    private void fail() {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
    }

    @Override
    public void recorded(AuditEvent event, Actor actor) {
      events.add(event);
      fail();
    }

    @Override
    public void recordedBySystem(AuditEvent event) {
      systemEvents.add(event);
      fail();
    }

    @Override
    public void denied(Actor actor, String permission, String rule) {
      denials.add(permission + " by " + rule);
      fail();
    }
  }

  private record Machine(ManualClock time) implements MachineClock {
    @Override
    public long monotonicNanos() {
      return TimeUnit.MILLISECONDS.toNanos(time.millis());
    }

    @Override
    public long wallMillis() {
      return time.millis();
    }

    @Override
    public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout)
        throws ExecutionException {
      try {
        return result.get(1, TimeUnit.MINUTES); // longer than the machine can stop
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } catch (TimeoutException e) {
        return null;
      }
    }
  }

  private static final class Team implements GroupDirectory {
    @Override
    public boolean exists(EntityRef group) {
      return group.equals(TEAM);
    }

    @Override
    public Set<EntityRef> groupsOf(EntityRef user) {
      return Set.of(TEAM);
    }
  }

  RotatingService() {
    this(RotationPolicy.DEFAULT);
  }

  RotatingService(RotationPolicy policy) {
    this(policy, List.of(), new InMemoryTokenStore());
  }

  RotatingService(RotationPolicy policy, List<CreationLimit> limits, InMemoryTokenStore store) {
    this.store = store;
    uses = new UsageRecorder(store, log, clock);
    ScopeCatalog scopes = ScopeCatalog.defaults();
    MachineClock machine = new Machine(clock);
    verifier =
        new CachedTokenVerifier(
            new StoreTokenVerifier(store, scopes, clock).withPersonalTokens(),
            Lease.unlimited(machine),
            machine,
            new CachedTokenVerifier.Limits(Duration.ofDays(365), 1_000, 4));
    barrier = new RevocationBarrier(store, verifier, null, null);
    service =
        ServiceTokenService.on(store, new Team())
            .scopes(scopes)
            .lifetimeDays(MAX_DAYS, MAX_DAYS)
            .limits(limits)
            .rotations(policy)
            .changeLimit(actor -> changeWait)
            .selfRotationLimit(token -> selfRotationWait)
            .clock(clock)
            .auditListener(log)
            .barrier(barrier)
            .personal(
                PersonalCreationPolicy.of(creation(), MAX_DAYS, 30, 10),
                UserDirectory.UNLISTED,
                user -> Optional.empty())
            .build();
    rotations = service.rotations();
  }

  /** Returns an object that changes secrets of service tokens without checking permissions. */
  SecretService<ServiceToken> secrets(TokenStore of) {
    return new SecretService<>(
        of,
        RawToken.Kind.SERVICE,
        RotationPolicy.DEFAULT,
        changes(),
        service.rawTokenFormat(),
        clock,
        new SecureRandom());
  }

  TokenChangeService changes() {
    return new TokenChangeService(barrier, log, clock, new UuidGenerator(new SecureRandom()));
  }

  private static CreationPolicy creation() {
    return new CreationPolicy(
        ScopeCatalog.defaults(), MAX_DAYS, MAX_DAYS, List.of(), SignInAge.ANY);
  }

  PersonalTokenService personal() {
    return service.personal().orElseThrow();
  }

  /** Returns the current instant as the service sees it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  CreatedToken create(long days) {
    return create(days, "job");
  }

  CreatedToken create(long days, String name) {
    return service.create(
        ADA, CreationRequest.of(name, "Runs at night", TEAM, List.of(SCOPE), days));
  }

  CreatedPersonalToken mint() {
    return personal().create(ADA, PersonalCreationRequest.of("laptop"));
  }

  ServiceToken stored(CreatedToken created) {
    return store.find(created.token().id()).orElseThrow();
  }

  PersonalToken stored(CreatedPersonalToken minted) {
    return store.personal().orElseThrow().find(minted.token().id()).orElseThrow();
  }

  /** Verifies a raw token, and records the use. */
  Verification use(RawToken rawToken) {
    Verification verdict = verifier.verify(rawToken);
    if (verdict instanceof Verification.Accepted accepted) {
      uses.accepted(accepted, ClientInfo.at("192.0.2.7"));
    } else if (verdict instanceof Verification.Refused refused) {
      uses.refused(refused, ClientInfo.at("192.0.2.8"));
    }
    return verdict;
  }

  Verification.Accepted assertAccepted(RawToken rawToken) {
    return assertInstanceOf(Verification.Accepted.class, verifier.verify(rawToken));
  }

  void assertRefused(Verification.Reason reason, RawToken rawToken) {
    assertEquals(
        reason,
        assertInstanceOf(Verification.Refused.class, verifier.verify(rawToken)).reason(),
        "the reason of the refusal");
  }

  /** Returns the types and causes of the audit events of a token, in the order of writing. */
  List<String> auditLog(CreatedToken created) {
    return texts(store.auditLog(created.token().id(), 0, 100).items());
  }

  private static List<String> texts(List<AuditEvent> newestFirst) {
    List<String> texts = new ArrayList<>();
    for (AuditEvent event : newestFirst) {
      String cause = event.metadata().getOrDefault(AuditEvent.BY, "");
      String repeat = event.metadata().containsKey(AuditEvent.RETRY) ? "repeat" : "";
      texts.add(0, (event.type().name() + " " + cause + repeat).strip());
    }
    return texts;
  }

  FirstUseListener firstUseListener() {
    return new FirstUseListener(store, changes(), clock, new UuidGenerator(new SecureRandom()));
  }

  @Override
  public void close() {
    barrier.close();
    store.close();
  }
}
