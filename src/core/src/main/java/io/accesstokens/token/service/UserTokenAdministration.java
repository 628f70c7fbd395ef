package io.accesstokens.token.service;

import io.accesstokens.token.Actor;
import io.accesstokens.token.AlreadyRevokedException;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.revocation.RevocationService;
import io.accesstokens.token.store.PersonalTokenStore;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The use cases of administrators with {@link Permissions#USER_ADMIN} on the personal tokens of any
 * user: list, get, audit and revoke. Administrators cannot create personal tokens for users, and
 * never see a raw token.
 *
 * <p>Each method throws {@link PermissionDeniedException} if the actor lacks this permission, and
 * {@link StoreUnavailableException} if the store cannot be reached.
 */
public final class UserTokenAdministration {

  private final PersonalTokenStore store;
  private final PermissionCheck access;
  private final RevocationService revocations;

  UserTokenAdministration(
      PersonalTokenStore store, PermissionCheck access, RevocationService revocations) {
    this.store = store;
    this.access = access;
    this.revocations = revocations;
  }

  /**
   * Returns a page of a user's personal tokens. The page is empty if the user has no tokens or does
   * not exist.
   *
   * @param now the instant for which statuses are computed
   */
  public Page<PersonalToken> list(Actor actor, PersonalTokenQuery query, Instant now) {
    requirePermission(actor);
    return store.list(query, now);
  }

  /**
   * Returns a personal token of any user.
   *
   * @throws TokenNotFoundException if no token has this id
   */
  public PersonalToken get(Actor actor, UUID id) {
    requirePermission(actor);
    return find(id);
  }

  /**
   * Revokes a personal token of any user. After this method, no process accepts the token in a
   * request that begins later. The audit log records the actor.
   *
   * @param reason the reason, 1 to 500 code points after trimming; null is invalid
   * @throws InvalidRequestException if the reason is invalid
   * @throws TokenNotFoundException if no token has this id
   * @throws AlreadyRevokedException if the token was already revoked; the earlier revocation is
   *     final when this exception is thrown
   */
  public void revoke(Actor actor, UUID id, @Nullable String reason) {
    requirePermission(actor);
    String checkedReason = CreationPolicy.checkReason(reason);
    find(id);
    revocations.revoke(store, actor, id, Map.of(AuditEvent.REASON, checkedReason));
  }

  /**
   * Returns a page of the audit events of a personal token of any user.
   *
   * @throws TokenNotFoundException if no token has this id
   */
  public Page<AuditEvent> audit(Actor actor, UUID id, long offset, int limit) {
    requirePermission(actor);
    find(id);
    return store.audit(id, offset, limit);
  }

  private PersonalToken find(UUID id) {
    return store.find(id).orElseThrow(TokenNotFoundException::new);
  }

  private void requirePermission(Actor actor) {
    var unused = access.require(actor, Permissions.USER_ADMIN);
  }
}
