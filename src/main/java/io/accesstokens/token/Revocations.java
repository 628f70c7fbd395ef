package io.accesstokens.token;

import io.accesstokens.token.AccessTokenStore.Revocation;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Revokes tokens of either kind, and tells when that is final. Whether the actor may is found out
 * before.
 */
record Revocations(Finality finality, AuditLog log, Clock clock, Ids ids) {

  /**
   * Revokes a token; the change is made by the calling thread.
   *
   * @return completes when no process accepts the token any more in a request that begins later;
   *     fails with {@link TokenNotFound} or, when that is as final, {@link AlreadyRevoked}
   */
  CompletionStage<@Nullable Void> revoke(
      AccessTokenStore<?> store, Actor actor, UUID id, Map<String, String> metadata) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    AuditEvent revoked =
        new AuditEvent(ids.next(), id, AuditEvent.Type.REVOKED, actor.getName(), metadata, now);
    Optional<TokenDigest> digest = store.digest(id);
    Revocation outcome;
    try {
      outcome = store.revoke(id, actor.getName(), now, revoked);
    } catch (RuntimeException e) {
      finality.forget(digest); // it may have been revoked
      throw e;
    }
    return switch (outcome) {
      case DONE -> {
        CompletionStage<@Nullable Void> end = finality.ofChange(digest);
        log.recorded(revoked, actor);
        yield end;
      }
      case ALREADY_REVOKED ->
          finality
              .ofRepeat(digest)
              .thenCompose(end -> CompletableFuture.failedStage(new AlreadyRevoked()));
      case NOT_FOUND -> CompletableFuture.failedStage(new TokenNotFound());
    };
  }

  /**
   * Revokes several tokens, all in one transaction; the change is made by the calling thread.
   *
   * @param tokens that were found, and that the actor may revoke
   * @return completes with what became of each when no process accepts any of them any more in a
   *     request that begins later
   */
  CompletionStage<Map<UUID, Revocation>> revokeAll(
      TokenStore store, Actor actor, Set<UUID> tokens, Map<String, String> metadata) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Map<UUID, AuditEvent> events = new LinkedHashMap<>();
    for (UUID id : tokens) {
      events.put(
          id,
          new AuditEvent(ids.next(), id, AuditEvent.Type.REVOKED, actor.getName(), metadata, now));
    }
    Map<UUID, TokenDigest> known = store.digests(tokens);
    // Whatever is not said of one of them is forgotten with all the rest.
    Collection<TokenDigest> digests =
        known.keySet().containsAll(tokens) ? known.values() : List.<TokenDigest>of();
    Map<UUID, Revocation> outcomes;
    try {
      outcomes = store.revokeAll(events, actor.getName(), now);
    } catch (RuntimeException e) {
      finality.forget(digests); // they may have been revoked
      throw e;
    }
    boolean changed = outcomes.containsValue(Revocation.DONE);
    CompletionStage<@Nullable Void> end = finality.ofChanges(digests, changed);
    events.forEach(
        (id, event) -> {
          if (outcomes.get(id) == Revocation.DONE) {
            log.recorded(event, actor);
          }
        });
    return end.thenApply(nothing -> outcomes);
  }

  /** The same for the bearer of the raw token (RFC 7009): there may be nothing left to revoke. */
  void byBearer(AccessTokenStore<?> store, Actor bearer, UUID id) {
    awaited(
        revoke(store, bearer, id, Map.of(AuditEvent.REASON, AuditEvent.BY_ITS_BEARER))
            .exceptionallyCompose(Revocations::unlessThereIsNothingToRevoke));
  }

  private static CompletionStage<@Nullable Void> unlessThereIsNothingToRevoke(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException e && e.getCause() != null ? e.getCause() : thrown;
    return cause instanceof AlreadyRevoked || cause instanceof TokenNotFound
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.failedStage(cause);
  }

  /** Waits for the end of a revocation, and throws what it failed with. */
  static <T extends @Nullable Object> T awaited(CompletionStage<T> end) {
    try {
      return end.toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
