package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState.EarlierRotation;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.TokenFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract of {@link TokenStore} for the secrets of tokens. {@link SecretsOfToken} computes the
 * changes.
 */
public abstract class RotationContract {

  private static final EntityRef OTHERS = Samples.group("others");

  protected static final Duration HOUR = Duration.ofHours(1);
  protected static final Instant ONE = NOON.plus(HOUR);
  protected static final Instant TWO = ONE.plus(HOUR);

  protected TokenStore store;

  /** Returns a store without tokens. */
  protected abstract TokenStore emptyStore() throws Exception;

  @BeforeEach
  void empty() throws Exception {
    store = emptyStore();
  }

  protected SecretsOfToken<?> token(RawToken.Kind kind) {
    return SecretsOfToken.create(store, kind, "ci");
  }

  /**
   * Asserts that {@code actual} contains all valid digests. Each other digest must be that of an
   * ended secret.
   */
  private static void assertDigests(
      SecretsOfToken<?> token, Set<TokenDigest> valid, Set<TokenDigest> actual) {
    assertTrue(actual.containsAll(valid), () -> "" + actual);
    actual.stream()
        .filter(digest -> !valid.contains(digest))
        .forEach(
            digest -> {
              PresentedToken<?> found = token.store().findByDigest(digest).orElseThrow();
              assertEquals(token.id(), found.token().id());
              assertTrue(found.isEnded(), () -> "secret " + found.secretNumber());
            });
  }

  private static <T extends AccessToken> Optional<SecretsChange<T>> result(
      StoredChange<Optional<SecretsChange<T>>> change) {
    return change.result();
  }

  @ParameterizedTest
  @EnumSource
  void rotatedTokenIsFoundByBothSecrets(RawToken.Kind kind) {
    rotatedTokenIsFoundByBothSecrets(token(kind));
  }

  private static <T extends AccessToken> void rotatedTokenIsFoundByBothSecrets(
      SecretsOfToken<T> token) {
    T before = token.token();
    StoredChange<Optional<SecretsChange<T>>> change = token.rotate(ONE, HOUR);
    assertEquals(token.digests(1), change.digests());
    T rotated = result(change).orElseThrow().token();
    assertEquals(rotated, token.token());
    assertEquals(ONE.plus(Duration.ofDays(90)), rotated.expiresAt());
    assertEquals(2, rotated.secrets().number());
    assertEquals(ONE, rotated.secrets().createdAt());
    assertEquals(
        new PreviousSecret(1, before.tokenPrefix(), TWO, false), rotated.secrets().previous());
    assertEquals(new PresentedToken<>(rotated, 2), token.presented(2));
    assertEquals(new PresentedToken<>(rotated, 1), token.presented(1));
    TokenFacts previous = token.presented(1).facts(List.of());
    assertTrue(previous.accepted().secret().previous(), () -> "" + previous);
    assertEquals(TWO, previous.accepted().expiresAt());
    assertFalse(previous.secretEnded(), () -> "" + previous);
    TokenFacts current = token.presented(2).facts(List.of());
    assertFalse(current.accepted().secret().previous(), () -> "" + current);
    assertEquals(rotated.expiresAt(), current.accepted().expiresAt());
    Set<TokenDigest> digests = token.digests(1, 2, 3);
    assertEquals(
        Map.of(
            token.digest(1), new PresentedToken<>(rotated, 1),
            token.digest(2), new PresentedToken<>(rotated, 2)),
        token.store().findByDigests(digests));
    assertEquals(
        Map.of(token.digest(1), new PresentedToken<>(rotated, 1)),
        token.store().findByDigests(token.digests(1)));
    assertEquals(Optional.of(token.digest(2)), token.store().digest(token.id()));
    assertEquals(token.digests(1, 2), token.store().digests(Set.of(token.id(), UUID.randomUUID())));
    assertEquals(AuditEvent.Type.ROTATED, token.auditLog().get(0));
  }

