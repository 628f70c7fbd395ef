package io.accesstokens.token.service;

import io.accesstokens.token.Actor;
import io.accesstokens.token.AlreadyRevokedException;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenEndedException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.audit.SafeAuditListener;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.policy.ChangeLimit;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.Decision;
import io.accesstokens.token.policy.FreshSignInRequiredException;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.token.policy.PersonalCreationRequest;
import io.accesstokens.token.policy.TooManyChangesException;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.revocation.RevocationBarrier;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.rotation.NoPreviousSecretException;
import io.accesstokens.token.rotation.RotatedToken;
import io.accesstokens.token.rotation.RotationConflictException;
import io.accesstokens.token.rotation.RotationPolicy;
import io.accesstokens.token.rotation.RotationRequest;
import io.accesstokens.token.rotation.SecretService;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The use cases of users on their own personal tokens, and the verification of these tokens.
 *
 * <p>Each use case first checks the {@link PermissionPolicy}, then validates the request, then
 * reads or changes the store. All changes of a use case are one transaction. Each use case throws
 * {@link PermissionDeniedException} if the actor lacks the permission, and {@link
 * StoreUnavailableException} if the store cannot be reached.
 *
 * <p>A token of another user is treated as if it did not exist. {@link UserTokenAdministration} has
 * the use cases of administrators.
 */
public final class PersonalTokenService {

  private final PersonalTokenStore store;
  private final GroupDirectory directory;
  private final UserDirectory users;
  private final UserSessions sessions;
  private final PermissionPolicy permissions;
  private final PermissionCheck access;
  private final PersonalCreationPolicy creationPolicy;
  private final SecretService<PersonalToken> secrets;
  private final RawTokenFormat format;
  private final ChangeLimit<EntityRef> changeLimit;
  private final AuditListener auditListener;
  private final Clock clock;
  private final RandomGenerator random;
  private final UuidGenerator ids;
  private final TokenChangeService changes;

  /**
   * Creates the service for personal tokens.
   *
   * @param directory looks up the groups of users
   * @param users looks up whether users are still present
   * @param sessions ends the browser sessions of a user whose tokens are all revoked
   * @param rotationPolicy the rules for rotations
   * @param changeLimit limits the rate at which a user changes personal tokens
   * @param clock the source of instants, which have whole milliseconds
   * @param random a cryptographically strong source
   * @param barrier waits until a revocation is final; the caller must close the barrier
   */
  PersonalTokenService(
      PersonalTokenStore store,
      GroupDirectory directory,
      UserDirectory users,
      UserSessions sessions,
      PermissionPolicy permissions,
      PersonalCreationPolicy creationPolicy,
      RotationPolicy rotationPolicy,
      RawTokenFormat format,
      ChangeLimit<EntityRef> changeLimit,
      AuditListener auditListener,
      Clock clock,
      RandomGenerator random,
      RevocationBarrier barrier) {
    this.store = store;
    this.directory = directory;
    this.users = users;
    this.sessions = sessions;
    this.permissions = permissions;
    this.access = new PermissionCheck(permissions, auditListener);
    this.creationPolicy = creationPolicy;
    this.format = format;
    this.changeLimit = changeLimit;
    this.auditListener = SafeAuditListener.of(auditListener);
    this.clock = clock;
    this.random = random;
    this.ids = new UuidGenerator(random);
    this.changes = new TokenChangeService(barrier, auditListener, clock, ids);
    this.secrets =
        new SecretService<>(
            store, RawToken.Kind.PERSONAL, rotationPolicy, changes, format, clock, random);
  }

  /** Returns the use cases of administrators on the personal tokens of all users. */
  public UserTokenAdministration administration() {
    return new UserTokenAdministration(
        store, users, access, changes, sessions, UserTokenAdministration.LOOKUP_BUDGET);
  }

  /** Returns the scopes that a personal token can have. */
  public ScopeCatalog scopeCatalog(Actor actor) {
    requireUser(actor, Permissions.USER_READ);
    return creationPolicy.basePolicy().scopeCatalog();
  }

