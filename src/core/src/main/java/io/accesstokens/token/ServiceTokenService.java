package io.accesstokens.token;

import io.accesstokens.token.AccessTokenStore.Revocation;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.UncachedTokenVerifier;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with service tokens: issue, list, get, revoke, audit, look at their usage.
 *
 * <p>Each method first asks the {@link PermissionPolicy}, then looks at the request, then makes one
 * call to the {@link TokenStore}, which changes everything or nothing. It can be called without
 * HTTP.
 *
 * <p>Each method throws {@link PermissionDeniedException} when the actor lacks the permission, and
 * {@link StoreUnavailableException} when the store is out of reach. A token of a group that the
 * actor's permission does not reach is treated as if it did not exist.
 */
public final class ServiceTokenService {

  private final TokenStore store;
  private final GroupDirectory directory;
  private final PermissionPolicy permissions;
  private final PermissionCheck access;
  private final CreationPolicy issuing;
  private final RawTokenFormat format;
  private final AuditLog log;
  private final Clock clock;
  private final RandomGenerator random;
  private final UuidGenerator ids;
  private final RevocationService revocations;
  private final @Nullable PersonalTokenService personal;

  /**
   * Of a process that caches no verdicts.
   *
   * @param clock its instants are cut to milliseconds
   * @param random a cryptographically strong source
   */
  public ServiceTokenService(
      TokenStore store,
      GroupDirectory directory,
      PermissionPolicy permissions,
      CreationPolicy issuing,
      RawTokenFormat format,
      AuditLog log,
      Clock clock,
      RandomGenerator random) {
    this(
        store,
        directory,
        permissions,
        issuing,
        format,
        log,
        clock,
        random,
        new RevocationBarrier(store));
  }

  /**
   * @param clock its instants are cut to milliseconds
   * @param random a cryptographically strong source
   * @param finality tells when a revocation can be answered; it stays the caller's to close
   */
  public ServiceTokenService(
      TokenStore store,
      GroupDirectory directory,
      PermissionPolicy permissions,
      CreationPolicy issuing,
      RawTokenFormat format,
      AuditLog log,
      Clock clock,
      RandomGenerator random,
      RevocationBarrier finality) {
    this.store = store;
    this.directory = directory;
    this.permissions = permissions;
    this.access = new PermissionCheck(permissions, log);
    this.issuing = issuing;
    this.format = format;
    this.log = log;
    this.clock = clock;
    this.random = random;
    this.ids = new UuidGenerator(random);
    this.revocations = new RevocationService(finality, log, clock, ids);
    this.personal = null;
  }

  private ServiceTokenService(ServiceTokenService other, PersonalTokenService personal) {
    this.store = other.store;
    this.directory = other.directory;
    this.permissions = other.permissions;
    this.access = other.access;
    this.issuing = other.issuing;
    this.format = other.format;
    this.log = other.log;
    this.clock = other.clock;
    this.random = other.random;
    this.ids = other.ids;
    this.revocations = other.revocations;
    this.personal = personal;
  }

  /** The same, and personal tokens beside. */
  public ServiceTokenService with(PersonalTokenService personalTokens) {
    return new ServiceTokenService(this, personalTokens);
  }

  /** What can be known of all service tokens together. */
  public TokenReports reports() {
    return new TokenReports(store, access, clock);
  }

  /** What can be done with personal tokens; empty if there are none here. */
  public Optional<PersonalTokenService> personal() {
    return Optional.ofNullable(personal);
  }

  /**
   * Begins an authority with safe defaults, see {@link ServiceTokenServiceBuilder}.
   *
   * @param store where tokens are kept; it stays the caller's to close
   * @param directory knows the groups that can own tokens, and who belongs to them
   */
  public static ServiceTokenServiceBuilder on(TokenStore store, GroupDirectory directory) {
    return new ServiceTokenServiceBuilder(store, directory);
  }

  /**
   * A check of the raw tokens of this authority that reads its store each time, by at most {@value
   * UncachedTokenVerifier#DEFAULT_CONCURRENT_READS} reads at a time.
   */
  public TokenVerifier check() {
    StoreTokenVerifier tokens = new StoreTokenVerifier(store, issuing.catalogue(), clock);
    return personal == null ? bounded(tokens) : personal.standing(bounded(tokens.andPersonal()));
  }