  @Test
  void tokensInTheirGracePeriodAreListedByItsEnd() {
    SecretsOfToken<ServiceToken> later = SecretsOfToken.service(store, "later");
    SecretsOfToken<ServiceToken> sooner = SecretsOfToken.service(store, "sooner");
    SecretsOfToken<ServiceToken> other =
        SecretsOfToken.of(
            store,
            Samples.put(
                store, Samples.token("other", OTHERS, NOON, NOON.plus(Duration.ofDays(90)))));
    SecretsOfToken<ServiceToken> ended = SecretsOfToken.service(store, "ended");
    SecretsOfToken<ServiceToken> revoked = SecretsOfToken.service(store, "revoked");
    SecretsOfToken.service(store, "never-rotated");
    SecretsOfToken.personal(store, "personal").rotate(ONE, HOUR);
    later.rotate(ONE, HOUR.multipliedBy(3));
    sooner.rotate(ONE, HOUR.multipliedBy(2));
    other.rotate(ONE, HOUR);
    ended.rotate(ONE, HOUR);
    ended.rotate(ONE, Duration.ZERO);
    revoked.rotate(ONE, HOUR);
    Samples.revoke(store, revoked.id(), ONE);
    assertEquals(List.of("other", "sooner", "later"), inGracePeriod(Optional.empty(), ONE, 10));
    assertEquals(List.of("other", "sooner"), inGracePeriod(Optional.empty(), ONE, 2));
    Set<EntityRef> platform = Set.of(Samples.PLATFORM);
    assertEquals(List.of("sooner", "later"), inGracePeriod(Optional.of(platform), ONE, 10));
    assertEquals(List.of(), inGracePeriod(Optional.of(Set.of()), ONE, 10));
    assertEquals(List.of("sooner", "later"), inGracePeriod(Optional.empty(), TWO, 10));
    assertEquals(
        List.of(later.token()), store.reports().inGracePeriod(Optional.empty(), TWO.plus(HOUR), 9));
    assertEquals(Set.of("other", "sooner", "later"), rotating(ONE));
    assertEquals(Set.of("sooner", "later"), rotating(TWO));
  }

  private Set<String> rotating(Instant now) {
    TokenPage page =
        store.list(
            new TokenQuery(Samples.rotating(), TokenOrder.NEWEST_FIRST, Optional.empty(), 0, 10),
            now);
    assertEquals(page.tokens().size(), page.total().count());
    return page.tokens().stream().map(ServiceToken::name).collect(Collectors.toSet());
  }

  private List<String> inGracePeriod(Optional<Set<EntityRef>> groups, Instant now, int limit) {
    return store.reports().inGracePeriod(groups, now, limit).stream()
        .map(ServiceToken::name)
        .toList();
  }

  @Test
  void secretsOfOneKindAreUnknownToTheOtherStore() {
    SecretsOfToken<ServiceToken> service = SecretsOfToken.service(store, "ci");
    SecretsOfToken<PersonalToken> personal = SecretsOfToken.personal(store, "ci");
    service.rotate(ONE, HOUR);
    personal.rotate(ONE, HOUR);
    assertEquals(Map.of(), store.findByDigests(personal.digests(1, 2)));
    assertEquals(Map.of(), store.personal().orElseThrow().findByDigests(service.digests(1, 2)));
  }

  @ParameterizedTest
  @EnumSource
  void furtherRotationEndsTheOlderSecret(RawToken.Kind kind) {
    SecretsOfToken<?> token = token(kind);
    token.rotate(ONE, HOUR.multipliedBy(9));
    assertEquals(token.digests(1, 2), token.rotate(ONE.plusSeconds(1), HOUR).digests());
    assertTrue(token.presented(1).isEnded(), "the oldest secret");
    assertTrue(token.presented(1).facts(List.of()).secretEnded(), "facts of the oldest secret");
    assertFalse(token.presented(2).isEnded(), "the previous secret");
    assertTrue(token.presented(3).isCurrent(), "the newest secret");
    assertDigests(token, token.digests(2, 3), token.store().digests(Set.of(token.id())));
    PreviousSecret previous = token.token().secrets().previous();
    assertEquals(2, previous == null ? 0 : previous.number());
  }