  /**
   * Creates a personal token for the caller. The caller must be a user who signed in. A token
   * cannot create a personal token.
   *
   * @throws TooManyChangesException if the user exceeds the limit on changes
   * @throws InvalidRequestException if a field is invalid
   * @throws FreshSignInRequiredException if the caller's sign-in is too old for the scopes
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has the maximum number of unrevoked, unexpired tokens
   */
  public CreatedPersonalToken create(Actor actor, PersonalCreationRequest request) {
    EntityRef owner = requireUser(actor, Permissions.USER_WRITE);
    changeLimit.require(owner);
    Instant now = clock.instant();
    PersonalCreationPolicy.ValidatedRequest validated = creationPolicy.check(request, now);
    access.requireFreshSignIn(
        creationPolicy.basePolicy().signInAge(), actor, validated.scopes(), now);
    RawToken rawToken = format.create(RawToken.Kind.PERSONAL, random);
    PersonalToken token =
        new PersonalToken(
            ids.next(),
            validated.name(),
            rawToken.displayPrefix(),
            owner,
            validated.scopes(),
            now,
            validated.expiresAt(),
            null,
            null,
            null);
    AuditEvent minted =
        new AuditEvent(
            ids.next(), token.id(), AuditEvent.Type.MINTED, actor.getName(), Map.of(), now);
    store.create(token, rawToken.digest(), minted, creationPolicy.maxLive(groupsOf(actor)));
    auditListener.recorded(minted, actor);
    return new CreatedPersonalToken(token, rawToken);
  }

  /**
   * Validates a request for a token that the caller will create later. Returns the validated name,
   * scopes and expiry. This call creates no token, but counts as a change.
   *
   * @throws TooManyChangesException if the user exceeds the limit on changes
   * @throws InvalidRequestException if a field is invalid
   * @throws FreshSignInRequiredException if the caller's sign-in is too old for the scopes
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has the maximum number of unrevoked, unexpired tokens
   */
  public PersonalCreationPolicy.ValidatedRequest propose(
      Actor actor, PersonalCreationRequest request) {
    EntityRef owner = requireUser(actor, Permissions.USER_WRITE);
    changeLimit.require(owner);
    Instant now = clock.instant();
    PersonalCreationPolicy.ValidatedRequest validated = creationPolicy.check(request, now);
    access.requireFreshSignIn(
        creationPolicy.basePolicy().signInAge(), actor, validated.scopes(), now);
    store.requireCreatable(owner, validated.name(), now, creationPolicy.maxLive(groupsOf(actor)));
    return validated;
  }

  /**
   * Creates a personal token that was proposed earlier, possibly in another process. If the clock
   * of that process is ahead, the proposed expiry can be later than the maximum lifetime allows
   * now. The token then gets the maximum lifetime.
   *
   * @param proposed the result of {@link #propose}
   * @throws TooManyChangesException if the user exceeds the limit on changes
   * @throws InvalidRequestException if a field is no longer valid
   * @throws FreshSignInRequiredException if the caller's sign-in is too old for the scopes
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has the maximum number of unrevoked, unexpired tokens
   */
  public CreatedPersonalToken createProposed(
      Actor actor, PersonalCreationPolicy.ValidatedRequest proposed) {
    Duration longest = Duration.ofDays(creationPolicy.bounds().maxLifetimeDays());
    return create(actor, proposed.toRequest(clock.instant().plus(longest)));
  }

  /**
   * Checks that the caller's sign-in is recent enough for a token with these scopes.
   *
   * @throws FreshSignInRequiredException if the sign-in is too old for these scopes
   */
  public void requireFreshSignIn(Actor actor, List<String> scopes) {
    access.requireFreshSignIn(
        creationPolicy.basePolicy().signInAge(), actor, scopes, clock.instant());
  }

  /**
   * Returns a page of the caller's personal tokens.
   *
   * @param status selects only tokens with this status; empty for any status
   * @param offset the number of tokens to skip, not negative
   * @param limit the maximum number of tokens, 0 to {@value TokenQuery#MAX_LIMIT}
   * @param now the instant for which statuses are computed
   */
  public Page<PersonalToken> list(
      Actor actor, Optional<TokenStatus> status, long offset, int limit, Instant now) {
    EntityRef owner = requireUser(actor, Permissions.USER_READ);
    return store.list(new PersonalTokenQuery(owner, status, offset, limit), now);
  }

  /**
   * Returns one of the caller's tokens.
   *
   * @throws TokenNotFoundException if the caller has no token with this id
   */
  public PersonalToken get(Actor actor, UUID id) {
    return find(requireUser(actor, Permissions.USER_READ), id);
  }

