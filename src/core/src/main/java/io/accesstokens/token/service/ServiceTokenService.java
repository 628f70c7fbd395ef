package io.accesstokens.token.service;

import io.accesstokens.token.Actor;
import io.accesstokens.token.AlreadyRevokedException;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.TokenSecrets;
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
import io.accesstokens.token.policy.CreationRequest;
import io.accesstokens.token.policy.Decision;
import io.accesstokens.token.policy.FreshSignInRequiredException;
import io.accesstokens.token.policy.GroupAllowance;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.TooManyChangesException;
import io.accesstokens.token.policy.Violation;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.revocation.RevocationBarrier;
import io.accesstokens.token.revocation.RevocationOutcomes;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.rotation.FirstUseListener;
import io.accesstokens.token.rotation.RotationPolicy;
import io.accesstokens.token.rotation.SecretService;
import io.accesstokens.token.rotation.TokenRotations;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.usage.TokenReports;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.UncachedTokenVerifier;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The use cases of service tokens: create, list, get, revoke, audit and report usage.
 *
 * <p>Each use case first checks the {@link PermissionPolicy}, then validates the request, then
 * reads or changes the {@link TokenStore}. All changes of a use case are one transaction.
 *
 * <p>Each use case throws {@link PermissionDeniedException} if the actor lacks the permission, and
 * {@link StoreUnavailableException} if the store cannot be reached. If the actor lacks the
 * permission on a group, the tokens of the group are treated as if they did not exist.
 */
public final class ServiceTokenService {

  private final TokenStore store;
  private final GroupDirectory directory;
  private final PermissionPolicy permissions;
  private final PermissionPolicy usable;
  private final PermissionCheck access;
  private final CreationPolicy creationPolicy;
  private final RawTokenFormat format;
  private final AuditListener auditListener;
  private final Clock clock;
  private final RandomGenerator random;
  private final UuidGenerator ids;
  private final TokenChangeService changes;
  private final SecretService<ServiceToken> secrets;
  private final ChangeLimit<String> changeLimit;
  private final ChangeLimit<UUID> selfRotationLimit;
  private final @Nullable PersonalTokenService personal;
  private final TokenReports reports;

  /**
   * Creates a service with a revocation barrier.
   *
   * @param rotationPolicy the rules for rotations
   * @param changeLimit limits the rate at which an actor creates, updates and rotates service
   *     tokens, by the name of the actor
   * @param selfRotationLimit limits the rate at which a service token rotates itself
   * @param clock the source of instants, which have whole milliseconds
   * @param random a cryptographically strong source
   * @param barrier waits until a revocation is final; the caller must close the barrier
   * @param personal the service for personal tokens; null if personal tokens are disabled
   */
  ServiceTokenService(
      TokenStore store,
      GroupDirectory directory,
      PermissionPolicy permissions,
      CreationPolicy creationPolicy,
      RotationPolicy rotationPolicy,
      ChangeLimit<String> changeLimit,
      ChangeLimit<UUID> selfRotationLimit,
      RawTokenFormat format,
      AuditListener auditListener,
      Clock clock,
      RandomGenerator random,
      RevocationBarrier barrier,
      @Nullable PersonalTokenService personal) {
    this.store = store;
    this.directory = directory;
    this.permissions = permissions;
    this.usable = personal == null ? permissions.withoutPersonalTokens() : permissions;
    this.access = new PermissionCheck(permissions, auditListener);
    this.creationPolicy = creationPolicy;
    this.format = format;
    this.auditListener = SafeAuditListener.of(auditListener);
    this.clock = clock;
    this.random = random;
    this.ids = new UuidGenerator(random);
    this.changes = new TokenChangeService(barrier, auditListener, clock, ids);
    this.secrets =
        new SecretService<>(
            store, RawToken.Kind.SERVICE, rotationPolicy, changes, format, clock, random);
    this.changeLimit = changeLimit;
    this.selfRotationLimit = selfRotationLimit;
    this.personal = personal;
    UserDirectory users = personal == null ? UserDirectory.UNLISTED : personal::presence;
    this.reports = new TokenReports(store, access, users, clock);
  }

