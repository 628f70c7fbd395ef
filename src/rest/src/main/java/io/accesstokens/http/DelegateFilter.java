package io.accesstokens.http;

import io.accesstokens.auth.CallerContext;
import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.token.Actor;
import io.accesstokens.token.PersonalTokenService;
import io.accesstokens.token.ServiceTokenService;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.SecurityContext;

/**
 * Makes a request with a good personal token one of its user's: the principal is an {@link
 * Actor.Delegate}, whose roles are those of the user's permissions of this moment that the token's
 * scopes let through. Runs when the token was found good.
 */
@Priority(DelegateFilter.PRIORITY)
final class DelegateFilter implements ContainerRequestFilter {

  /** After the filter for raw tokens, before whatever else may look for a caller. */
  static final int PRIORITY = Priorities.AUTHENTICATION + 2;

  private final ServiceTokenService authority;
  private final Problems problems;

  DelegateFilter(ServiceTokenService authority, Problems problems) {
    this.authority = authority;
    this.problems = problems;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    SecurityContext before = request.getSecurityContext();
    if (before != null
        && before.getUserPrincipal() instanceof TokenPrincipal token
        && token.verified().isPersonal()) {
      request.setSecurityContext(delegated(token, before.isSecure(), request));
    }
  }

  private SecurityContext delegated(
      TokenPrincipal token, boolean secure, ContainerRequestContext request) {
    try {
      PersonalTokenService personal =
          authority
              .personal()
              .orElseThrow(
                  () -> new IllegalStateException("a personal token is good, but there are none"));
      Actor.Delegate delegate = personal.delegate(token.verified(), token.clientAddress());
      return CallerContext.byBearer(delegate, authority.permissionsOf(delegate), secure);
    } catch (RuntimeException e) {
      throw problems.thrown(e, request.getHeaders(), null);
    }
  }

  /** Leaves a host's own routes alone: there, the principal stays what the auth jar says. */
  record OnOurRoutes(DelegateFilter filter) implements DynamicFeature {
    @Override
    public void configure(ResourceInfo resource, FeatureContext method) {
      if (AccessTokensRoutes.classes().contains(resource.getResourceClass())) {
        method.register(filter, PRIORITY);
      }
    }
  }
}