  /**
   * Revokes one of the caller's tokens. After this method, no process accepts the token in a
   * request that begins later.
   *
   * @param reason the reason, 1 to 500 code points after trimming; null for no reason
   * @throws TooManyChangesException if the user exceeds the limit on changes
   * @throws InvalidRequestException if the reason is invalid
   * @throws TokenNotFoundException if the caller has no token with this id
   * @throws AlreadyRevokedException if the token was already revoked; the earlier revocation is
   *     final when this exception is thrown
   */
  public void revoke(Actor actor, UUID id, @Nullable String reason) {
    EntityRef owner = requireUser(actor, Permissions.USER_REVOKE);
    changeLimit.require(owner);
    Map<String, String> metadata =
        reason == null ? Map.of() : Map.of(AuditEvent.REASON, CreationPolicy.checkReason(reason));
    find(owner, id);
    changes.revoke(store, actor, id, metadata);
  }

  /**
   * Gives one of the caller's tokens a new secret. The caller must be a user who signed in. The
   * previous secret stays valid during the grace period. After this method, every process uses the
   * new state in each request that begins later.
   *
   * @throws TooManyChangesException if the user exceeds the limit on changes
   * @throws TokenNotFoundException if the caller has no token with this id
   * @throws FreshSignInRequiredException if the caller's sign-in is too old for the scopes
   * @throws InvalidRequestException if a field is invalid; nothing was changed
   * @throws TokenEndedException if the token is revoked or has expired
   * @throws RotationConflictException if an earlier rotation with the same idempotency key cannot
   *     be repeated, if the current secret is not the one that the request expects, or if the new
   *     secret ended before the response
   */
  public RotatedToken<PersonalToken> rotate(Actor actor, UUID id, RotationRequest request) {
    EntityRef owner = requireUser(actor, Permissions.USER_WRITE);
    changeLimit.require(owner);
    PersonalToken found = find(owner, id);
    requireFreshSignIn(actor, found.scopes());
    return secrets.rotate(
        actor,
        id,
        request,
        null,
        token -> {}, // the owner and the scopes of a personal token never change
        (token, now, errors) ->
            secrets.expiry(request, token, now, creationPolicy.bounds(), errors));
  }

  /**
   * Ends the previous secret of one of the caller's tokens. After this method, no process accepts
   * this secret in a request that begins later.
   *
   * @param reason the reason, 1 to 500 code points after trimming; null for no reason
   * @param expectedPrefix the prefix that the previous secret must have; null for any prefix
   * @throws TooManyChangesException if the user exceeds the limit on changes
   * @throws InvalidRequestException if the reason is invalid
   * @throws TokenNotFoundException if the caller has no token with this id
   * @throws RotationConflictException if the valid previous secret has another prefix; nothing was
   *     changed
   * @throws NoPreviousSecretException if the token has no valid previous secret
   */
  public void endPreviousSecret(
      Actor actor, UUID id, @Nullable String reason, @Nullable String expectedPrefix) {
    EntityRef owner = requireUser(actor, Permissions.USER_REVOKE);
    changeLimit.require(owner);
    String checkedReason = reason == null ? null : CreationPolicy.checkReason(reason);
    find(owner, id);
    secrets.endPreviousSecret(actor, id, checkedReason, expectedPrefix);
  }

  /**
   * Returns a page of the audit events of one of the caller's tokens.
   *
   * @throws TokenNotFoundException if the caller has no token with this id
   */
  public Page<AuditEvent> auditLog(Actor actor, UUID id, long offset, int limit) {
    find(requireUser(actor, Permissions.USER_READ), id);
    return store.auditLog(id, offset, limit);
  }

  /**
   * Returns how often one of the caller's tokens was used as a credential, and when. The uses of
   * the last few seconds can be missing.
   *
   * @throws TokenNotFoundException if the caller has no token with this id
   */
  public TokenUsage usage(Actor actor, UUID id) {
    find(requireUser(actor, Permissions.USER_READ), id);
    return store.usage(id);
  }

  /**
   * Records in the audit log that a personal token was exchanged for a short-lived token.
   *
   * @param delegate the verified personal token
   * @param metadata facts about the exchange, without secrets
   * @return true if the exchange was recorded; false if the personal token is revoked or does not
   *     exist. The caller must then not return the short-lived token to the client.
   */
  public boolean recordExchange(Actor.Delegate delegate, Map<String, String> metadata) {
    AuditEvent exchanged =
        new AuditEvent(
            ids.next(),
            delegate.verified().tokenId(),
            AuditEvent.Type.EXCHANGED,
            delegate.getName(),
            metadata,
            clock.instant());
    if (!store.append(exchanged)) {
      return false;
    }
    auditListener.recorded(exchanged, delegate);
    return true;
  }

