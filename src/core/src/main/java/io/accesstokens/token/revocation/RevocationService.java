package io.accesstokens.token.revocation;

import io.accesstokens.token.Actor;
import io.accesstokens.token.AlreadyRevokedException;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLog;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.TokenDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Revokes service tokens and personal tokens, changes service tokens, and waits until each change
 * is final. The caller must check permissions first.
 */
public record RevocationService(
    RevocationBarrier barrier, AuditLog log, Clock clock, UuidGenerator ids) {

  /**
   * The outcome of a revocation, and the stage to wait for.
   *
   * @param outcome the outcome of the revocation
   * @param completion a stage that completes when no process accepts the token in a request that
   *     begins later
   */
  private record PendingRevocation(Revocation outcome, CompletionStage<@Nullable Void> completion) {

    void check() {
      switch (outcome) {
        case DONE -> {}
        case ALREADY_REVOKED -> throw new AlreadyRevokedException();
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
    PendingRevocation pending = start(store, actor, id, metadata);
    barrier.await(pending.completion());
    pending.check();
  }

  /**
   * Revokes a token for the bearer of its raw token (RFC 7009), and waits until the revocation is
   * final. The call also succeeds if the token does not exist or was already revoked.
   */
  public void byBearer(AccessTokenStore<?> store, Actor bearer, UUID id) {
    barrier.await(
        start(store, bearer, id, Map.of(AuditEvent.REASON, AuditEvent.REVOKED_BY_BEARER))
            .completion());
  }

  /** Waits until the earlier revocation of a token is final. */
  public void awaitEarlier(TokenDigest digest) {
    barrier.await(barrier.applyRepeat(Optional.of(digest)));
  }

  private PendingRevocation start(
      AccessTokenStore<?> store, Actor actor, UUID id, Map<String, String> metadata) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    AuditEvent revoked =
        new AuditEvent(ids.next(), id, AuditEvent.Type.REVOKED, actor.getName(), metadata, now);
    Optional<TokenDigest> digest = store.digest(id);
    Revocation outcome;
    try {
      outcome = store.revoke(id, actor.getName(), now, revoked);
    } catch (RuntimeException e) {
      barrier.evict(digest); // the token may have been revoked
      throw e;
    }
    CompletionStage<@Nullable Void> completion =
        switch (outcome) {
          case DONE -> barrier.applyChange(digest);
          case ALREADY_REVOKED -> barrier.applyRepeat(digest);
          case NOT_FOUND -> CompletableFuture.completedStage(null);
        };
    if (outcome == Revocation.DONE) {
      log.recorded(revoked, actor);
    }
    return new PendingRevocation(outcome, completion);
  }

  /**
   * Changes a service token and waits until the change is final. This method also waits if the
   * token already has the requested values, because an earlier call may have changed it just
   * before.
   *
   * @param work computes the update from the stored token, see {@link TokenStore#update}. If {@code
   *     work} throws an exception, this method throws it.
   * @return the token after the change
   * @throws TokenNotFoundException if the token does not exist
   */
  public ServiceToken update(
      TokenStore store, Actor actor, UUID id, Function<ServiceToken, TokenUpdate> work) {
    Optional<TokenDigest> digest = store.digest(id);
    TokenUpdate update;
    try {
      update = store.update(id, work).orElseThrow(TokenNotFoundException::new);
    } catch (RuntimeException e) {
      barrier.evict(digest); // the token may have been changed
      throw e;
    }
    // Not applyRepeat: it remembers the time of a revocation, which is the last change of a token.
    CompletionStage<@Nullable Void> end = barrier.applyChange(digest);
    AuditEvent updated = update.updated();
    if (updated != null) {
      log.recorded(updated, actor);
    }
    barrier.await(end);
    return update.token();
  }

  /**
   * Revokes several tokens in one transaction and waits until all revocations are final.
   *
   * @param tokens existing tokens that the actor may revoke
   * @return the outcome for each token, by token id
   */
  public Map<UUID, Revocation> revokeAll(
      TokenStore store, Actor actor, Set<UUID> tokens, Map<String, String> metadata) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Map<UUID, AuditEvent> events = new LinkedHashMap<>();
    for (UUID id : tokens) {
      events.put(
          id,
          new AuditEvent(ids.next(), id, AuditEvent.Type.REVOKED, actor.getName(), metadata, now));
    }
    Map<UUID, TokenDigest> known = store.digests(tokens);
    // If the store does not return every digest, the whole cache is cleared.
    Collection<TokenDigest> digests =
        known.keySet().containsAll(tokens) ? known.values() : List.<TokenDigest>of();
    Map<UUID, Revocation> outcomes;
    try {
      outcomes = store.revokeAll(events, actor.getName(), now);
    } catch (RuntimeException e) {
      barrier.evict(digests); // the tokens may have been revoked
      throw e;
    }
    boolean changed = outcomes.containsValue(Revocation.DONE);
    CompletionStage<@Nullable Void> completion = barrier.applyChanges(digests, changed);
    events.forEach(
        (id, event) -> {
          if (outcomes.get(id) == Revocation.DONE) {
            log.recorded(event, actor);
          }
        });
    barrier.await(completion);
    return outcomes;
  }
}