  /** Returns the reports on tokens, including the audit logs. */
  public TokenReports reports() {
    return reports;
  }

  /** Returns the use case that changes service tokens. */
  public TokenUpdates updates() {
    return new TokenUpdates(store, access, creationPolicy, changes, changeLimit, clock, ids);
  }

  /** Returns the use cases that replace the secrets of service tokens. */
  public TokenRotations rotations() {
    return new TokenRotations(
        store, access, creationPolicy, secrets, changeLimit, selfRotationLimit, clock);
  }

  /** Returns the use cases of personal tokens; empty if personal tokens are disabled. */
  public Optional<PersonalTokenService> personal() {
    return Optional.ofNullable(personal);
  }

  /**
   * Returns a builder for a service with safe defaults.
   *
   * @param store the store of the tokens; the caller must close the store
   * @param directory looks up the groups that can own tokens, and their members
   */
  public static ServiceTokenServiceBuilder on(TokenStore store, GroupDirectory directory) {
    return new ServiceTokenServiceBuilder(store, directory);
  }

  /**
   * Returns a verifier for the raw tokens of this service. The verifier reads the store for each
   * token. At most {@value UncachedTokenVerifier#DEFAULT_CONCURRENT_READS} reads run at the same
   * time.
   */
  public TokenVerifier verifier() {
    StoreTokenVerifier tokens = new StoreTokenVerifier(store, creationPolicy.scopeCatalog(), clock);
    return personal == null
        ? bounded(tokens)
        : personal.withUserCheck(bounded(tokens.withPersonalTokens()));
  }

  private TokenVerifier bounded(StoreTokenVerifier tokens) {
    return new UncachedTokenVerifier(tokens, clock, UncachedTokenVerifier.DEFAULT_CONCURRENT_READS);
  }

  /** Returns the format of the raw tokens of this service. */
  public RawTokenFormat rawTokenFormat() {
    return format;
  }

  /**
   * Returns a user as an actor, with their current groups. The caller must have authenticated the
   * user.
   *
   * @param clientAddress the network address of the request; null if the request did not come over
   *     a network
   * @throws DirectoryUnavailableException if the groups cannot be determined now
   */
  public Actor.Person person(EntityRef user, @Nullable String clientAddress) {
    return new Actor.Person(user, directory.groupsOf(user), clientAddress);
  }

  /**
   * Returns the current instant, truncated to milliseconds. Callers pass this instant to methods
   * that compute statuses.
   */
  public Instant now() {
    return clock.instant();
  }

  /** Returns the names of all permissions that the actor has, even if only on some groups. */
  public List<String> permissionsOf(Actor actor) {
    return permissions.permissionsOf(actor);
  }

  /**
   * Returns the names of the permissions that the actor can use. The result is the same as {@link
   * #permissionsOf}, without the permissions on personal tokens if personal tokens are disabled.
   */
  public List<String> usablePermissionsOf(Actor actor) {
    return usable.permissionsOf(actor);
  }

  /**
   * Checks that the token of an actor has all of these scopes. The scopes need not be in the
   * catalog.
   *
   * @param verified the verdict on the actor's token, from {@link Actor#credential}
   * @throws PermissionDeniedException if the token lacks one of the scopes
   */
  public void requireScopes(Actor actor, Verification.Accepted verified, List<String> scopes) {
    access.requireScopes(actor, verified, scopes);
  }

  /** Returns the scopes that a service token can have. */
  public ScopeCatalog scopeCatalog(Actor actor) {
    permittedGroups(actor, Permissions.SERVICE_READ);
    return creationPolicy.scopeCatalog();
  }

