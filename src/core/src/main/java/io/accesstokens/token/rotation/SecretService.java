package io.accesstokens.token.rotation;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.Actor;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.CreationPolicy.RequestErrors;
import io.accesstokens.token.policy.GroupLimits;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Replaces and ends the secrets of service tokens or of personal tokens. The caller must check
 * permissions first.
 *
 * <p>After each change, every process uses the new state in each request that begins later.
 *
 * @param <T> the kind of token
 */
public final class SecretService<T extends AccessToken> {

  private final AccessTokenStore<T> store;
  private final RawToken.Kind kind;
  private final RotationPolicy policy;
  private final TokenChangeService changes;
  private final RawTokenFormat format;
  private final Clock clock;
  private final RandomGenerator random;
  private final UuidGenerator ids;
  private final IdempotencyLocks idempotencyLocks = new IdempotencyLocks();

  /**
   * Creates a service for the tokens of a store.
   *
   * @param kind the kind of the tokens in the store
   * @param clock the source of instants, which have whole milliseconds
   * @param random a cryptographically strong source
   */
  public SecretService(
      AccessTokenStore<T> store,
      RawToken.Kind kind,
      RotationPolicy policy,
      TokenChangeService changes,
      RawTokenFormat format,
      Clock clock,
      RandomGenerator random) {
    this.store = store;
    this.kind = kind;
    this.policy = policy;
    this.changes = changes;
    this.format = format;
    this.clock = clock;
    this.random = random;
    this.ids = new UuidGenerator(random);
  }

  /** Returns the rules for rotations. */
  public RotationPolicy policy() {
    return policy;
  }

  /**
   * Gives a token a new secret. The previous secret stays valid during the grace period.
   *
   * @param presentedNumber the number of the secret that authenticated a self-rotation; null for a
   *     rotation by another actor
   * @param check checks that the actor may receive the rotated token, which has the new expiry.
   *     Called under the lock of the token. If {@code check} throws an exception, nothing is
   *     changed, and this method throws the exception.
   * @param expiry computes the new expiry; called under the lock of the token
   * @throws io.accesstokens.token.TokenNotFoundException if the token does not exist
   * @throws io.accesstokens.token.TokenEndedException if the token is revoked or has expired
   * @throws io.accesstokens.token.policy.InvalidRequestException if a field is invalid
   * @throws RotationConflictException if an earlier rotation cannot be repeated, if the current
   *     secret is not the one that the request expects, or if the new secret ended before the
   *     response
   * @throws PreviousSecretPresentedException if a secret that is not current authenticated the
   *     request. Not thrown if the previous secret authenticated a repeat of an earlier rotation
   */
  public RotatedToken<T> rotate(
      Actor actor,
      UUID id,
      RotationRequest request,
      @Nullable Integer presentedNumber,
      Consumer<T> check,
      NewExpiry<T> expiry) {
    RawToken rawToken = format.create(kind, random);
    try {
      IdempotencyKey key = SecretRotation.storedKey(request, actor.getName(), id);
      // The clock is read under the lock of the token. Otherwise, the instant could be earlier than
      // that of a change for which the rotation has waited.
      Function<SecretsState<T>, SecretsChange<T>> work =
          state ->
              new SecretRotation(
                      policy,
                      request,
                      rawToken,
                      actor.getName(),
                      presentedNumber,
                      clock.instant(),
                      ids)
                  .change(state, check, expiry);
      SecretsChange<T> change =
          key == null
              ? changes.changeSecrets(store, actor, id, work)
              : changes.changeSecrets(
                  store,
                  actor,
                  id,
                  key,
                  work,
                  idempotencyLocks.of(key, () -> checkValid(rawToken)));
      return new RotatedToken<>(change.token(), rawToken);
    } catch (RotationConflictException e) {
      // The client may not have received the response to the earlier rotation. It learns of this
      // rotation from the error, so the rotation must be final before the error is sent.
      changes.awaitChanges(store, id);
      throw e;
    }
  }

  /**
   * Checks that the new secret of this rotation is still valid. Another rotation, for example a
   * concurrent request with the same idempotency key, can have ended this secret.
   *
   * @throws RotationConflictException if the secret is no longer valid
   */
  private void checkValid(RawToken rawToken) {
    if (store.findByDigest(rawToken.digest()).filter(PresentedToken::isEnded).isPresent()) {
      throw new RotationConflictException(
          "the token was rotated again, so the new secret of this rotation has ended");
    }
  }

  /**
   * Returns the expiry of the token after the rotation. Without a requested expiry, the token gets
   * its full lifetime again, limited to the current maximum lifetime. If the new expiry is later
   * than the current expiry, the scopes must follow the rules for new tokens.
   *
   * @param now the instant of the rotation
   * @param bounds the limits on new tokens of the owner
   * @return the expiry; null after an error
   */
  public @Nullable Instant expiry(
      RotationRequest request, T token, Instant now, GroupLimits bounds, RequestErrors errors) {
    return SecretRotation.expiry(request, token, now, bounds, errors);
  }

  /**
   * Ends the previous secret of a token.
   *
   * @param reason the reason for the audit log; null for no reason
   * @param expectedPrefix the prefix that the previous secret must have; null for any prefix
   * @throws io.accesstokens.token.TokenNotFoundException if the token does not exist
   * @throws RotationConflictException if the valid previous secret has another prefix; nothing was
   *     changed
   * @throws NoPreviousSecretException if the token has no valid previous secret; every process then
   *     rejects the secrets that were ended earlier
   */
  public void endPreviousSecret(
      Actor actor, UUID id, @Nullable String reason, @Nullable String expectedPrefix) {
    try {
      if (!PreviousSecretEnd.endsValidSecret(end(actor, id, null, reason, expectedPrefix))) {
        throw new NoPreviousSecretException();
      }
    } catch (RotationConflictException e) {
      // The caller may conclude that the secret with the expected prefix has ended.
      changes.awaitChanges(store, id);
      throw e;
    }
  }

  /**
   * Revokes a token for a caller that sent the raw token (RFC 7009). If the raw token has the
   * previous secret, the method ends only this secret. If the secret was already ended, nothing
   * changes. When the method returns, every process rejects the raw token in new requests.
   *
   * @param found the token, and the number of the secret in the raw token. If a rotation has
   *     replaced this secret since the token was read, it counts as the previous secret.
   * @param digest the digest of the raw token
   */
  public void revokeByBearer(Actor bearer, PresentedToken<T> found, TokenDigest digest) {
    UUID id = found.token().id();
    int number = found.secretNumber();
    boolean revokes = found.isCurrent() || found.token().revokedAt() != null;
    if (revokes && changes.revokeByBearer(store, bearer, id, number)) {
      return;
    }
    if (found.isEnded() || end(bearer, id, number, AuditEvent.REVOKED_BY_BEARER, null).isEmpty()) {
      changes.awaitEarlier(digest);
    }
  }

  private SecretsChange<T> end(
      Actor actor,
      UUID id,
      @Nullable Integer number,
      @Nullable String reason,
      @Nullable String expectedPrefix) {
    return changes.changeSecrets(
        store,
        actor,
        id,
        state -> {
          Instant now = clock.instant();
          PreviousSecret previous = state.token().previousSecretAt(now).orElse(null);
          if (expectedPrefix != null
              && previous != null
              && !expectedPrefix.equals(previous.tokenPrefix())) {
            throw new RotationConflictException(
                "the previous secret is not the one that the request expects, so no secret was ended");
          }
          return PreviousSecretEnd.byRequest(
              state.token(), number, actor.getName(), reason, now, ids);
        });
  }
}
