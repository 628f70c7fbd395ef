package io.accesstokens.token.service;

import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenEndedException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.ChangeLimit;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.Decision;
import io.accesstokens.token.policy.FreshSignInRequiredException;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.policy.TokenChange;
import io.accesstokens.token.policy.TooManyChangesException;
import io.accesstokens.token.policy.UpdatePolicy;
import io.accesstokens.token.policy.UpdateRequest;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;

/** The use case that changes the properties of a service token. The raw token stays the same. */
public final class TokenUpdates {

  private final TokenStore store;
  private final PermissionCheck access;
  private final CreationPolicy creation;
  private final TokenChangeService changes;
  private final ChangeLimit<String> changeLimit;
  private final Clock clock;
  private final UuidGenerator ids;

  TokenUpdates(
      TokenStore store,
      PermissionCheck access,
      CreationPolicy creation,
      TokenChangeService changes,
      ChangeLimit<String> changeLimit,
      Clock clock,
      UuidGenerator ids) {
    this.store = store;
    this.access = access;
    this.creation = creation;
    this.changes = changes;
    this.changeLimit = changeLimit;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Changes a token. After this method, every process uses the new values in each request that
   * begins later. A request that changes nothing writes nothing, and does not count for the limit.
   *
   * @return the token after the change
   * @throws PermissionDeniedException if the actor lacks the permission to write tokens. If the
   *     change adds a scope or relaxes a limit, also thrown in these cases: the actor may not grant
   *     all scopes of the token; the actor is a token that expires earlier; the actor is a token
   *     whose limits do not cover the new limits.
   * @throws TooManyChangesException if the actor exceeds the limit on changes
   * @throws FreshSignInRequiredException if the change adds a scope or relaxes a limit, and the
   *     actor's sign-in is too old to grant its scopes
   * @throws TokenNotFoundException if the actor can change no token with this id
   * @throws InvalidRequestException if a field is invalid; nothing was changed
   * @throws TokenEndedException if the token is revoked or has expired
   * @throws StoreUnavailableException if the store cannot be reached, or if the outcome of the
   *     change is unknown
   */
  public ServiceToken update(Actor actor, UUID id, UpdateRequest request) {
    Decision decision = access.require(actor, Permissions.SERVICE_WRITE);
    ServiceToken found =
        access.requireWithin(
            store.find(id).orElseThrow(TokenNotFoundException::new), actor, decision);
    // A request that fails here opens no transaction. The store repeats the checks under its lock.
    if (checked(actor, request, found).updated() != null) {
      changeLimit.require(actor.getName());
    }
    return changes.update(store, actor, id, token -> checked(actor, request, token));
  }

  private TokenUpdate checked(Actor actor, UpdateRequest request, ServiceToken token) {
    Instant now = clock.instant();
    TokenStatus status = token.statusAt(now);
    if (status == TokenStatus.REVOKED || status == TokenStatus.EXPIRED) {
      throw new TokenEndedException(status);
    }
    TokenChange change =
        new TokenChange(token, new UpdatePolicy(creation).check(request, token, now));
    if (change.isEmpty()) {
      return TokenUpdate.unchanged(token);
    }
    if (change.widens()) {
      requireGrantable(actor, change.after(), now);
    }
    return new TokenUpdate(
        change.after(),
        new AuditEvent(
            ids.next(),
            token.id(),
            AuditEvent.Type.UPDATED,
            actor.getName(),
            change.metadata(),
            now));
  }

  /**
   * Checks that the actor may create a token with the scopes, the expiry and the limits that the
   * token has after the change.
   */
  private void requireGrantable(Actor actor, ServiceToken token, Instant now) {
    access.requireMayGrant(actor, token.scopes());
    access.requireFreshSignIn(creation.signInAge(), actor, token.scopes(), now);
    access.requireWithinOwnExpiry(actor, token.expiresAt());
    access.requireWithinOwnLimits(actor, token.limits());
  }
}