  /**
   * Searches the groups on whose tokens the actor has a permission.
   *
   * @param permission one of {@link Permissions#SERVICE}
   * @param text the search text; a blank text finds all groups
   * @param limit the maximum number of groups to return, not negative
   * @throws DirectoryUnavailableException if the directory cannot search groups now
   */
  public GroupDirectory.MatchingGroups groups(
      Actor actor, String permission, String text, int limit) {
    if (!(permittedGroups(actor, permission) instanceof PermissionScope.Groups some)) {
      return directory.search(text, limit);
    }
    Map<EntityRef, String> names = directory.displayNames(some.groups());
    return GroupDirectory.MatchingGroups.among(
        some.groups().stream().map(ref -> GroupDirectory.Group.of(ref, names.get(ref))).toList(),
        text,
        limit);
  }

  /**
   * Returns the display names of groups. Reads only memory and does not block, see {@link
   * GroupDirectory#displayNames}.
   *
   * @return the display names, by group; groups without a known name are absent
   */
  public Map<EntityRef, String> displayNames(Set<EntityRef> groups) {
    return directory.displayNames(groups);
  }

  /**
   * Returns the limits of a group, for an actor who may create tokens of this group.
   *
   * @param group the group, which need not exist in the directory
   * @throws PermissionDeniedException if the actor may not create tokens of this group
   */
  public GroupAllowance allowance(Actor actor, EntityRef group) {
    access.requireOn(group, actor, access.require(actor, Permissions.SERVICE_WRITE));
    TokenQuery live =
        new TokenQuery(TokenFilter.liveOf(group), TokenOrder.NEWEST_FIRST, Optional.empty(), 0, 0);
    return new GroupAllowance(
        creationPolicy.limitsOf(group).within(scope -> access.mayGrant(actor, scope)),
        store.list(live, now()).total());
  }

  /**
   * Creates a service token.
   *
   * @throws InvalidRequestException if a field is invalid; nothing was changed
   * @throws PermissionDeniedException if the actor lacks the permission on the group, or may not
   *     grant one of the scopes. Also thrown if the actor is a token whose limits do not cover the
   *     limits of the new token.
   * @throws TooManyChangesException if the actor exceeds the limit on changes
   * @throws FreshSignInRequiredException if the actor's sign-in is too old for the scopes
   * @throws NameTakenException if an unrevoked token of the group has that name
   * @throws LimitReachedException if the group has the maximum number of unrevoked, unexpired
   *     tokens
   * @throws DirectoryUnavailableException if the directory cannot determine whether the group
   *     exists
   */
  public CreatedToken create(Actor actor, CreationRequest request) {
    Decision decision = access.require(actor, Permissions.SERVICE_WRITE);
    changeLimit.require(actor.getName());
    Instant now = now();
    CreationPolicy.ValidatedRequest validated =
        creationPolicy.check(request, now, decision::allowedOn);
    access.requireOn(validated.group(), actor, decision);
    access.requireMayGrant(actor, validated.scopes());
    access.requireFreshSignIn(creationPolicy.signInAge(), actor, validated.scopes(), now);
    access.requireWithinOwnLimits(actor, validated.limits());
    Instant expiresAt = limitExpiry(actor, validated);
    if (!directory.exists(validated.group())) {
      throw new InvalidRequestException(
          List.of(new Violation("groupEntityRef", "must name a group of the directory")));
    }
    RawToken rawToken = format.create(RawToken.Kind.SERVICE, random);
    ServiceToken token =
        new ServiceToken(
            ids.next(),
            validated.name(),
            validated.description(),
            rawToken.displayPrefix(),
            validated.group(),
            validated.scopes(),
            actor.getName(),
            now,
            expiresAt,
            null,
            null,
            null,
            validated.limits(),
            TokenSecrets.first(now, expiresAt));
    AuditEvent created =
        new AuditEvent(
            ids.next(), token.id(), AuditEvent.Type.CREATED, actor.getName(), Map.of(), now);
    OptionalInt maxLive = creationPolicy.limitsOf(validated.group()).maxLiveTokens();
    if (maxLive.isPresent()) {
      store.create(token, rawToken.digest(), created, maxLive.getAsInt());
    } else {
      store.create(token, rawToken.digest(), created);
    }
    auditListener.recorded(created, actor);
    return new CreatedToken(token, rawToken);
  }