  @ParameterizedTest
  @EnumSource
  void rotationWithoutGraceEndsTheFormerSecret(RawToken.Kind kind) {
    SecretsOfToken<?> token = token(kind);
    assertEquals(token.digests(1), token.rotate(ONE, Duration.ZERO).digests());
    assertTrue(token.presented(1).isEnded(), "the previous secret");
    assertNull(token.token().secrets().previous());
    assertDigests(token, token.digests(2), token.store().digests(Set.of(token.id())));
    assertDigests(token, token.digests(2), token.rotate(TWO, Duration.ZERO).digests());
    assertTrue(token.presented(1).isEnded(), "the oldest secret");
    assertTrue(token.presented(2).isEnded(), "the previous secret");
  }

  @ParameterizedTest
  @EnumSource
  void endOfThePreviousSecretIsStoredOnce(RawToken.Kind kind) {
    endOfThePreviousSecretIsStoredOnce(token(kind));
  }

  private static <T extends AccessToken> void endOfThePreviousSecretIsStoredOnce(
      SecretsOfToken<T> token) {
    assertEquals(
        Set.of(),
        token.change(null, state -> SecretsChange.none(state.token())).digests(),
        "no secret has ended");
    token.rotate(ONE, HOUR);
    T before = token.token();
    StoredChange<Optional<SecretsChange<T>>> end =
        token.change(null, state -> token.ended(state.token(), ONE));
    assertEquals(token.digests(1, 2), end.digests());
    assertEquals(result(end).orElseThrow().token(), token.token());
    assertEquals(before.expiresAt(), token.token().expiresAt());
    assertTrue(token.presented(1).isEnded(), "the previous secret");
    StoredChange<Optional<SecretsChange<T>>> again =
        token.change(null, state -> token.ended(state.token(), TWO));
    assertTrue(result(again).orElseThrow().isEmpty(), () -> "" + again);
    assertEquals(token.digests(1), again.digests(), "the secret that ended last");
    token.rotate(TWO, Duration.ZERO);
    Set<TokenDigest> ended = token.change(null, state -> token.ended(state.token(), TWO)).digests();
    assertTrue(ended.contains(token.digest(2)), "the secret that ended last");
    assertFalse(ended.contains(token.digest(3)), "a valid secret");
    assertEquals(
        List.of(
            AuditEvent.Type.ROTATED,
            AuditEvent.Type.PREVIOUS_SECRET_ENDED,
            AuditEvent.Type.ROTATED),
        token.auditLog().subList(0, 3));
  }

  @ParameterizedTest
  @EnumSource
  void endByTimeIsRecordedOnceAfterAMinute(RawToken.Kind kind) {
    SecretsOfToken<?> token = token(kind);
    SecretsOfToken<?> longer = SecretsOfToken.create(store, kind, "longer");
    token.rotate(ONE, HOUR);
    longer.rotate(ONE, HOUR.multipliedBy(2));
    assertEquals(List.of(), store.maintain(TWO.plusSeconds(59)));
    assertFalse(token.presented(1).isEnded(), "not recorded yet");
    List<AuditEvent> events = store.maintain(TWO.plusSeconds(60));
    assertEquals(1, events.size(), () -> "" + events);
    assertEquals(token.id(), events.get(0).tokenId());
    assertEquals("time", events.get(0).metadata().get(AuditEvent.BY));
    assertEquals(events.get(0), token.store().auditLog(token.id(), 0, 1).items().get(0));
    assertTrue(token.presented(1).isEnded(), "recorded");
    assertNull(token.token().secrets().previous());
    assertFalse(longer.presented(1).isEnded(), "the other token");
    assertEquals(List.of(), store.maintain(TWO.plusSeconds(90)));
  }

