package io.accesstokens.auth;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.enforcement.Route;
import jakarta.annotation.Priority;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Guards one resource method by roles. A request without an authenticated caller gets 401. A caller
 * with none of the roles gets 403.
 */
@Priority(AccessRules.PRIORITY)
final class RoleFilter implements ContainerRequestFilter {

  /** The role that means any authenticated caller (Jakarta Servlet 6.0, section 13.3). */
  static final String ANY_CALLER = "**";

  private final Route route;
  private final MissingPermissionListener listener;
  private final ErrorResponses refusals;

  RoleFilter(Route route, MissingPermissionListener listener, ErrorResponses refusals) {
    this.route = route;
    this.listener = listener;
    this.refusals = refusals;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    try {
      require(request.getSecurityContext());
    } catch (WebApplicationException e) {
      throw refusals.replaced(e, request);
    }
    AccessDecisionFilter.record(request);
  }

  /**
   * Checks that the caller has one of the roles.
   *
   * @param security the security context of the request; null if there is none
   * @throws jakarta.ws.rs.NotAuthorizedException if there is no authenticated caller
   * @throws MissingPermissionException if the caller has none of the roles
   */
  void require(@Nullable SecurityContext security) {
    Principal caller = security == null ? null : security.getUserPrincipal();
    if (security == null || caller == null) {
      throw refusals.unauthenticated();
    }
    for (String role : route.required()) {
      if (role.equals(ANY_CALLER) || security.isUserInRole(role)) {
        return;
      }
    }
    ScopeFilter.report(
        listener,
        new MissingPermission(
            caller, route, route.required(), route.required(), EnforcementMode.ENFORCE));
    throw refusals.missingRole(
        route.required(),
        caller instanceof TokenPrincipal
            || AccessTokensFeature.SCHEME.equals(security.getAuthenticationScheme()));
  }
}
