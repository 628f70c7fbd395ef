package io.accesstokens.token;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What people with {@link Permissions#USER_ADMIN} can do with the personal tokens of any user: see
 * them and their trails, and revoke them. They cannot make any, and nobody sees a raw token.
 *
 * <p>Each method throws {@link PermissionDeniedException} without that permission, and {@link
 * StoreUnavailableException} when the store is out of reach.
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
   * A page of a user's tokens; empty for a user who has none, or who does not exist.
   *
   * @param now the instant at which statuses are decided
   */
  public PersonalTokenPage list(Actor actor, PersonalTokenQuery query, Instant now) {
    requirePermission(actor);
    return store.list(query, now);
  }

  /**
   * One token of any user's.
   *
   * @throws TokenNotFoundException if there is none of that id
   */
  public PersonalToken get(Actor actor, UUID id) {
    requirePermission(actor);
    return find(id);
  }

  /**
   * Revokes a token of any user's, as finally as its user could; the trail tells who it was.
   *
   * @param reason 1 to 500 code points once trimmed
   * @throws InvalidRequestException if the reason is wrong
   * @throws TokenNotFoundException if there is none of that id
   * @throws AlreadyRevokedException if it was revoked before; that is as final when this is thrown
   */
  public void revoke(Actor actor, UUID id, @Nullable String reason) {
    requirePermission(actor);
    String checkedReason = CreationPolicy.checkReason(reason);
    find(id);
    revocations.revoke(store, actor, id, Map.of(AuditEvent.REASON, checkedReason));
  }

  /**
   * A page of a token's audit events.
   *
   * @throws TokenNotFoundException if there is none of that id
   */
  public AuditPage audit(Actor actor, UUID id, long offset, int limit) {
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