  @Test
  void endByTimeIsRecordedAfterAnEarlierExpiryOfTheToken() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    token.rotate(ONE, HOUR.multipliedBy(5));
    store.update(
        token.id(),
        found ->
            new TokenUpdate(
                found.changed(found.description(), found.scopes(), TWO, found.limits()),
                token.event(AuditEvent.Type.UPDATED, ONE)));
    assertEquals(TWO, token.token().previousSecretAt(ONE).orElseThrow().expiresAt());
    List<AuditEvent> events = store.maintain(TWO.plusSeconds(60));
    assertEquals(1, events.size(), () -> "" + events);
    assertEquals("time", events.get(0).metadata().get(AuditEvent.BY));
    assertTrue(token.presented(1).isEnded(), "recorded");
  }

  @ParameterizedTest
  @EnumSource
  void endByTimeOfARevokedTokenIsNotReported(RawToken.Kind kind) {
    SecretsOfToken<?> token = token(kind);
    token.rotate(ONE, HOUR);
    token.revoke(ONE);
    assertEquals(List.of(), store.maintain(TWO.plusSeconds(60)));
    assertEquals(AuditEvent.Type.REVOKED, token.auditLog().get(0));
    assertTrue(token.presented(1).facts(List.of()).revoked(), "the previous secret");
  }

  @ParameterizedTest
  @EnumSource
  void revocationCoversBothSecrets(RawToken.Kind kind) {
    SecretsOfToken<?> token = token(kind);
    token.rotate(ONE, Duration.ZERO);
    token.rotate(ONE, HOUR);
    StoredChange<Revocation> done = token.revoke(ONE.plusSeconds(1));
    assertEquals(Revocation.DONE, done.result());
    assertDigests(token, token.digests(2, 3), done.digests());
    for (int number : List.of(1, 2, 3)) {
      assertTrue(token.presented(number).facts(List.of()).revoked(), "secret " + number);
    }
    StoredChange<Revocation> repeated = token.revoke(TWO);
    assertEquals(Revocation.ALREADY_REVOKED, repeated.result());
    assertDigests(token, token.digests(2, 3), repeated.digests());
  }

  @ParameterizedTest
  @EnumSource
  void revocationForAReplacedSecretChangesNothing(RawToken.Kind kind) {
    SecretsOfToken<?> token = token(kind);
    token.rotate(ONE, HOUR);
    assertEquals(new StoredChange<>(Revocation.SECRET_REPLACED, Set.of()), token.revoke(1, ONE));
    assertNull(token.token().revokedAt());
    assertEquals(AuditEvent.Type.ROTATED, token.auditLog().get(0));
    assertEquals(Revocation.DONE, token.revoke(2, ONE).result());
    assertEquals(ONE, token.token().revokedAt());
    assertEquals(Revocation.ALREADY_REVOKED, token.revoke(1, TWO).result());
  }

  @ParameterizedTest
  @EnumSource
  void eventOfARevocationIsCreatedUnderTheLockOfTheToken(RawToken.Kind kind) throws Exception {
    assertWaitsForTheLock(
        kind,
        (token, created) ->
            token
                .store()
                .revoke(
                    token.id(),
                    null,
                    () -> {
                      created.countDown();
                      return Samples.revoked(token.id(), ONE, "leak");
                    }));
  }

  @ParameterizedTest
  @EnumSource
  void eventsOfABulkRevocationAreCreatedUnderTheLockOfTheTokens(RawToken.Kind kind)
      throws Exception {
    assertWaitsForTheLock(
        kind,
        (token, created) -> {
          Function<Set<UUID>, Map<UUID, AuditEvent>> events =
              ids -> {
                created.countDown();
                assertEquals(Set.of(token.id()), ids);
                return Map.of(token.id(), Samples.revoked(token.id(), ONE, "leak"));
              };
          switch (kind) {
            case SERVICE -> store.revokeAll(Set.of(token.id()), events);
            case PERSONAL ->
                store.personal().orElseThrow().revokeAll(token.token().owner(), NOON, events);
          }
        });
  }

  /**
   * Asserts that a revocation creates its event after a change of secrets that already has the lock
   * of the token. The instant of the event is then later than that of the change. A database ends
   * the change if the machine stops meanwhile.
   *
   * @param revocation revokes the token, and counts down the latch when it creates the event
   */
  private void assertWaitsForTheLock(
      RawToken.Kind kind, BiConsumer<SecretsOfToken<?>, CountDownLatch> revocation)
      throws Exception {
    TimeLimits.repeatAfterStop(
        () -> {
          empty();
          SecretsOfToken<?> token = token(kind);
          assertWaitsForTheLock(token, created -> revocation.accept(token, created));
        });
  }

  private static <T extends AccessToken> void assertWaitsForTheLock(
      SecretsOfToken<T> token, Consumer<CountDownLatch> revocation) throws Exception {
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch created = new CountDownLatch(1);
    List<Object> results =
        ConcurrentCalls.run(
            2,
            i ->
                i == 0
                    ? () -> {
                      try {
                        return token.change(
                            null,
                            state -> {
                              locked.countDown();
                              assertFalse(isDone(created, 300), "created before the change");
                              return token.rotated(state.token(), ONE, HOUR, false, ONE);
                            });
                      } finally {
                        locked.countDown(); // otherwise the revocation would wait after a failure
                      }
                    }
                    : () -> {
                      locked.await();
                      revocation.accept(created);
                      return "revoked";
                    });
    assertEquals("revoked", results.get(1), results::toString);
    assertEquals(
        List.of(AuditEvent.Type.REVOKED, AuditEvent.Type.ROTATED), token.auditLog().subList(0, 2));
    assertTrue(token.presented(2).facts(List.of()).revoked(), "the new secret");
  }

  private static boolean isDone(CountDownLatch latch, long millis) {
    try {
      return latch.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void bulkRevocationCoversBothSecrets() {
    SecretsOfToken<ServiceToken> rotated = SecretsOfToken.service(store, "rotated");
    SecretsOfToken<ServiceToken> plain = SecretsOfToken.service(store, "plain");
    rotated.rotate(ONE, HOUR);
    Map<UUID, AuditEvent> events =
        Map.of(
            rotated.id(), Samples.revoked(rotated.id(), TWO, "leak"),
            plain.id(), Samples.revoked(plain.id(), TWO, "leak"));
    Set<TokenDigest> digests = new HashSet<>(rotated.digests(1, 2));
    digests.addAll(plain.digests(1));
    assertEquals(
        new StoredChange<>(
            Map.of(rotated.id(), Revocation.DONE, plain.id(), Revocation.DONE), digests),
        store.revokeAll(events.keySet(), ids -> events));
    assertTrue(rotated.presented(1).facts(List.of()).revoked(), "the previous secret");
  }

  @Test
  void updateCoversBothSecretsAndKeepsTheLifetime() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    token.rotate(ONE, HOUR);
    Instant sooner = ONE.plusSeconds(60);
    StoredChange<Optional<TokenUpdate>> update =
        store.update(
            token.id(),
            found ->
                new TokenUpdate(
                    found.changed("new", found.scopes(), sooner, found.limits()),
                    new AuditEvent(
                        UUID.randomUUID(),
                        token.id(),
                        AuditEvent.Type.UPDATED,
                        "x",
                        Map.of(),
                        ONE)));
    assertEquals(token.digests(1, 2), update.digests());
    assertEquals(update.result().orElseThrow().token(), token.token());
    assertEquals(Duration.ofDays(90), token.token().secrets().lifetime());
    assertEquals(sooner, token.presented(1).facts(List.of()).accepted().expiresAt());
  }

  @ParameterizedTest
  @EnumSource
  void failedChangeOfSecretsChangesNothing(RawToken.Kind kind) {
    failedChangeOfSecretsChangesNothing(token(kind));
  }

  private static <T extends AccessToken> void failedChangeOfSecretsChangesNothing(
      SecretsOfToken<T> token) {
    token.rotate(ONE, HOUR);
    T before = token.token();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            token.change(
                null,
                state -> {
                  throw new IllegalArgumentException("refused");
                }));
    assertEquals(before, token.token());
    assertEquals(
        new StoredChange<>(Optional.empty(), Set.of()),
        token
            .store()
            .changeSecrets(
                UUID.randomUUID(),
                null,
                state -> {
                  throw new AssertionError("there is no token");
                }));
  }

  @ParameterizedTest
  @EnumSource
  void rotationIsRememberedByItsKey(RawToken.Kind kind) {
    rotationIsRememberedByItsKey(token(kind));
  }

  private <T extends AccessToken> void rotationIsRememberedByItsKey(SecretsOfToken<T> token) {
    IdempotencyKey key = new IdempotencyKey("a".repeat(64), "b".repeat(64));
    IdempotencyKey other = new IdempotencyKey("c".repeat(64), "b".repeat(64));
    token.change(
        key,
        state -> {
          assertEquals(Optional.empty(), state.earlier());
          return token.rotated(state.token(), ONE, HOUR, false, ONE);
        });
    token.change(
        other,
        state -> {
          assertEquals(Optional.empty(), state.earlier());
          return SecretsChange.none(state.token());
        });
    StoredChange<Optional<SecretsChange<T>>> repeat =
        token.change(
            key,
            state -> {
              assertEquals(
                  Optional.of(new EarlierRotation(key.request(), 2, ONE)), state.earlier());
              return token.repeated(state.token(), ONE.plusSeconds(5), ONE);
            });
    assertEquals(token.digests(1, 2), repeat.digests());
    assertFalse(token.presented(1).isEnded(), "the previous secret");
    assertTrue(token.presented(2).isEnded(), "the secret that the client did not receive");
    assertTrue(token.presented(3).isCurrent(), "the secret of the repeat");
    assertEquals(Optional.of(new EarlierRotation(key.request(), 3, ONE)), earlier(token, key));
    store.maintain(ONE.plus(Duration.ofHours(25)));
    assertEquals(Optional.of(new EarlierRotation(key.request(), 3, ONE)), earlier(token, key));
    store.maintain(ONE.plus(Duration.ofHours(25)).plusMillis(1));
    assertEquals(Optional.empty(), earlier(token, key));
  }

  private static <T extends AccessToken> Optional<EarlierRotation> earlier(
      SecretsOfToken<T> token, IdempotencyKey key) {
    List<Optional<EarlierRotation>> found = new ArrayList<>();
    token.change(
        key,
        state -> {
          found.add(state.earlier());
          return SecretsChange.none(state.token());
        });
    return found.get(found.size() - 1);
  }

  @ParameterizedTest
  @EnumSource
  void parallelRotationsFollowOneAnother(RawToken.Kind kind) throws Exception {
    SecretsOfToken<?> token = token(kind);
    List<Object> results = ConcurrentCalls.run(20, i -> () -> token.rotate(ONE, HOUR));
    for (Object result : results) {
      assertTrue(result instanceof StoredChange<?>, () -> "" + results);
    }
    assertEquals(21, token.token().secrets().number());
    for (int number = 1; number <= 19; number++) {
      assertTrue(token.presented(number).isEnded(), "secret " + number);
    }
    assertFalse(token.presented(20).isEnded(), "the previous secret");
    assertDigests(token, token.digests(20, 21), token.store().digests(Set.of(token.id())));
    assertEquals(21, token.auditLog().size());
  }

  /** A rotation that was requested before a revocation must not undo the revocation. */
  @ParameterizedTest
  @EnumSource
  void rotationNeverUndoesARevocation(RawToken.Kind kind) throws Exception {
    for (int round = 0; round < 5; round++) {
      rotationNeverUndoesARevocation(SecretsOfToken.create(store, kind, "ci-" + round));
    }
  }

  private static <T extends AccessToken> void rotationNeverUndoesARevocation(
      SecretsOfToken<T> token) throws Exception {
    List<Object> results =
        ConcurrentCalls.run(
            8,
            i ->
                () ->
                    i == 0
                        ? token.revoke(ONE)
                        : token.change(
                            null,
                            state ->
                                state.token().revokedAt() == null
                                    ? token.rotated(state.token(), ONE, HOUR, false, null)
                                    : SecretsChange.none(state.token())));
    assertEquals(ONE, token.token().revokedAt(), () -> "" + results);
    int last = token.token().secrets().number();
    for (int number = 1; number <= last; number++) {
      assertTrue(token.presented(number).facts(List.of()).revoked(), "secret " + number);
    }
    assertEquals(last + 1, token.auditLog().size(), () -> "" + token.auditLog());
    if (!(results.get(0) instanceof StoredChange<?> revocation)) {
      throw new AssertionError("" + results);
    }
    assertEquals(Revocation.DONE, revocation.result());
    assertDigests(
        token, last == 1 ? token.digests(1) : token.digests(last - 1, last), revocation.digests());
  }

  private static TokenUsage accepted(long count, Instant at, String address) {
    return TokenUsage.of(new UsageCount(count, at, address), 0, 0, null, null);
  }

  @ParameterizedTest
  @EnumSource
  void usesCountForTheirSecret(RawToken.Kind kind) {
    SecretsOfToken<?> token = token(kind);
    store.recordUses(Map.of(token.secret(1), accepted(1, NOON, "192.0.2.1")));
    assertEquals(NOON, token.token().secrets().usedAt());
    token.rotate(ONE, Duration.ofDays(2));
    assertNull(token.token().secrets().usedAt(), "the new secret is unused");
    store.recordUses(Map.of(token.secret(1), accepted(2, ONE.plusSeconds(1), "192.0.2.2")));
    assertNull(token.token().secrets().usedAt(), "the new secret is unused");
    store.recordUses(
        Map.of(
            token.secret(1), accepted(3, ONE.plusSeconds(2), "192.0.2.3"),
            token.secret(2), accepted(4, ONE.plusSeconds(3), "192.0.2.4"),
            token.secret(SecretId.UNKNOWN), accepted(5, ONE.plusSeconds(1), "192.0.2.5"),
            token.secret(9), accepted(6, ONE.plusSeconds(1), "192.0.2.6")));
    store.recordUses(Map.of(token.secret(2), accepted(1, ONE.plusSeconds(1), "192.0.2.9")));
    AccessToken used = token.token();
    assertEquals(ONE.plusSeconds(3), used.secrets().usedAt());
    assertEquals(ONE.plusSeconds(3), used.lastUsedAt());
    PreviousSecret previous = previous(used);
    assertEquals(ONE.plusSeconds(2), previous.lastUsedAt());
    assertEquals("192.0.2.3", previous.lastUsedAddress());
    LocalDate day = LocalDate.ofInstant(ONE, ZoneOffset.UTC);
    assertEquals(5, previous.usesOn(day));
    assertEquals(accepted(22, ONE.plusSeconds(3), "192.0.2.4"), token.store().usage(token.id()));
    Instant tomorrow = ONE.plus(Duration.ofDays(1));
    store.recordUses(Map.of(token.secret(1), accepted(7, tomorrow, "192.0.2.7")));
    store.recordUses(Map.of(token.secret(1), accepted(8, ONE.plusSeconds(4), "192.0.2.8")));
    previous = previous(token.token());
    assertEquals(7, previous.usesOn(day.plusDays(1)));
    assertEquals(tomorrow, previous.lastUsedAt());
    assertEquals("192.0.2.7", previous.lastUsedAddress());
    assertEquals(ONE.plusSeconds(3), token.token().secrets().usedAt());
    assertEquals(37, token.store().usage(token.id()).accepted().count());
  }

  private static PreviousSecret previous(AccessToken token) {
    PreviousSecret previous = token.secrets().previous();
    if (previous == null) {
      throw new AssertionError("there is no previous secret");
    }
    return previous;
  }

  private static TokenUsage endedSecret(long count, Instant at) {
    return TokenUsage.of(UsageCount.NONE, 0, 0, 0, count, at, "192.0.2.1");
  }

  @ParameterizedTest
  @EnumSource
  void useOfAnEndedSecretIsReportedOnceADayAndSecret(RawToken.Kind kind) {
    SecretsOfToken<?> token = token(kind);
    String firstPrefix = token.token().tokenPrefix();
    token.rotate(ONE, Duration.ZERO);
    token.rotate(ONE, Duration.ZERO);
    List<AuditEvent> events = store.recordUses(Map.of(token.secret(1), endedSecret(2, TWO)));
    assertEquals(1, events.size(), () -> "" + events);
    AuditEvent event = events.get(0);
    assertEquals(
        new AuditEvent(
            event.id(),
            token.id(),
            AuditEvent.Type.ENDED_SECRET_USED,
            token.token().subject(),
            Map.of(AuditEvent.TOKEN_PREFIX, firstPrefix, AuditEvent.ADDRESS, "192.0.2.1"),
            TWO),
        event);
    assertEquals(event, token.store().auditLog(token.id(), 0, 1).items().get(0));
    assertEquals(
        List.of(), store.recordUses(Map.of(token.secret(1), endedSecret(1, TWO.plusSeconds(9)))));
    assertEquals(
        List.of(token.id()),
        store.recordUses(Map.of(token.secret(2), endedSecret(1, TWO))).stream()
            .map(AuditEvent::tokenId)
            .toList(),
        "another secret");
    Instant tomorrow = TWO.plus(Duration.ofDays(1));
    assertEquals(1, store.recordUses(Map.of(token.secret(1), endedSecret(1, tomorrow))).size());
    assertEquals(
        List.of(), store.recordUses(Map.of(token.secret(1), endedSecret(1, TWO))), "late count");
    assertEquals(
        List.of(),
        store.recordUses(
            Map.of(
                token.secret(SecretId.UNKNOWN),
                endedSecret(1, tomorrow.plus(HOUR)),
                token.secret(9),
                endedSecret(1, tomorrow.plus(HOUR)),
                new SecretId(UUID.randomUUID(), 1),
                endedSecret(1, tomorrow))),
        "unknown secrets");
    assertEquals(8, token.store().usage(token.id()).endedSecret());
    assertNull(token.token().lastUsedAt(), "refused uses are no uses of the token");
  }

  @ParameterizedTest
  @EnumSource
  void reportWithTheDayOfAWrongClockBlocksNoFurtherReport(RawToken.Kind kind) {
    SecretsOfToken<?> token = token(kind);
    token.rotate(ONE, Duration.ZERO);
    Instant wrong = TWO.plus(Duration.ofDays(2));
    for (Instant at : List.of(wrong, TWO)) {
      List<AuditEvent> events = store.recordUses(Map.of(token.secret(1), endedSecret(1, at)));
      assertEquals(List.of(at), events.stream().map(AuditEvent::occurredAt).toList());
    }
    assertEquals(List.of(), store.recordUses(Map.of(token.secret(1), endedSecret(1, TWO))));
    assertEquals(TWO, token.store().usage(token.id()).refused().lastAt());
  }

  @ParameterizedTest
  @EnumSource
  void lastUseWithTheTimeOfAWrongClockIsReplaced(RawToken.Kind kind) {
    SecretsOfToken<?> token = token(kind);
    token.rotate(ONE, Duration.ofDays(9));
    Instant wrong = TWO.plus(Duration.ofDays(2));
    Instant last = TWO.plusSeconds(1);
    store.recordUses(
        Map.of(
            token.secret(1), accepted(1, wrong, "192.0.2.1"),
            token.secret(2), accepted(2, wrong, "192.0.2.2")));
    store.recordUses(
        Map.of(
            token.secret(1), accepted(3, TWO, "192.0.2.3"),
            token.secret(2), accepted(4, last, "192.0.2.4")));
    AccessToken used = token.token();
    assertEquals(last, used.lastUsedAt());
    assertEquals(last, used.secrets().usedAt());
    PreviousSecret previous = previous(used);
    assertEquals(TWO, previous.lastUsedAt());
    assertEquals("192.0.2.3", previous.lastUsedAddress());
    assertEquals(3, previous.usesOn(LocalDate.ofInstant(TWO, ZoneOffset.UTC)));
    assertEquals(accepted(10, last, "192.0.2.4"), token.store().usage(token.id()));
  }

  @Test
  void listsShowThePreviousSecrets() {
    List<ServiceToken> expected = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci-" + i);
      if (i % 2 == 0) {
        token.rotate(ONE, HOUR);
      }
      expected.add(token.token());
    }
    List<ServiceToken> listed = store.list(Samples.everything(50), ONE).tokens();
    assertEquals(Set.copyOf(expected), Set.copyOf(listed));
    assertEquals(
        3, listed.stream().filter(token -> token.secrets().previous() != null).count(), "rotated");
    Set<UUID> ids = new HashSet<>(expected.stream().map(ServiceToken::id).toList());
    assertEquals(Set.copyOf(expected), Set.copyOf(store.find(ids).values()));
    SecretsOfToken<PersonalToken> personal = SecretsOfToken.personal(store, "ci");
    personal.rotate(ONE, HOUR);
    PersonalTokenQuery query =
        new PersonalTokenQuery(personal.token().owner(), Optional.empty(), 0, 50);
    assertEquals(
        List.of(personal.token()), store.personal().orElseThrow().list(query, ONE).items());
  }

  @Test
  void rotatedTokenIsListedWithItsNewStatus() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    Instant expiring = NOON.plus(Duration.ofDays(80));
    store.maintain(expiring);
    token.rotate(expiring, HOUR);
    for (int round = 0; round < 2; round++) {
      for (TokenStatus status : TokenStatus.values()) {
        assertEquals(
            status == TokenStatus.ACTIVE ? 1 : 0,
            store.list(Samples.of(status), expiring).tokens().size(),
            status.text());
      }
      store.maintain(expiring);
    }
  }
}
