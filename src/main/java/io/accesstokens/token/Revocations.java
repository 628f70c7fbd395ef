package io.accesstokens.token;

import io.accesstokens.token.AccessTokenStore.Revocation;
import io.accesstokens.verify.TokenDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
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
  static void awaited(CompletionStage<@Nullable Void> end) {
    try {
      end.toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
