package io.accesstokens.token.service;

import io.accesstokens.token.Actor;
import io.accesstokens.token.AlreadyRevokedException;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.directory.UserDirectory.Presence;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.query.TokenUser;
import io.accesstokens.token.query.TokenUserQuery;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.revocation.UserRevocationRequest;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The use cases of administrators with {@link Permissions#USER_ADMIN} on the personal tokens of any
 * user: list, get, audit and revoke. They can also list the users who have tokens. Administrators
 * cannot create personal tokens for users, and never see a raw token.
 *
 * <p>Each method throws {@link PermissionDeniedException} if the actor lacks this permission, and
 * {@link StoreUnavailableException} if the store cannot be reached.
 */
public final class UserTokenAdministration {

  /** Maximum number of users whose presence one call looks up. */
  private static final int MAX_LOOKUPS = TokenQuery.MAX_LIMIT;

  /** Time after which one call begins no further look-up. */
  static final Duration LOOKUP_BUDGET = Duration.ofSeconds(2);

  private final PersonalTokenStore store;
  private final UserDirectory directory;
  private final PermissionCheck access;
  private final TokenChangeService changes;
  private final UserSessions sessions;
  private final Duration lookupBudget;

  /**
   * Creates an instance.
   *
   * @param sessions ends the browser sessions of users
   * @param lookupBudget the time after which one call begins no further look-up
   */
  UserTokenAdministration(
      PersonalTokenStore store,
      UserDirectory directory,
      PermissionCheck access,
      TokenChangeService changes,
      UserSessions sessions,
      Duration lookupBudget) {
    this.store = store;
    this.directory = directory;
    this.access = access;
    this.changes = changes;
    this.sessions = sessions;
    this.lookupBudget = lookupBudget;
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
    changes.revoke(store, actor, id, Map.of(AuditEvent.REASON, checkedReason));
  }

  /**
   * Ends the browser sessions of a user, and then revokes all live personal tokens of this user.
   * This includes tokens that the user creates at the same time as this call. After this method, no
   * process accepts these sessions and tokens in a request that begins later. The guarantee
   * includes tokens that were revoked before. The audit log of each token records the actor. The
   * session of the actor continues.
   *
   * <p>A user who can still sign in can create new tokens afterwards. A request that began before
   * the end of its session can still create a token.
   *
   * <p>If the store fails, the sessions may have ended and some tokens may be revoked. The caller
   * can repeat the call.
   *
   * @return the tokens that this call revoked; none if the user has no live tokens or does not
   *     exist
   * @throws InvalidRequestException if a field is invalid; nothing was changed
   */
  public RevokedUser revokeAll(Actor actor, UserRevocationRequest request) {
    requirePermission(actor);
    UserRevocationRequest.Checked checked = request.check();
    // A session must not create a token after the revocation.
    sessions.endAllOf(checked.user(), actor);
    return new RevokedUser(
        checked.user(),
        changes.revokeAll(
            store, actor, checked.user(), Map.of(AuditEvent.REASON, checked.reason())));
  }

  /**
   * The result of {@link #revokeAll}.
   *
   * @param tokens the ids of the tokens that the call revoked
   */
  public record RevokedUser(EntityRef user, Set<UUID> tokens) {}

  /**
   * A user with live personal tokens.
   *
   * @param isGone true if the directory reports that the user has left or is locked out; false if
   *     the user is present, or if the directory was not asked or does not know
   */
  public record ListedUser(TokenUser user, boolean isGone) {}

  /**
   * A page of users with live personal tokens, in the order of their refs.
   *
   * @param next the user after whom the next page begins; null on the last page
   */
  public record UserPage(List<ListedUser> users, @Nullable EntityRef next) {}

  /**
   * Returns a page of the users with live personal tokens. Looks up at least the first user in the
   * directory. Begins no further look-up after about 2 seconds, or after a look-up without a
   * result. For the remaining users, {@code isGone} is false.
   *
   * @param now a token counts as live if it is live at this instant
   */
  public UserPage users(Actor actor, TokenUserQuery query, Instant now) {
    requirePermission(actor);
    List<TokenUser> found = store.users(query.withLimit(query.limit() + 1), now);
    List<ListedUser> users = new ArrayList<>();
    boolean isKnown = true;
    long start = System.nanoTime();
    for (TokenUser user : found.subList(0, Math.min(found.size(), query.limit()))) {
      // A slow directory can take seconds for each user.
      isKnown = isKnown && (users.isEmpty() || !isLate(start));
      Presence presence = isKnown ? directory.presence(user.user()) : Presence.UNKNOWN;
      isKnown = presence != Presence.UNKNOWN;
      users.add(new ListedUser(user, presence == Presence.GONE));
    }
    boolean isLast = users.isEmpty() || found.size() <= query.limit();
    return new UserPage(users, isLast ? null : users.get(users.size() - 1).user().user());
  }

  /**
   * Returns the users with live personal tokens whom the directory reports as gone. Looks up at
   * least one user and at most {@value TokenQuery#MAX_LIMIT} users. Begins no further look-up after
   * about 2 seconds. Therefore, a page that is not the last page can have fewer users than the
   * limit of the query.
   *
   * @param now a token counts as live if it is live at this instant
   * @throws DirectoryUnavailableException if the directory cannot determine the presence of a user
   */
  public UserPage goneUsers(Actor actor, TokenUserQuery query, Instant now) {
    requirePermission(actor);
    List<TokenUser> found = store.users(query.withLimit(MAX_LOOKUPS + 1), now);
    List<ListedUser> gone = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < found.size() && gone.size() < query.limit(); i++) {
      if (i == MAX_LOOKUPS || (i > 0 && isLate(start))) {
        return new UserPage(gone, found.get(i - 1).user());
      }
      if (isGone(found.get(i).user())) {
        gone.add(new ListedUser(found.get(i), true));
      }
    }
    boolean isLast = gone.size() < query.limit() || gone.isEmpty();
    return new UserPage(gone, isLast ? null : gone.get(gone.size() - 1).user().user());
  }

  private boolean isLate(long start) {
    return System.nanoTime() - start >= lookupBudget.toNanos();
  }

  private boolean isGone(EntityRef user) {
    return switch (directory.presence(user)) {
      case PRESENT -> false;
      case GONE -> true;
      case UNKNOWN ->
          throw new DirectoryUnavailableException(
              "it cannot be determined which users have left", null);
    };
  }

  /** Returns the number of users with live personal tokens that match a query. */
  public BoundedCount countUsers(Actor actor, TokenUserQuery query, Instant now) {
    requirePermission(actor);
    return store.countUsers(query, now);
  }

  /**
   * Returns a page of a personal token's audit events. The token can belong to any user.
   *
   * @throws TokenNotFoundException if no token has this id
   */
  public Page<AuditEvent> auditLog(Actor actor, UUID id, long offset, int limit) {
    requirePermission(actor);
    find(id);
    return store.auditLog(id, offset, limit);
  }

  private PersonalToken find(UUID id) {
    return store.find(id).orElseThrow(TokenNotFoundException::new);
  }

  private void requirePermission(Actor actor) {
    var unused = access.require(actor, Permissions.USER_ADMIN);
  }
}
