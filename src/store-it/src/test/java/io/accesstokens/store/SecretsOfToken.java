package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenDigest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Changes the secrets of one token in tests of stores. The number of a secret determines its digest
 * and its first characters.
 */
public final class SecretsOfToken<T extends AccessToken> {

  private static final EntityRef DAVE = EntityRef.parseUser("dave").orElseThrow();

  private final AccessTokenStore<T> store;
  private final UUID id;

  private SecretsOfToken(AccessTokenStore<T> store, UUID id) {
    this.store = store;
    this.id = id;
  }

  /** Creates a token of a kind, at {@link Samples#NOON} with a lifetime of 90 days. */
  public static SecretsOfToken<?> create(TokenStore store, RawToken.Kind kind, String name) {
    return switch (kind) {
      case SERVICE -> service(store, name);
      case PERSONAL -> personal(store, name);
    };
  }

  /** Creates a service token of Platform. */
  public static SecretsOfToken<ServiceToken> service(TokenStore store, String name) {
    return new SecretsOfToken<>(store, Samples.put(store, Samples.token(name)).id());
  }

  /** Returns the secrets of a service token that {@link Samples#put} created. */
  public static SecretsOfToken<ServiceToken> of(TokenStore store, ServiceToken token) {
    return new SecretsOfToken<>(store, token.id());
  }

  /** Creates a personal token of Dave. */
  public static SecretsOfToken<PersonalToken> personal(TokenStore store, String name) {
    PersonalToken token =
        new PersonalToken(
            UUID.randomUUID(),
            name,
            "bpat_abcdefg",
            DAVE,
            List.of(),
            NOON,
            NOON.plus(Duration.ofDays(90)),
            null,
            null,
            null);
    AuditEvent minted =
        new AuditEvent(
            UUID.randomUUID(), token.id(), AuditEvent.Type.MINTED, DAVE.toString(), Map.of(), NOON);
    store.personal().orElseThrow().create(token, Samples.digest(token.id()), minted, 1_000);
    return new SecretsOfToken<>(store.personal().orElseThrow(), token.id());
  }

  public AccessTokenStore<T> store() {
    return store;
  }

  public UUID id() {
    return id;
  }

  /** Returns the token as stored. */
  public T token() {
    return store.find(id).orElseThrow();
  }

  public SecretId secret(int number) {
    return new SecretId(id, number);
  }

  public TokenDigest digest(int number) {
    return number == 1
        ? Samples.digest(id)
        : TokenDigest.of(
            ByteBuffer.allocate(TokenDigest.LENGTH)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .putInt(number)
                .array());
  }

  /** Returns the digests of some secrets. */
  public Set<TokenDigest> digests(int... numbers) {
    return IntStream.of(numbers).mapToObj(this::digest).collect(Collectors.toSet());
  }

  /** Returns the token as found by the digest of a secret. */
  public PresentedToken<T> presented(int number) {
    return store.findByDigest(digest(number)).orElseThrow();
  }

  /** Returns the types of all audit events, newest event first. */
  public List<AuditEvent.Type> auditLog() {
    return store.auditLog(id, 0, 100).items().stream().map(AuditEvent::type).toList();
  }

  /** Rotates the token. A grace period of zero ends the previous secret. */
  public StoredChange<Optional<SecretsChange<T>>> rotate(Instant at, Duration grace) {
    return change(null, state -> rotated(state.token(), at, grace, false, at));
  }

  /** Rotates the token. The expiry of the token does not change. */
  public StoredChange<Optional<SecretsChange<T>>> rotateAndKeepExpiry(Instant at, Duration grace) {
    return change(
        null,
        state -> {
          T token = state.token();
          SecretsChange<T> change = rotated(token, at, grace, false, at);
          return new SecretsChange<>(
              AccessToken.withSecrets(
                  token, change.token().tokenPrefix(), token.expiresAt(), change.token().secrets()),
              change.digest(),
              at,
              change.events());
        });
  }

  public StoredChange<Optional<SecretsChange<T>>> change(
      @Nullable IdempotencyKey key, Function<SecretsState<T>, SecretsChange<T>> work) {
    return store.changeSecrets(id, key, work);
  }

  /** Returns the change of a rotation. The lifetime starts again. */
  public SecretsChange<T> rotated(
      T token, Instant at, Duration grace, boolean endsOnFirstUse, @Nullable Instant firstAt) {
    TokenSecrets secrets = token.secrets();
    PreviousSecret previous =
        grace.isZero()
            ? null
            : new PreviousSecret(
                secrets.number(), token.tokenPrefix(), at.plus(grace), endsOnFirstUse);
    return replaced(token, at, previous, at.plus(secrets.lifetime()), firstAt);
  }

  /** Returns the change of a repeated rotation. The previous secret stays the same. */
  public SecretsChange<T> repeated(T token, Instant at, Instant firstAt) {
    return replaced(token, at, token.secrets().previous(), token.expiresAt(), firstAt);
  }

  private SecretsChange<T> replaced(
      T token,
      Instant at,
      @Nullable PreviousSecret previous,
      Instant expiresAt,
      @Nullable Instant firstAt) {
    int number = token.secrets().number() + 1;
    return new SecretsChange<>(
        AccessToken.withSecrets(
            token,
            token.tokenPrefix().substring(0, 5) + "n" + number,
            expiresAt,
            new TokenSecrets(number, at, null, token.secrets().lifetime(), previous)),
        digest(number),
        firstAt,
        List.of(event(AuditEvent.Type.ROTATED, at)));
  }

  /** Returns the change that ends the previous secret. */
  public SecretsChange<T> ended(T token, Instant at) {
    return token.secrets().previous() == null
        ? SecretsChange.none(token)
        : new SecretsChange<>(
            AccessToken.withSecrets(
                token, token.tokenPrefix(), token.expiresAt(), token.secrets().withoutPrevious()),
            null,
            null,
            List.of(event(AuditEvent.Type.PREVIOUS_SECRET_ENDED, at)));
  }

  public StoredChange<AccessTokenStore.Revocation> revoke(Instant at) {
    return revoke(null, at);
  }

  /** Revokes the token if its current secret has this number. Null matches every secret. */
  public StoredChange<AccessTokenStore.Revocation> revoke(@Nullable Integer number, Instant at) {
    return store.revoke(id, number, () -> Samples.revoked(id, at, "leaked"));
  }

  AuditEvent event(AuditEvent.Type type, Instant at) {
    return new AuditEvent(UUID.randomUUID(), id, type, "user:default/alice", Map.of(), at);
  }
}
