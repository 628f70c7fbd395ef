package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What users can do with personal tokens of their own, and what such a token is worth.
 *
 * <p>Each method first asks the {@link PermissionPolicy}, then looks at the request, then makes one
 * call to the store, as {@link ServiceTokenService} does; each throws {@link
 * PermissionDeniedException} when the actor lacks the permission, and {@link
 * StoreUnavailableException} when the store is out of reach.
 *
 * <p>Another user's token is treated as if it did not exist, whoever asks. What administrators may
 * do with it is in {@link UserTokenAdministration}.
 */
public final class PersonalTokenService {

  private final PersonalTokenStore store;
  private final GroupDirectory directory;
  private final UserDirectory people;
  private final PermissionPolicy permissions;
  private final PermissionCheck access;
  private final MintPolicy minting;
  private final RawTokenFormat format;
  private final ChangeLimit writes;
  private final AuditLog log;
  private final Clock clock;
  private final RandomGenerator random;
  private final UuidGenerator ids;
  private final RevocationService revocations;

  /**
   * @param directory knows the groups of users
   * @param people knows whether users are still there
   * @param writes says when a user makes or revokes too many tokens
   * @param clock its instants are cut to milliseconds
   * @param random a cryptographically strong source
   * @param finality tells when a revocation can be answered; it stays the caller's to close
   */
  public PersonalTokenService(
      PersonalTokenStore store,
      GroupDirectory directory,
      UserDirectory people,
      PermissionPolicy permissions,
      MintPolicy minting,
      RawTokenFormat format,
      ChangeLimit writes,
      AuditLog log,
      Clock clock,
      RandomGenerator random,
      RevocationBarrier finality) {
    this.store = store;
    this.directory = directory;
    this.people = people;
    this.permissions = permissions;
    this.access = new PermissionCheck(permissions, log);
    this.minting = minting;
    this.format = format;
    this.writes = writes;
    this.log = log;
    this.clock = clock;
    this.random = random;
    this.ids = new UuidGenerator(random);
    this.revocations = new RevocationService(finality, log, clock, ids);
  }

  /** What administrators may do with users' tokens. */
  public UserTokenAdministration administration() {
    return new UserTokenAdministration(store, access, revocations);
  }

  /** The scopes that a personal token can be given. */
  public ScopeCatalogue catalogue(Actor actor) {
    user(actor, Permissions.USER_READ);
    return minting.terms().catalogue();
  }

  /**
   * Makes a token of the caller's own, who must have signed in: a token mints no token.
   *
   * @throws TooManyChangesException if the user has made and revoked too many just now
   * @throws InvalidRequestException if a field is wrong
   * @throws FreshSignInRequiredException if the caller's sign-in is too old for the scopes
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has as many good tokens as they may have
   */
  public MintedToken mint(Actor actor, MintRequest request) {
    EntityRef owner = user(actor, Permissions.USER_WRITE);
    limit(owner);
    Instant now = now();
    MintPolicy.Terms terms = minting.check(request, now);
    access.requireFreshSignIn(minting.terms().signInAge(), actor, terms.scopes(), now);
    RawToken rawToken = format.mint(RawToken.Kind.PERSONAL, random);
    PersonalToken token =
        new PersonalToken(
            ids.next(),
            terms.name(),
            rawToken.displayPrefix(),
            owner,
            terms.scopes(),
            now,
            terms.expiresAt(),
            null,
            null,
            null);
    AuditEvent minted =
        new AuditEvent(
            ids.next(), token.id(), AuditEvent.Type.MINTED, actor.getName(), Map.of(), now);
    store.create(token, rawToken.digest(), minted, minting.mostLive(groupsOf(actor)));
    log.recorded(minted, actor);
    return new MintedToken(token, rawToken);
  }

  /**
   * Says what a token would be like that {@link #mint} is asked for later, and counts as a write.
   *
   * @throws TooManyChangesException if the user has made and revoked too many just now
   * @throws InvalidRequestException if a field is wrong
   * @throws FreshSignInRequiredException if the caller's sign-in is too old for the scopes
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has as many good tokens as they may have
   */
  public MintPolicy.Terms propose(Actor actor, MintRequest request) {
    EntityRef owner = user(actor, Permissions.USER_WRITE);
    limit(owner);
    Instant now = now();
    MintPolicy.Terms terms = minting.check(request, now);
    access.requireFreshSignIn(minting.terms().signInAge(), actor, terms.scopes(), now);
    store.requireRoom(owner, terms.name(), now, minting.mostLive(groupsOf(actor)));
    return terms;
  }

  /**
   * Checks the age of the caller's sign-in, as {@link #mint} does.
   *
   * @param scopes of the token that the caller is about to allow
   * @throws FreshSignInRequiredException if it is too old for them
   */
  public void requireFreshSignIn(Actor actor, List<String> scopes) {
    access.requireFreshSignIn(minting.terms().signInAge(), actor, scopes, now());
  }

  /**
   * A page of the caller's tokens.
   *
   * @param offset how many to pass over, not negative
   * @param limit 0 to {@value TokenQuery#MAX_LIMIT}
   * @param now the instant at which statuses are decided
   */
  public PersonalTokenPage list(
      Actor actor, Optional<TokenStatus> status, long offset, int limit, Instant now) {
    EntityRef owner = user(actor, Permissions.USER_READ);
    return store.list(new PersonalTokenQuery(owner, status, offset, limit), now);
  }