  private TokenVerifier bounded(StoreTokenVerifier tokens) {
    return new UncachedTokenVerifier(tokens, clock, UncachedTokenVerifier.DEFAULT_CONCURRENT_READS);
  }

  /** The form of this authority's raw tokens. */
  public RawTokenFormat rawTokenFormat() {
    return format;
  }

  /**
   * A user, with the groups to which they belong now, as an actor. Whether it is really they who
   * ask is for the caller to have found out.
   *
   * @param clientAddress where the request came from, or null
   * @throws DirectoryUnavailableException if their groups cannot be found out now
   */
  public Actor.Person person(EntityRef user, @Nullable String clientAddress) {
    return new Actor.Person(user, directory.groupsOf(user), clientAddress);
  }

  /** The present instant, to the millisecond: the one by which statuses are told. */
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** The names of all permissions that the actor has on any group. */
  public List<String> permissionsOf(Actor actor) {
    return permissions.permissionsOf(actor);
  }

  /** The names of those permissions that the actor has on some groups only. */
  public List<String> limitedPermissionsOf(Actor actor) {
    return permissions.limitedPermissionsOf(actor);
  }

  /**
   * Asks that the token that an actor presented holds all of these scopes, on behalf of whoever it
   * wants something from. They need not be of the catalogue.
   *
   * @param verified the actor's {@link Actor#credential}
   */
  public void requireScopes(Actor actor, Verification.Accepted verified, List<String> scopes) {
    access.requireScopes(actor, verified, scopes);
  }

  /** The scopes that a token can be given. */
  public ScopeCatalogue catalogue(Actor actor) {
    reach(actor, Permissions.SERVICE_READ);
    return issuing.catalogue();
  }

  /**
   * Groups on whose tokens the actor has a permission, for somebody who looks for one.
   *
   * @param permission one of {@link Permissions#SERVICE}
   * @param text what was typed; blank finds all
   * @param limit how many are wanted at most, not negative
   * @throws DirectoryUnavailableException if it cannot be found out now
   */
  public GroupDirectory.Found groups(Actor actor, String permission, String text, int limit) {
    if (!(reach(actor, permission) instanceof PermissionScope.Groups some)) {
      return directory.search(text, limit);
    }
    Map<EntityRef, String> names = directory.displayNames(some.groups());
    return GroupDirectory.Found.among(
        some.groups().stream().map(ref -> GroupDirectory.Group.of(ref, names.get(ref))).toList(),
        text,
        limit);
  }

  /**
   * What groups are called, from memory and at once, see {@link GroupDirectory#displayNames}.
   *
   * @return by group; those are left out of which nothing is known just now
   */
  public Map<EntityRef, String> displayNames(Set<EntityRef> groups) {
    return directory.displayNames(groups);
  }

  /**
   * What may be issued for a group, told to one who could.
   *
   * @param group need not be of the directory
   * @throws PermissionDeniedException also if the group is out of reach
   */
  public GroupAllowance allowance(Actor actor, EntityRef group) {
    access.requireOn(group, actor, access.require(actor, Permissions.SERVICE_WRITE));
    TokenQuery live =
        new TokenQuery(TokenFilter.liveOf(group), TokenOrder.NEWEST_FIRST, Optional.empty(), 0, 0);
    return new GroupAllowance(
        issuing.limitsOf(group).within(scope -> access.mayGive(actor, scope)),
        store.list(live, now()).total());
  }