  /**
   * Returns a raw token that contains only the digest of a personal token. With the result, callers
   * can verify the personal token from which a JWT was derived.
   *
   * @return empty if no token has this id
   */
  public Optional<RawToken> digestOnlyTokenOf(UUID id) {
    return store.digest(id).map(digest -> RawToken.ofDigest(RawToken.Kind.PERSONAL, digest));
  }

  /**
   * Revokes a personal token for a caller that sent the raw token. The rules of {@link
   * ServiceTokenService#revokePresented} apply.
   */
  void revokePresented(RawToken rawToken, @Nullable String clientAddress) {
    Optional<PresentedToken<PersonalToken>> presented = store.findByDigest(rawToken.digest());
    if (presented.isEmpty()) {
      return;
    }
    PresentedToken<PersonalToken> found = presented.get();
    PersonalToken token = found.token();
    // The bearer acts as the user of the token, even if this user is no longer present.
    Actor.Person user = new Actor.Person(token.owner(), Set.of(), clientAddress);
    Actor bearer = new Actor.Delegate(user, token.asAccepted(token.scopes()));
    secrets.revokeByBearer(bearer, found, rawToken.digest());
  }

  /**
   * Returns a verifier that also checks the user of a personal token. The verifier refuses the
   * token if the user directory reports the user as gone. The verdict contains only permissions
   * that the user has, and scopes that the user could give to a service token. The verifier looks
   * up the user at each use of the token. Only {@link TokenVerifier#verifyInStore} does not check
   * the user.
   */
  public TokenVerifier withUserCheck(TokenVerifier tokens) {
    return new PersonalTokenVerifier(tokens, this);
  }

  /**
   * Returns the actor for a personal token, with the current groups of its user.
   *
   * @param verified the verdict of the verifier from {@link #withUserCheck}
   * @throws DirectoryUnavailableException if the groups cannot be determined now
   */
  public Actor.Delegate delegate(Verification.Accepted verified, @Nullable String clientAddress) {
    return new Actor.Delegate(person(verified.owner(), clientAddress), verified);
  }

  private Actor.Person person(EntityRef user, @Nullable String clientAddress) {
    return new Actor.Person(user, directory.groupsOf(user), clientAddress);
  }

  UserDirectory.Presence presence(EntityRef user) {
    return users.presence(user);
  }

  /**
   * Returns the scopes of a personal token that are effective now. A permission is effective if the
   * user has it. Any other scope is effective if the user could give it to a service token. Without
   * this rule, users could give any scope to themselves.
   */
  List<String> effective(Verification.Accepted token) {
    if (token.scopes().isEmpty()) {
      return List.of();
    }
    Actor.Person user = person(token.owner(), null);
    PermissionScope giving = permissions.groupsOf(user, Permissions.SERVICE_WRITE);
    return token.scopes().stream()
        .filter(
            scope ->
                scope.startsWith(Permissions.PREFIX)
                    ? permissions.decide(user, scope).allowed()
                    : gives(giving, scope))
        .toList();
  }

  private boolean gives(PermissionScope giving, String scope) {
    return giving instanceof PermissionScope.Groups some
        ? some.groups().stream().anyMatch(group -> creationPolicy.allows(group, scope))
        : giving instanceof PermissionScope.Everywhere;
  }

  /**
   * Checks the permission, and returns the user whose personal tokens an actor may access. An actor
   * may access only the tokens of its own user.
   */
  private EntityRef requireUser(Actor actor, String permission) {
    Decision decision = access.require(actor, permission);
    if (actor instanceof Actor.Person person) {
      return person.ref();
    }
    if (actor instanceof Actor.Delegate delegate) {
      return delegate.user().ref();
    }
    throw new IllegalStateException(
        decision.rule()
            + " grants the permission, but the caller is neither a user nor a personal token");
  }

  private static Set<EntityRef> groupsOf(Actor actor) {
    return actor instanceof Actor.Person person ? person.groups() : Set.of();
  }

  private PersonalToken find(EntityRef owner, UUID id) {
    return store
        .find(id)
        .filter(token -> token.owner().equals(owner))
        .orElseThrow(TokenNotFoundException::new);
  }
}
