package io.accesstokens.token.policy;

import io.accesstokens.token.Actor;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.audit.SafeAuditListener;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.UseLimits;
import io.accesstokens.verify.Verification;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Checks permissions for the use cases. Reports each denial to the {@link AuditListener}, with the
 * rule that decided.
 */
public record PermissionCheck(PermissionPolicy policy, AuditListener auditListener) {

  public PermissionCheck {
    auditListener = SafeAuditListener.of(auditListener);
  }

  /**
   * Checks that an actor has a permission, even if only on some groups, and returns the decision.
   *
   * @throws PermissionDeniedException if the actor does not have the permission
   */
  public Decision require(Actor actor, String permission) {
    Decision decision = policy.decide(actor, permission);
    if (!decision.allowed()) {
      throw denied(
          actor, permission, decision.rule(), "the permission " + permission + " is required");
    }
    return decision;
  }

  /**
   * Checks that the actor has the permission of the decision on this group.
   *
   * @throws PermissionDeniedException if the actor does not have the permission on this group
   */
  public void requireOn(EntityRef group, Actor actor, Decision decision) {
    if (!decision.allowedOn(group)) {
      throw denied(
          actor,
          decision.permission(),
          decision.ruleOn(group),
          unlessToken(actor, decision.permission()),
          "the permission " + decision.permission() + " is required on this group");
    }
  }

  /**
   * Checks that the actor has the permission on the group of the token, and returns the token.
   *
   * @throws TokenNotFoundException if the actor does not have the permission on the group of the
   *     token; the denial is reported to the {@link AuditListener}
   */
  public ServiceToken requireWithin(ServiceToken token, Actor actor, Decision decision) {
    if (!isAllowed(token, actor, decision)) {
      throw new TokenNotFoundException();
    }
    return token;
  }

  /**
   * Returns true if the actor has the permission on the group of the token. Otherwise, reports the
   * denial to the {@link AuditListener}.
   */
  public boolean isAllowed(ServiceToken token, Actor actor, Decision decision) {
    boolean reached = decision.allowedOn(token.group());
    if (!reached) {
      auditListener.denied(actor, decision.permission(), decision.ruleOn(token.group()));
    }
    return reached;
  }

  /**
   * Checks that the token of an actor has all of these scopes.
   *
   * @param verified the verdict on the actor's token
   * @throws PermissionDeniedException if the token lacks one of the scopes
   */
  public void requireScopes(Actor actor, Verification.Accepted verified, List<String> scopes) {
    if (!verified.scopes().containsAll(scopes)) {
      throw denied(
          actor,
          String.join(" ", scopes),
          PermissionPolicy.TOKEN_SCOPES,
          "the token does not have all required scopes, see the header WWW-Authenticate");
    }
  }

  /**
   * Checks that the actor may grant all of these scopes to a token.
   *
   * @throws PermissionDeniedException if the actor may not grant one of the scopes
   */
  public void requireMayGrant(Actor actor, List<String> scopes) {
    for (String scope : scopes) {
      if (!mayGrant(actor, scope)) {
        throw denied(
            actor,
            scope,
            PermissionPolicy.DELEGATION,
            scope.startsWith(Permissions.PREFIX) ? unlessToken(actor, scope) : scope,
            "you are not allowed to grant the scope " + scope);
      }
    }
  }

  /**
   * Checks that the actor's sign-in is recent enough to create a token with these scopes.
   *
   * @throws FreshSignInRequiredException if the actor's sign-in is too old for a token with these
   *     scopes
   */
  public void requireFreshSignIn(SignInAge age, Actor actor, List<String> scopes, Instant now) {
    String scope = age.tooOldFor(actor, scopes, now);
    if (scope != null) {
      auditListener.denied(actor, scope, SignInAge.RULE);
      throw new FreshSignInRequiredException(Objects.requireNonNull(age.limit()));
    }
  }

  /**
   * Checks the expiry of a token to which the actor grants rights. If the actor is a token, {@code
   * expiresAt} must not be later than the expiry of the secret that the actor presented.
   *
   * @throws PermissionDeniedException if the actor is a token whose presented secret expires before
   *     {@code expiresAt}
   */
  public void requireWithinOwnExpiry(Actor actor, Instant expiresAt) {
    if (actor.credential().filter(own -> own.expiresAt().isBefore(expiresAt)).isPresent()) {
      throw denied(
          actor,
          Permissions.SERVICE_WRITE,
          PermissionPolicy.DELEGATION,
          "",
          "a token cannot grant rights to a token that expires later than itself: request an"
              + " earlier expiry");
    }
  }

  /**
   * Checks the limits of a token to which the actor grants rights. If the actor is a token, these
   * limits must be at least as strict as the limits of the actor. Without this check, a token that
   * is limited to addresses could create a token without this limit.
   *
   * @throws PermissionDeniedException if the actor is a token whose limits forbid a use that these
   *     limits allow
   */
  public void requireWithinOwnLimits(Actor actor, UseLimits limits) {
    if (actor.credential().filter(own -> !own.limits().cover(limits)).isPresent()) {
      throw denied(
          actor,
          Permissions.SERVICE_WRITE,
          PermissionPolicy.DELEGATION,
          "",
          "a token cannot grant rights to a token with weaker limits than its own: set"
              + " allowedAddresses and requestsPerMinute at least as strict as those of the"
              + " calling token");
    }
  }

  /**
   * Returns true if the actor may grant a scope to a token. A user may grant any scope that is not
   * a permission. A user may grant a permission if the user has this permission on all groups. A
   * token may grant only its own scopes, and never a permission.
   */
  public boolean mayGrant(Actor actor, String scope) {
    boolean isPermission = scope.startsWith(Permissions.PREFIX);
    return actor
        .credential()
        .map(token -> !isPermission && token.scopes().contains(scope))
        .orElseGet(
            () ->
                !isPermission
                    || policy.groupsOf(actor, scope) instanceof PermissionScope.Everywhere);
  }

  /**
   * Returns the permission that would be enough. Returns an empty text if the actor is a token,
   * because no further scope would be enough.
   */
  private static String unlessToken(Actor actor, String permission) {
    return actor.credential().isPresent() ? "" : permission;
  }

  private PermissionDeniedException denied(
      Actor actor, String permission, String rule, String message) {
    return denied(actor, permission, rule, permission, message);
  }

  /**
   * Reports a denial, and returns the exception to throw.
   *
   * @param permission the permission or scopes in the report
   * @param missing the permission or scopes that the actor lacks; empty if none would be enough
   */
  private PermissionDeniedException denied(
      Actor actor, String permission, String rule, String missing, String message) {
    auditListener.denied(actor, permission, rule);
    return new PermissionDeniedException(missing, rule, message);
  }
}