  /**
   * Creates a token.
   *
   * @throws InvalidRequestException if a field is wrong; nothing was changed
   * @throws PermissionDeniedException also if the group is out of reach, or if a scope may not be
   *     given on
   * @throws FreshSignInRequiredException if the actor's sign-in is too old for the scopes
   * @throws NameTakenException if an unrevoked token of the group has that name
   * @throws LimitReachedException if the group has as many live tokens as it may
   * @throws DirectoryUnavailableException if the directory cannot say whether the group exists
   */
  public CreatedToken issue(Actor actor, CreationRequest request) {
    Decision decision = access.require(actor, Permissions.SERVICE_WRITE);
    Instant now = now();
    CreationPolicy.Terms terms = issuing.check(request, now, decision::allowedOn);
    access.requireOn(terms.group(), actor, decision);
    access.requireGivable(actor, terms.scopes());
    access.requireFreshSignIn(issuing.signInAge(), actor, terms.scopes(), now);
    Instant expiresAt = limitExpiry(actor, terms);
    if (!directory.exists(terms.group())) {
      throw new InvalidRequestException(
          List.of(new Violation("groupEntityRef", "must name a group of the directory")));
    }
    RawToken rawToken = format.mint(RawToken.Kind.SERVICE, random);
    ServiceToken token =
        new ServiceToken(
            ids.next(),
            terms.name(),
            terms.description(),
            rawToken.displayPrefix(),
            terms.group(),
            terms.scopes(),
            actor.getName(),
            now,
            expiresAt,
            null,
            null,
            null);
    AuditEvent created = event(token.id(), AuditEvent.Type.CREATED, actor, Map.of(), now);
    OptionalInt mostLive = issuing.limitsOf(terms.group()).maxLiveTokens();
    if (mostLive.isPresent()) {
      store.create(token, rawToken.digest(), created, mostLive.getAsInt());
    } else {
      store.create(token, rawToken.digest(), created);
    }
    log.recorded(created, actor);
    return new CreatedToken(token, rawToken);
  }

  /**
   * A page of the tokens within the actor's reach.
   *
   * @param now the instant at which statuses are decided; see {@link #now()}
   */
  public TokenPage list(Actor actor, TokenQuery query, Instant now) {
    PermissionScope reach = reach(actor, Permissions.SERVICE_READ);
    return store.list(narrowed(query, reach), now);
  }

  /**
   * One token.
   *
   * @throws TokenNotFoundException if there is none of that id within the actor's reach
   */
  public ServiceToken get(Actor actor, UUID id) {
    return find(actor, Permissions.SERVICE_READ, id);
  }

  /**
   * Revokes a token. When this returns, no process accepts it any more in a request that begins
   * later; how it waits for that, a {@link RevocationBarrier.Waiting} says. See {@link
   * #revokeAsync}.
   *
   * @param reason 1 to 500 code points once trimmed
   * @throws TokenNotFoundException if there is none of that id within the actor's reach
   * @throws InvalidRequestException if the reason is wrong
   * @throws AlreadyRevokedException if it was revoked before; that is as final when this is thrown
   */
  public void revoke(Actor actor, UUID id, @Nullable String reason) {
    Map<String, String> metadata = revocable(actor, id, reason);
    revocations.revoke(store, actor, id, metadata);
  }