  /**
   * Returns a page of the service tokens that the actor may read.
   *
   * @param now the instant for which statuses are computed; see {@link #now()}
   */
  public TokenPage list(Actor actor, TokenQuery query, Instant now) {
    PermissionScope permitted = permittedGroups(actor, Permissions.SERVICE_READ);
    return store.list(narrowed(query, permitted), now);
  }

  /**
   * Returns one service token.
   *
   * @throws TokenNotFoundException if the actor can read no token with this id
   */
  public ServiceToken get(Actor actor, UUID id) {
    return find(actor, Permissions.SERVICE_READ, id);
  }

  /**
   * Revokes a token. After this method, no process accepts the token in a request that begins
   * later. A {@link RevocationBarrier.WaitStrategy} defines how the calling thread waits.
   *
   * @param reason the reason, 1 to 500 code points after trimming; null is invalid
   * @throws TokenNotFoundException if the actor can revoke no token with this id
   * @throws InvalidRequestException if the reason is invalid
   * @throws AlreadyRevokedException if the token was already revoked; the earlier revocation is
   *     final when this exception is thrown
   */
  public void revoke(Actor actor, UUID id, @Nullable String reason) {
    Decision decision = access.require(actor, Permissions.SERVICE_REVOKE);
    String checkedReason = CreationPolicy.checkReason(reason);
    find(actor, decision, id);
    changes.revoke(store, actor, id, Map.of(AuditEvent.REASON, checkedReason));
  }

  /**
   * Revokes several tokens in one transaction, and waits once until all revocations are final.
   * After this method, no process accepts these tokens in a request that begins later. This
   * guarantee includes tokens that were already revoked, but not tokens with the outcome "not
   * found".
   *
   * @return the outcome for each token. For a token that the actor may not revoke, the outcome is
   *     "not found", and the {@link AuditListener} receives the denial.
   * @throws InvalidRequestException if a field is invalid; nothing was changed
   */
  public RevocationOutcomes revokeAll(Actor actor, RevocationRequest request) {
    Decision decision = access.require(actor, Permissions.SERVICE_REVOKE);
    RevocationRequest.Checked checked = request.check();
    Map<UUID, ServiceToken> found = store.find(checked.ids());
    Set<UUID> permitted = new LinkedHashSet<>();
    for (UUID id : checked.ids()) {
      ServiceToken token = found.get(id);
      if (token != null && access.isAllowed(token, actor, decision)) {
        permitted.add(id);
      }
    }
    Map<UUID, Revocation> outcomes = new LinkedHashMap<>();
    checked.ids().forEach(id -> outcomes.put(id, Revocation.NOT_FOUND));
    if (!permitted.isEmpty()) {
      outcomes.putAll(
          changes.revokeAll(store, actor, permitted, Map.of(AuditEvent.REASON, checked.reason())));
    }
    return new RevocationOutcomes(outcomes);
  }

  /**
   * Revokes a token for a caller that sent the raw token. The caller needs no other permission (RFC
   * 7009). An expired token is revoked too. If the caller sent the previous secret of a rotated
   * token, only this secret is ended. An unknown, ended or already revoked raw token changes
   * nothing. After this method, no process accepts the raw token in a request that begins later.
   * This guarantee includes a token that was already revoked.
   *
   * @param clientAddress the network address of the request; null if the request did not come over
   *     a network
   * @throws StoreUnavailableException if the store cannot be reached, or if the outcome of the
   *     revocation is unknown
   */
  public void revokePresented(RawToken rawToken, @Nullable String clientAddress) {
    switch (rawToken.kind()) {
      case SERVICE ->
          store
              .findByDigest(rawToken.digest())
              .ifPresent(found -> revoke(found, rawToken, clientAddress));
      case PERSONAL ->
          personal().ifPresent(tokens -> tokens.revokePresented(rawToken, clientAddress));
    }
  }

