package io.accesstokens.token.rotation;

import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenEndedException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.ChangeLimit;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.CreationPolicy.RequestErrors;
import io.accesstokens.token.policy.Decision;
import io.accesstokens.token.policy.FreshSignInRequiredException;
import io.accesstokens.token.policy.GroupLimits;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.policy.TooManyChangesException;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The use cases that replace the secret of a service token. The token keeps its id, name, scopes,
 * limits, usage and audit log.
 *
 * <p>After each change, every process uses the new state in each request that begins later.
 */
public final class TokenRotations {

  /** The name of the setting that allows self-rotation. */
  private static final String SETTING = "accessTokens.service.rotation.self";

  /** The name of self-rotation in the reports of denials. It is not a permission. */
  private static final String SELF_ROTATION = "self-rotation";

  private final TokenStore store;
  private final PermissionCheck access;
  private final CreationPolicy creation;
  private final SecretService<ServiceToken> secrets;
  private final ChangeLimit<String> changeLimit;
  private final ChangeLimit<UUID> selfRotationLimit;
  private final Clock clock;

  /**
   * Creates the use cases for the tokens of a store.
   *
   * @param creation the rules for new tokens
   * @param secrets changes the secrets of the tokens in the store
   * @param changeLimit limits the rate at which an actor changes tokens, by the name of the actor
   * @param selfRotationLimit limits the rate at which a token rotates itself
   * @param clock the source of instants, which have whole milliseconds
   */
  public TokenRotations(
      TokenStore store,
      PermissionCheck access,
      CreationPolicy creation,
      SecretService<ServiceToken> secrets,
      ChangeLimit<String> changeLimit,
      ChangeLimit<UUID> selfRotationLimit,
      Clock clock) {
    this.store = store;
    this.access = access;
    this.creation = creation;
    this.secrets = secrets;
    this.changeLimit = changeLimit;
    this.selfRotationLimit = selfRotationLimit;
    this.clock = clock;
  }

  /** Returns the rules for rotations. */
  public RotationPolicy policy() {
    return secrets.policy();
  }

  /**
   * Gives a token a new secret. The previous secret stays valid during the grace period.
   *
   * @throws PermissionDeniedException if the actor lacks the permission to write tokens, or may not
   *     grant all scopes of the token. Also thrown if the actor is a token that expires before the
   *     rotated token, or whose limits do not cover the limits of the rotated token.
   * @throws TooManyChangesException if the actor exceeds the limit on changes
   * @throws FreshSignInRequiredException if the actor's sign-in is too old for the scopes
   * @throws TokenNotFoundException if the actor can change no token with this id
   * @throws InvalidRequestException if a field is invalid; nothing was changed
   * @throws TokenEndedException if the token is revoked or has expired
   * @throws RotationConflictException if an earlier rotation with the same idempotency key cannot
   *     be repeated, if the current secret is not the one that the request expects, or if the new
   *     secret ended before the response
   * @throws StoreUnavailableException if the store cannot be reached, or if the outcome of the
   *     change is unknown
   */
  public RotatedToken<ServiceToken> rotate(Actor actor, UUID id, RotationRequest request) {
    Decision decision = access.require(actor, Permissions.SERVICE_WRITE);
    changeLimit.require(actor.getName());
    ServiceToken found =
        access.requireWithin(
            store.find(id).orElseThrow(TokenNotFoundException::new), actor, decision);
    requireGrantable(actor, found);
    return secrets.rotate(
        actor,
        id,
        request,
        null,
        rotated -> {
          requireGrantable(actor, rotated); // the scopes may have changed since the first check
          access.requireWithinOwnExpiry(actor, rotated.expiresAt());
        },
        (token, now, errors) -> {
          Instant expiresAt = expiry(request, token, now, errors);
          return expiresAt == null ? null : limited(actor, request, token, expiresAt, errors);
        });
  }

  private void requireGrantable(Actor actor, ServiceToken token) {
    Instant now = clock.instant();
    access.requireMayGrant(actor, token.scopes());
    access.requireFreshSignIn(creation.signInAge(), actor, token.scopes(), now);
    access.requireWithinOwnLimits(actor, token.limits());
  }

  private @Nullable Instant expiry(
      RotationRequest request, ServiceToken token, Instant now, RequestErrors errors) {
    return secrets.expiry(request, token, now, creation.limitsOf(token.group()), errors);
  }

  /**
   * Limits a new expiry if the actor is a token whose secret expires earlier. A requested expiry is
   * then an error. Without a requested expiry, the result is the expiry of the actor's secret or,
   * if later, the current expiry of the rotated token. If the result is later than the expiry of
   * the actor's secret, the rotation is denied afterwards.
   *
   * @param expiresAt the new expiry
   * @return the limited expiry; null after an error
   */
  private static @Nullable Instant limited(
      Actor actor,
      RotationRequest request,
      ServiceToken token,
      Instant expiresAt,
      RequestErrors errors) {
    Instant own = actor.credential().map(Verification.Accepted::expiresAt).orElse(Instant.MAX);
    if (!expiresAt.isAfter(own)) {
      return expiresAt;
    }
    String field = request.expiryField();
    if (field == null) {
      return own.isAfter(token.expiresAt()) ? own : token.expiresAt();
    }
    errors.add(field, "must not be after the calling token's own expiry");
    return null;
  }