  /**
   * Revokes a token, and holds no thread until that is final. The change itself is made by the
   * calling thread.
   *
   * @return completes when no process accepts the token any more in a request that begins later;
   *     fails with whatever {@link #revoke} throws
   */
  public CompletionStage<@Nullable Void> revokeAsync(
      Actor actor, UUID id, @Nullable String reason) {
    try {
      Map<String, String> metadata = revocable(actor, id, reason);
      return revocations.revokeAsync(store, actor, id, metadata);
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /** What is noted of a revocation, which the actor may do. */
  private Map<String, String> revocable(Actor actor, UUID id, @Nullable String reason) {
    Decision decision = access.require(actor, Permissions.SERVICE_REVOKE);
    String checkedReason = CreationPolicy.checkReason(reason);
    find(actor, decision, id);
    return Map.of(AuditEvent.REASON, checkedReason);
  }

  /**
   * Revokes several tokens in one transaction, and waits once until that is final: when this
   * returns, no process accepts any of them any more in a request that begins later, those included
   * that had been revoked before.
   *
   * @return what became of each; a token that is out of the actor's reach is as if it were not
   *     there, but the log is told
   * @throws InvalidRequestException if a field is wrong; nothing was changed
   */
  public RevokedTokens revokeAll(Actor actor, RevocationRequest request) {
    Decision decision = access.require(actor, Permissions.SERVICE_REVOKE);
    RevocationRequest.Checked checked = request.check();
    Map<UUID, ServiceToken> found = store.find(checked.ids());
    Set<UUID> permitted = new LinkedHashSet<>();
    for (UUID id : checked.ids()) {
      ServiceToken token = found.get(id);
      if (token != null && access.reaches(token, actor, decision)) {
        permitted.add(id);
      }
    }
    Map<UUID, Revocation> outcomes = new LinkedHashMap<>();
    checked.ids().forEach(id -> outcomes.put(id, Revocation.NOT_FOUND));
    if (!permitted.isEmpty()) {
      outcomes.putAll(
          revocations.revokeAll(
              store, actor, permitted, Map.of(AuditEvent.REASON, checked.reason())));
    }
    return new RevokedTokens(outcomes);
  }

  /**
   * Revokes a token whose raw token is presented: to have it is to be allowed to end it (RFC 7009).
   * One that is unknown, or was revoked before, stays as it is; an expired one is revoked. When
   * this returns, no process accepts the token any more in a request that begins later, also if it
   * was revoked before.
   *
   * @param clientAddress where the request came from, or null
   * @throws StoreUnavailableException if the store is out of reach, or the outcome unknown
   */
  public void revokePresented(RawToken rawToken, @Nullable String clientAddress) {
    switch (rawToken.kind()) {
      case SERVICE ->
          store
              .find(rawToken.digest())
              .ifPresent(
                  token ->
                      // Its subject is who acts, whether or not it is still good for anything else.
                      revocations.byBearer(
                          store,
                          new Actor.Token(token.asAccepted(token.scopes()), clientAddress),
                          token.id()));
      case PERSONAL ->
          personal().ifPresent(tokens -> tokens.revokePresented(rawToken, clientAddress));
    }
  }

  /**
   * Waits until the revocation of a token that was revoked before is final. Reads nothing: a caller
   * that presents a revoked token again and again costs the store no transaction.
   *
   * @throws StoreUnavailableException if this process ends before
   */
  public void awaitRevocation(RawToken rawToken) {
    revocations.awaitEarlier(rawToken.digest());
  }

  /**
   * A page of a token's audit events.
   *
   * @throws TokenNotFoundException if there is none of that id within the actor's reach
   */
  public AuditPage audit(Actor actor, UUID id, long offset, int limit) {
    find(actor, Permissions.SERVICE_READ, id);
    return store.audit(id, offset, limit);
  }

  /**
   * How a token was used as a credential, a few seconds ago at the latest.
   *
   * @throws TokenNotFoundException if there is none of that id within the actor's reach
   */
  public TokenUsage usage(Actor actor, UUID id) {
    find(actor, Permissions.SERVICE_READ, id);
    return store.usage(id);
  }

  private PermissionScope reach(Actor actor, String permission) {
    return access.require(actor, permission).reach();
  }

  private ServiceToken find(Actor actor, String permission, UUID id) {
    return find(actor, access.require(actor, permission), id);
  }

  private ServiceToken find(Actor actor, Decision decision, UUID id) {
    return access.within(store.find(id).orElseThrow(TokenNotFoundException::new), actor, decision);
  }

  /** A token made by a token does not outlive it. */
  private static Instant limitExpiry(Actor actor, CreationPolicy.Terms terms) {
    Optional<Instant> ownExpiry = actor.credential().map(Verification.Accepted::expiresAt);
    if (ownExpiry.isEmpty() || !terms.expiresAt().isAfter(ownExpiry.get())) {
      return terms.expiresAt();
    }
    String field = terms.expiryField();
    if (field != null) {
      throw new InvalidRequestException(
          List.of(new Violation(field, "must not be after the calling token's own expiry")));
    }
    return ownExpiry.get();
  }

  private static TokenQuery narrowed(TokenQuery query, PermissionScope reach) {
    if (!(reach instanceof PermissionScope.Groups own)) {
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

  private AuditEvent event(
      UUID tokenId,
      AuditEvent.Type type,
      Actor actor,
      Map<String, String> metadata,
      Instant occurredAt) {
    return new AuditEvent(ids.next(), tokenId, type, actor.getName(), metadata, occurredAt);
  }
}
