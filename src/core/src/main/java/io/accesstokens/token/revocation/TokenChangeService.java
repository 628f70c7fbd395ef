package io.accesstokens.token.revocation;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.Actor;
import io.accesstokens.token.AlreadyRevokedException;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.audit.SafeAuditListener;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Revokes tokens, updates service tokens, and changes the secrets of tokens. Except for {@link
 * #endPreviousSecretWithoutWait}, each method waits until the change is final. The caller must
 * check permissions first.
 */
public record TokenChangeService(
    RevocationBarrier barrier, AuditListener auditListener, Clock clock, UuidGenerator ids) {

  public TokenChangeService {
    auditListener = SafeAuditListener.of(auditListener);
  }

  /**
   * The outcome of a revocation, and the stage to wait for.
   *
   * @param outcome the outcome of the revocation
   * @param completion a stage that completes when the revocation is final; already complete if the
   *     outcome is {@link Revocation#SECRET_REPLACED} or {@link Revocation#NOT_FOUND}
   */
  private record PendingRevocation(Revocation outcome, CompletionStage<@Nullable Void> completion) {

    void check() {
      switch (outcome) {
        case DONE -> {}
        case ALREADY_REVOKED -> throw new AlreadyRevokedException();
        case SECRET_REPLACED -> throw new IllegalStateException("no secret was required");
        case NOT_FOUND -> throw new TokenNotFoundException();
      }
    }
  }

  /**
   * Revokes a token and waits until the revocation is final.
   *
   * @throws TokenNotFoundException if the token does not exist
   * @throws AlreadyRevokedException if the token was revoked before; the earlier revocation is
   *     final when this exception is thrown
   */
  public void revoke(
      AccessTokenStore<?> store, Actor actor, UUID id, Map<String, String> metadata) {
    PendingRevocation pending = start(store, actor, id, null, metadata);
    barrier.await(pending.completion());
    pending.check();
  }

  /**
   * Revokes a token for the bearer of its raw token (RFC 7009), and waits until the revocation is
   * final. The call also succeeds if the token does not exist or was already revoked.
   *
   * @param secretNumber the number of the secret in the raw token
   * @return false if the token was not revoked, because the secret with this number is not the
   *     current secret
   */
  public boolean revokeByBearer(
      AccessTokenStore<?> store, Actor bearer, UUID id, int secretNumber) {
    PendingRevocation pending =
        start(
            store,
            bearer,
            id,
            secretNumber,
            Map.of(AuditEvent.REASON, AuditEvent.REVOKED_BY_BEARER));
    barrier.await(pending.completion());
    return pending.outcome() != Revocation.SECRET_REPLACED;
  }

  /**
   * Waits until the earlier revocation of a token is final. The caller must first read from the
   * store that the token is revoked.
   *
   * @throws StoreUnavailableException if the store cannot be read or does not confirm the
   *     revocation, or if this process ends before the revocation is final or has no thread for the
   *     wait
   */
  public void awaitEarlier(TokenDigest digest) {
    barrier.refresh();
    barrier.await(barrier.applyRepeat(Optional.of(digest)));
  }

  private PendingRevocation start(
      AccessTokenStore<?> store,
      Actor actor,
      UUID id,
      @Nullable Integer secretNumber,
      Map<String, String> metadata) {
    AtomicReference<@Nullable AuditEvent> event = new AtomicReference<>();
    // The store calls this under the lock of the token. Otherwise, the event could be earlier than
    // that of a change for which the revocation has waited.
    Supplier<AuditEvent> revoked =
        () -> {
          AuditEvent created = revoked(id, actor, metadata, clock.instant());
          event.set(created);
          return created;
        };
    StoredChange<Revocation> change =
        evictingOnFailure(store, Set.of(id), () -> store.revoke(id, secretNumber, revoked));
    CompletionStage<@Nullable Void> completion =
        switch (change.result()) {
          case DONE -> barrier.applyChanges(change.digests(), true);
          case ALREADY_REVOKED -> barrier.applyChanges(change.digests(), false);
          case SECRET_REPLACED, NOT_FOUND -> CompletableFuture.completedStage(null);
        };
    AuditEvent written = event.get();
    if (change.result() == Revocation.DONE && written != null) {
      auditListener.recorded(written, actor);
    }
    return new PendingRevocation(change.result(), completion);
  }

  /**
   * Runs a change of tokens. Evicts the tokens from the cache if the change throws an exception,
   * because the store may have committed the change.
   */
  private <R> R evictingOnFailure(AccessTokenStore<?> store, Set<UUID> tokens, Supplier<R> change) {
    Set<TokenDigest> before = store.digests(tokens);
    try {
      return change.get();
    } catch (RuntimeException | Error e) {
      evictKnown(before);
      evictKnown(digestsAfterFailure(store, tokens));
      throw e;
    }
  }

  /**
   * Returns the digests of tokens after a failed change; empty if the store cannot be read. These
   * digests can differ from the digests before the change, because a concurrent rotation can have
   * replaced a secret.
   */
  private static Set<TokenDigest> digestsAfterFailure(AccessTokenStore<?> store, Set<UUID> tokens) {
    try {
      return store.digests(tokens);
    } catch (RuntimeException e) {
      return Set.of(); // the store cannot be read, and the caller reports the first failure
    }
  }

  /**
   * Evicts the tokens with these digests from the cache of this process. Does nothing for an empty
   * set, for which {@link RevocationBarrier#evict} would clear the whole cache.
   */
  private void evictKnown(Set<TokenDigest> digests) {
    if (!digests.isEmpty()) {
      barrier.evict(digests);
    }
  }

  /**
   * Changes a service token and waits until the change is final. If the token already has the
   * requested values, this method waits too. The earlier change to these values may not be final
   * yet.
   *
   * @param work computes the update from the stored token, see {@link TokenStore#update}. If {@code
   *     work} throws an exception, this method throws it.
   * @return the token after the change
   * @throws TokenNotFoundException if the token does not exist
   */
  public ServiceToken update(
      TokenStore store, Actor actor, UUID id, Function<ServiceToken, TokenUpdate> work) {
    StoredChange<Optional<TokenUpdate>> change =
        evictingOnFailure(store, Set.of(id), () -> store.update(id, work));
    TokenUpdate update = change.result().orElseThrow(TokenNotFoundException::new);
    // The repeat of an update also waits for a whole lease. The time since an earlier change is
    // known only for a revocation, which is the last change of a token.
    CompletionStage<@Nullable Void> end = barrier.applyChanges(change.digests(), true);
    AuditEvent updated = update.updated();
    if (updated != null) {
      auditListener.recorded(updated, actor);
    }
    barrier.await(end);
    return update.token();
  }

  /**
   * Changes the secrets of a token and waits until the change is final. If the change is empty,
   * this method waits until the earlier ends of secrets are final.
   *
   * @param work computes the change, see {@link AccessTokenStore#changeSecrets}. If {@code work}
   *     throws an exception, this method throws it.
   * @return the change
   * @throws TokenNotFoundException if the token does not exist
   */
  public <T extends AccessToken> SecretsChange<T> changeSecrets(
      AccessTokenStore<T> store,
      Actor actor,
      UUID id,
      Function<SecretsState<T>, SecretsChange<T>> work) {
    StoredChange<Optional<SecretsChange<T>>> stored =
        evictingOnFailure(store, Set.of(id), () -> store.changeSecrets(id, null, work));
    CompletionStage<@Nullable Void> end = applyCommitted(stored, actor);
    barrier.await(end);
    return stored.result().orElseThrow(TokenNotFoundException::new);
  }

  /**
   * Runs a rotation that the client may repeat, and waits until the rotation is final.
   *
   * @param key identifies the rotation
   * @param work computes the change, see {@link AccessTokenStore#changeSecrets}. If {@code work}
   *     throws an exception, this method throws it.
   * @param steps runs the commit and the response of the rotation
   * @return the change
   * @throws TokenNotFoundException if the token does not exist
   */
  public <T extends AccessToken> SecretsChange<T> changeSecrets(
      AccessTokenStore<T> store,
      Actor actor,
      UUID id,
      IdempotencyKey key,
      Function<SecretsState<T>, SecretsChange<T>> work,
      RotationSteps steps) {
    StoredChange<Optional<SecretsChange<T>>> stored =
        steps.commit(
            () -> evictingOnFailure(store, Set.of(id), () -> store.changeSecrets(id, key, work)));
    CompletionStage<@Nullable Void> end = applyCommitted(stored, actor);
    barrier.await(end, steps::send);
    return stored.result().orElseThrow(TokenNotFoundException::new);
  }

  /**
   * Runs the two steps of a rotation: the commit and the response. Orders these steps with the
   * steps of concurrent requests with the same key.
   */
  public interface RotationSteps {

    /** Runs the transaction of the rotation, and returns its result. */
    <R> R commit(Supplier<R> change);

    /**
     * Runs the action that sends the response to the rotation, when the rotation is final.
     *
     * @throws RuntimeException if the response must not be sent; the client then gets the error
     */
    void send(Runnable response);
  }

  /** Applies a committed change to the cache, and reports its events. */
  private <T extends AccessToken> CompletionStage<@Nullable Void> applyCommitted(
      StoredChange<Optional<SecretsChange<T>>> stored, Actor actor) {
    SecretsChange<T> change = stored.result().orElseThrow(TokenNotFoundException::new);
    CompletionStage<@Nullable Void> end =
        change.isEmpty() && stored.digests().isEmpty()
            ? CompletableFuture.completedStage(null)
            : barrier.applyChanges(stored.digests(), !change.isEmpty());
    change.events().forEach(event -> auditListener.recorded(event, actor));
    return end;
  }

  /** Waits until all earlier changes of a token are final. */
  public void awaitChanges(AccessTokenStore<?> store, UUID id) {
    Set<TokenDigest> digests = store.digests(Set.of(id));
    if (!digests.isEmpty()) {
      barrier.refresh();
      barrier.await(barrier.applyChanges(digests, true));
    }
  }

  /**
   * Ends the previous secret of a token because the current secret was used. Evicts the secrets
   * from the cache of this process. Does not wait until the end of the previous secret is final.
   *
   * @param work computes the change. If the change is empty, the secrets are evicted too, because
   *     the cached facts that caused the call are outdated.
   */
  public <T extends AccessToken> void endPreviousSecretWithoutWait(
      AccessTokenStore<T> store, UUID id, Function<SecretsState<T>, SecretsChange<T>> work) {
    Set<TokenDigest> before = store.digests(Set.of(id));
    StoredChange<Optional<SecretsChange<T>>> stored =
        evictingOnFailure(store, Set.of(id), () -> store.changeSecrets(id, null, work));
    evictKnown(before);
    evictKnown(stored.digests());
    stored.result().ifPresent(change -> change.events().forEach(auditListener::recordedBySystem));
  }

  /**
   * Revokes several tokens in one transaction and waits until all revocations are final.
   *
   * @param tokens existing tokens that the actor may revoke
   * @return the outcome for each token, by token id
   */
  public Map<UUID, Revocation> revokeAll(
      TokenStore store, Actor actor, Set<UUID> tokens, Map<String, String> metadata) {
    Map<UUID, AuditEvent> events = new LinkedHashMap<>();
    StoredChange<Map<UUID, Revocation>> change =
        evictingOnFailure(
            store,
            tokens,
            () -> store.revokeAll(tokens, ids -> revoked(ids, actor, metadata, events)));
    Map<UUID, Revocation> outcomes = change.result();
    CompletionStage<@Nullable Void> completion =
        barrier.applyChanges(change.digests(), outcomes.containsValue(Revocation.DONE));
    report(events, outcomes, actor);
    barrier.await(completion);
    return outcomes;
  }

  /**
   * Revokes all live personal tokens of a user and waits until all revocations are final. If the
   * user has no live token, this method waits too. An earlier revocation of the user's tokens may
   * not be final yet. Each transaction revokes at most {@link RevocationRequest#MAX} tokens.
   *
   * @return the ids of the tokens that this call revoked
   * @throws StoreUnavailableException if the store cannot be reached, or if the outcome is unknown.
   *     Some tokens may then already be revoked. The caller can repeat the call.
   */
  public Set<UUID> revokeAll(
      PersonalTokenStore store, Actor actor, EntityRef owner, Map<String, String> metadata) {
    // This read fails if the store cannot be reached. A later failure clears the whole cache,
    // because its outcome is unknown.
    var unused = store.list(new PersonalTokenQuery(owner, Optional.empty(), 0, 1), clock.instant());
    Set<UUID> revoked = new LinkedHashSet<>();
    Set<TokenDigest> digests = new HashSet<>();
    int found;
    do {
      Map<UUID, Revocation> outcomes = revokeSome(store, actor, owner, metadata, digests);
      outcomes.forEach(
          (id, outcome) -> {
            if (outcome == Revocation.DONE) {
              revoked.add(id);
            }
          });
      found = outcomes.size();
    } while (found == RevocationRequest.MAX);
    barrier.await(barrier.applyChanges(digests, true));
    return revoked;
  }

  private Map<UUID, Revocation> revokeSome(
      PersonalTokenStore store,
      Actor actor,
      EntityRef owner,
      Map<String, String> metadata,
      Set<TokenDigest> digests) {
    Map<UUID, AuditEvent> events = new LinkedHashMap<>();
    StoredChange<Map<UUID, Revocation>> change;
    try {
      change =
          store.revokeAll(owner, clock.instant(), ids -> revoked(ids, actor, metadata, events));
    } catch (RuntimeException | Error e) {
      // The tokens that the transaction may have revoked are not known.
      barrier.evict(Optional.empty());
      throw e;
    }
    evictKnown(change.digests());
    digests.addAll(change.digests());
    report(events, change.result(), actor);
    return change.result();
  }

  private void report(Map<UUID, AuditEvent> events, Map<UUID, Revocation> outcomes, Actor actor) {
    events.forEach(
        (id, event) -> {
          if (outcomes.get(id) == Revocation.DONE) {
            auditListener.recorded(event, actor);
          }
        });
  }

  /**
   * Creates the audit events of revocations, with the current instant.
   *
   * @param events receives the events, by token id
   * @return {@code events}
   */
  private Map<UUID, AuditEvent> revoked(
      Set<UUID> tokens, Actor actor, Map<String, String> metadata, Map<UUID, AuditEvent> events) {
    Instant now = clock.instant();
    tokens.forEach(id -> events.put(id, revoked(id, actor, metadata, now)));
    return events;
  }

  private AuditEvent revoked(UUID id, Actor actor, Map<String, String> metadata, Instant at) {
    return new AuditEvent(ids.next(), id, AuditEvent.Type.REVOKED, actor.getName(), metadata, at);
  }
}