  /**
   * Checks that the caller is a service token, and that service tokens can rotate themselves.
   * {@link #rotateSelf} makes the same check. A caller can use this method to refuse a request
   * before reading its body.
   *
   * @return the caller
   * @throws PermissionDeniedException if self-rotation is off, or if the caller is not a service
   *     token
   */
  public Actor.Token requireSelfRotation(Actor actor) {
    if (!(actor instanceof Actor.Token self)) {
      throw denied(actor, SELF_ROTATION, "only a service token can rotate itself");
    }
    if (policy().self() == SelfRotation.OFF) {
      throw denied(
          actor,
          SETTING,
          "service tokens cannot rotate themselves here, because the setting "
              + SETTING
              + " is off");
    }
    return self;
  }

  /**
   * Gives the calling service token a new secret.
   *
   * @param actor the caller; only a service token can rotate itself
   * @throws PermissionDeniedException if self-rotation is off, or if the caller is not a service
   *     token. Also thrown if the caller presented the previous secret and does not repeat the
   *     rotation that replaced this secret.
   * @throws TooManyChangesException if the token exceeds the limit on self-rotations
   * @throws InvalidRequestException if a field is invalid; nothing was changed
   * @throws TokenEndedException if the token was revoked or has expired
   * @throws RotationConflictException if an earlier rotation with the same idempotency key cannot
   *     be repeated, if the current secret is not the one that the request expects, or if the new
   *     secret ended before the response
   * @throws StoreUnavailableException if the store cannot be reached, or if the outcome of the
   *     change is unknown
   */
  public RotatedToken<ServiceToken> rotateSelf(Actor actor, RotationRequest request) {
    Actor.Token self = requireSelfRotation(actor);
    selfRotationLimit.require(self.verified().tokenId());
    try {
      return secrets.rotate(
          actor,
          self.verified().tokenId(),
          request,
          self.verified().secret().id().number(),
          token -> {},
          (token, now, errors) -> selfExpiry(request, token, now, errors));
    } catch (PreviousSecretPresentedException e) {
      throw denied(
          actor,
          SELF_ROTATION,
          "the previous secret can only repeat the rotation that replaced it");
    }
  }

  /**
   * Returns the new expiry of a token that rotates itself. The client can request an earlier
   * expiry, but not a later expiry. Returns null after an error. The error of a requested expiry
   * names only the expiry that the token can reach, because the token may not read the limits of
   * its group.
   */
  private @Nullable Instant selfExpiry(
      RotationRequest request, ServiceToken token, Instant now, RequestErrors errors) {
    boolean renews = policy().self() == SelfRotation.RENEW;
    String field = request.expiryField();
    if (field == null) {
      return renews ? expiry(request, token, now, errors) : token.expiresAt();
    }
    Instant renewed =
        renews ? expiry(RotationRequest.DEFAULT, token, now, new RequestErrors(List.of())) : null;
    // The scopes of the token can forbid a later expiry. An expiry up to the current one is valid.
    Instant latest = Objects.requireNonNullElse(renewed, token.expiresAt());
    GroupLimits reachable =
        creation.limitsOf(token.group()).withMaxLifetimeDays(daysUntil(latest, now));
    // Up to the latest expiry, the scopes need no further check.
    Instant requested =
        CreationPolicy.checkExpiry(
            request.expiresAt(), request.expiresInDays(), now, reachable, errors);
    if (requested != null && requested.isAfter(latest)) {
      errors.add(field, "must not be later than " + AuditEvent.text(latest));
      return null;
    }
    return requested;
  }

  /** Returns the number of days until an instant. A part of a day counts as a day. */
  private static int daysUntil(Instant end, Instant now) {
    return Math.toIntExact(Duration.between(now, end).plusDays(1).minusNanos(1).toDays());
  }

  /**
   * Reports a denied self-rotation to the audit listener, and returns the exception to throw. The
   * exception names no permission, because no permission would be enough.
   *
   * @param rule the rule that caused the denial
   */
  private PermissionDeniedException denied(Actor actor, String rule, String message) {
    access.auditListener().denied(actor, SELF_ROTATION, rule);
    return new PermissionDeniedException("", rule, message);
  }

  /**
   * Ends the previous secret of a token. The limit on changes does not apply, as for revocations.
   *
   * @param reason the reason, 1 to 500 code points after trimming; null for no reason
   * @param expectedPrefix the prefix that the previous secret must have; null for any prefix
   * @throws PermissionDeniedException if the actor lacks the permission to revoke tokens
   * @throws TokenNotFoundException if the actor can revoke no token with this id
   * @throws InvalidRequestException if the reason is invalid
   * @throws RotationConflictException if the valid previous secret has another prefix; nothing was
   *     changed
   * @throws NoPreviousSecretException if the token has no valid previous secret; every process then
   *     rejects the secrets that were ended earlier
   */
  public void endPreviousSecret(
      Actor actor, UUID id, @Nullable String reason, @Nullable String expectedPrefix) {
    Decision decision = access.require(actor, Permissions.SERVICE_REVOKE);
    String checkedReason = reason == null ? null : CreationPolicy.checkReason(reason);
    access.requireWithin(store.find(id).orElseThrow(TokenNotFoundException::new), actor, decision);
    secrets.endPreviousSecret(actor, id, checkedReason, expectedPrefix);
  }
}