  private void revoke(
      PresentedToken<ServiceToken> found, RawToken rawToken, @Nullable String clientAddress) {
    ServiceToken token = found.token();
    // The token itself is the actor, even if it is expired.
    Actor bearer = new Actor.Token(token.asAccepted(token.scopes()), clientAddress);
    secrets.revokeByBearer(bearer, found, rawToken.digest());
  }

  /**
   * Returns a listener that ends the previous secrets of tokens at the first use of their current
   * secrets, if the rotations requested this. The caller must close the listener before the store.
   */
  public FirstUseListener firstUseListener() {
    return new FirstUseListener(store, changes, clock, ids);
  }

  /**
   * Waits until an earlier revocation of a token is final. The caller must first read from the
   * store that the token is revoked. Reads the lease durations from the store, and locks no row. On
   * PostgreSQL with synchronous replication, this read waits for the standby. Only one of these
   * reads runs at a time. Therefore, a caller that repeatedly sends a revoked token does not delay
   * other work.
   *
   * @throws StoreUnavailableException if the lease durations cannot be read, if the store does not
   *     confirm the revocation, or if this process ends before the revocation is final or has no
   *     thread for the wait
   */
  public void awaitRevocation(RawToken rawToken) {
    changes.awaitEarlier(rawToken.digest());
  }

  /**
   * Returns a page of the audit events of a token.
   *
   * @throws TokenNotFoundException if the actor can read no token with this id
   */
  public Page<AuditEvent> auditLog(Actor actor, UUID id, long offset, int limit) {
    find(actor, Permissions.SERVICE_READ, id);
    return store.auditLog(id, offset, limit);
  }

  /**
   * Returns the uses of a token as a credential. The uses of the last few seconds can be missing.
   *
   * @throws TokenNotFoundException if the actor can read no token with this id
   */
  public TokenUsage usage(Actor actor, UUID id) {
    find(actor, Permissions.SERVICE_READ, id);
    return store.usage(id);
  }

  private PermissionScope permittedGroups(Actor actor, String permission) {
    return access.require(actor, permission).groups();
  }

  private ServiceToken find(Actor actor, String permission, UUID id) {
    return find(actor, access.require(actor, permission), id);
  }

  private ServiceToken find(Actor actor, Decision decision, UUID id) {
    return access.requireWithin(
        store.find(id).orElseThrow(TokenNotFoundException::new), actor, decision);
  }

  /**
   * Returns the expiry of a new token. If the actor is a token whose secret expires earlier, a
   * requested expiry is invalid, and a default expiry is replaced by the expiry of the secret.
   */
  private static Instant limitExpiry(Actor actor, CreationPolicy.ValidatedRequest validated) {
    Optional<Instant> ownExpiry = actor.credential().map(Verification.Accepted::expiresAt);
    if (ownExpiry.isEmpty() || !validated.expiresAt().isAfter(ownExpiry.get())) {
      return validated.expiresAt();
    }
    String field = validated.expiryField();
    if (field != null) {
      throw new InvalidRequestException(
          List.of(new Violation(field, "must not be after the calling token's own expiry")));
    }
    return ownExpiry.get();
  }

  private static TokenQuery narrowed(TokenQuery query, PermissionScope permitted) {
    if (!(permitted instanceof PermissionScope.Groups own)) {
      return query;
    }
    Set<EntityRef> groups =
        query.groups().orElse(own.groups()).stream()
            .filter(own.groups()::contains)
            .collect(Collectors.toSet());
    return new TokenQuery(
        query.filter().inGroups(groups),
        query.order(),
        query.after(),
        query.offset(),
        query.limit());
  }
}