  /**
   * One of the caller's tokens.
   *
   * @throws TokenNotFoundException if the caller has none of that id
   */
  public PersonalToken get(Actor actor, UUID id) {
    return find(user(actor, Permissions.USER_READ), id);
  }

  /**
   * Revokes one of the caller's tokens. When this returns, no process accepts it any more in a
   * request that begins later.
   *
   * @param reason 1 to 500 code points once trimmed, or null
   * @throws TooManyChangesException if the user has made and revoked too many just now
   * @throws InvalidRequestException if the reason is wrong
   * @throws TokenNotFoundException if the caller has none of that id
   * @throws AlreadyRevokedException if it was revoked before; that is as final when this is thrown
   */
  public void revoke(Actor actor, UUID id, @Nullable String reason) {
    EntityRef owner = user(actor, Permissions.USER_REVOKE);
    limit(owner);
    Map<String, String> metadata =
        reason == null ? Map.of() : Map.of(AuditEvent.REASON, CreationPolicy.checkReason(reason));
    find(owner, id);
    revocations.revoke(store, actor, id, metadata);
  }

  /**
   * A page of the audit events of one of the caller's tokens.
   *
   * @throws TokenNotFoundException if the caller has none of that id
   */
  public AuditPage audit(Actor actor, UUID id, long offset, int limit) {
    find(user(actor, Permissions.USER_READ), id);
    return store.audit(id, offset, limit);
  }

  /**
   * How one of the caller's tokens was used as a credential, a few seconds ago at the latest.
   *
   * @throws TokenNotFoundException if the caller has none of that id
   */
  public TokenUsage usage(Actor actor, UUID id) {
    find(user(actor, Permissions.USER_READ), id);
    return store.usage(id);
  }

  /**
   * Notes in a token's trail that it was exchanged for a short-lived one.
   *
   * @param delegate the token, which was found good
   * @param metadata what is to be known of the exchange, without secrets
   */
  public void exchanged(Actor.Delegate delegate, Map<String, String> metadata) {
    AuditEvent exchanged =
        new AuditEvent(
            ids.next(),
            delegate.verified().tokenId(),
            AuditEvent.Type.EXCHANGED,
            delegate.getName(),
            metadata,
            now());
    store.append(exchanged);
    log.recorded(exchanged, delegate);
  }

  /**
   * A token as a check takes it, by its id: to decide about what stands for it.
   *
   * @return empty if there is none of that id
   */
  public Optional<RawToken> byDigestOf(UUID id) {
    return store.digest(id).map(digest -> RawToken.ofDigest(RawToken.Kind.PERSONAL, digest));
  }

  /** Revokes a personal token whose raw token is presented, see {@link ServiceTokenService}. */
  void revokePresented(RawToken rawToken, @Nullable String clientAddress) {
    Optional<PersonalToken> found = store.find(rawToken.digest());
    if (found.isPresent()) {
      PersonalToken token = found.get();
      // Whoever has it acts as its user, whether or not that one is still there.
      Actor.Person user = new Actor.Person(token.owner(), Set.of(), clientAddress);
      revocations.byBearer(
          store, new Actor.Delegate(user, token.asAccepted(token.scopes())), token.id());
    }
  }

  /**
   * Adds to a check of tokens what a personal token needs beside itself: its user must be there,
   * and of its scopes only those count that its user could give. That is looked up at each use.
   */
  public TokenVerifier standing(TokenVerifier tokens) {
    return new PersonalTokenVerifier(tokens, this);
  }

  /**
   * Somebody's personal token as an actor, with the groups to which they belong now.
   *
   * @param verified what {@link #standing} said of it
   * @throws DirectoryUnavailableException if their groups cannot be found out now
   */
  public Actor.Delegate delegate(Verification.Accepted verified, @Nullable String clientAddress) {
    return new Actor.Delegate(person(verified.owner(), clientAddress), verified);
  }

  private Actor.Person person(EntityRef user, @Nullable String clientAddress) {
    return new Actor.Person(user, directory.groupsOf(user), clientAddress);
  }

  UserDirectory.Presence presence(EntityRef user) {
    return people.presence(user);
  }

  /**
   * The scopes that count: permissions that the user has; and of the others those that the user
   * could give to a service token, or else anybody could give themselves any scope.
   */
  List<String> effective(Verification.Accepted token) {
    if (token.scopes().isEmpty()) {
      return List.of();
    }
    Actor.Person user = person(token.owner(), null);
    PermissionScope giving = permissions.reachOf(user, Permissions.SERVICE_WRITE);
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
        ? some.groups().stream().anyMatch(group -> minting.allows(group, scope))
        : giving instanceof PermissionScope.Everywhere;
  }

  /** The user whose tokens an actor may do that with: always themselves. */
  private EntityRef user(Actor actor, String permission) {
    Decision decision = access.require(actor, permission);
    if (actor instanceof Actor.Person person) {
      return person.ref();
    }
    if (actor instanceof Actor.Delegate delegate) {
      return delegate.user().ref();
    }
    throw new IllegalStateException("by " + decision.rule() + ", but has no personal tokens");
  }

  private static Set<EntityRef> groupsOf(Actor actor) {
    return actor instanceof Actor.Person person ? person.groups() : Set.of();
  }

  private void limit(EntityRef user) {
    writes
        .exceededBy(user)
        .ifPresent(
            wait -> {
              throw new TooManyChangesException(wait);
            });
  }

  private PersonalToken find(EntityRef owner, UUID id) {
    return store
        .find(id)
        .filter(token -> token.owner().equals(owner))
        .orElseThrow(TokenNotFoundException::new);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
