package io.accesstokens.auth;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.enforcement.EnforcementPolicy;
import io.accesstokens.auth.enforcement.Route;
import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.util.List;

/**
 * Guards one resource method by scopes. A request without an authenticated caller gets 401. If the
 * caller lacks a scope, the enforcement mode of the method determines the response.
 */
@Priority(AccessRules.PRIORITY)
final class ScopeFilter implements ContainerRequestFilter, ContainerResponseFilter {

  private static final Logger LOG = System.getLogger(ScopeFilter.class.getPackageName());
  private static final String WARNING = ScopeFilter.class.getName() + ".warning";

  private final Route route;
  private final EnforcementPolicy modes;
  private final MissingPermissionListener listener;
  private final ErrorResponses refusals;

  ScopeFilter(
      Route route,
      EnforcementPolicy modes,
      MissingPermissionListener listener,
      ErrorResponses refusals) {
    this.route = route;
    this.modes = modes;
    this.listener = listener;
    this.refusals = refusals;
  }

  /**
   * The value of the warning header, stored as a property of the request. Other code cannot set
   * this value, because this type is private.
   */
  private record Warning(String text) {}

  @Override
  public void filter(ContainerRequestContext request) {
    SecurityContext security = request.getSecurityContext();
    Principal caller = security == null ? null : security.getUserPrincipal();
    if (security == null || caller == null) {
      throw refusals.replaced(refusals.unauthenticated(), request);
    }
    List<String> required = route.required();
    List<String> missing =
        required.stream().filter(scope -> !security.isUserInRole(scope)).toList();
    if (!missing.isEmpty()) {
      handle(request, caller, missing);
    }
    AccessDecisionFilter.record(request);
  }

  private void handle(ContainerRequestContext request, Principal caller, List<String> missing) {
    List<String> required = route.required();
    EnforcementMode mode = currentMode();
    report(listener, new MissingPermission(caller, route, required, missing, mode));
    switch (mode) {
      case MONITOR -> {}
      case WARN ->
          request.setProperty(WARNING, new Warning("missing=\"" + String.join(" ", missing) + '"'));
      case ENFORCE -> throw refusals.replaced(refusals.missingScopes(required, missing), request);
    }
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    addWarning(request, response);
  }

  /**
   * Adds the warning header if the request was served in the mode {@link EnforcementMode#WARN}
   * although the caller lacked a scope.
   */
  static void addWarning(ContainerRequestContext request, ContainerResponseContext response) {
    if (request.getProperty(WARNING) instanceof Warning warning) {
      response.getHeaders().putSingle(EnforcementMode.WARNING_HEADER, warning.text());
    }
  }

  private EnforcementMode currentMode() {
    try {
      EnforcementMode mode = modes.modeOf(route);
      if (mode != null) {
        return mode;
      }
      LOG.log(
          Level.ERROR, "the mode policy returned null for {0}, so the scopes are enforced", route);
    } catch (RuntimeException e) {
      LOG.log(
          Level.ERROR, "the mode policy failed for " + route + ", so the scopes are enforced", e);
    }
    return EnforcementMode.ENFORCE;
  }

  static void report(MissingPermissionListener listener, MissingPermission missing) {
    try {
      listener.permissionMissing(missing);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "the listener failed for " + missing, e);
    }
  }
}
