package io.accesstokens.http;

import io.accesstokens.http.caller.TokenActors;
import io.accesstokens.http.problem.Problems;
import io.accesstokens.token.Actor;
import io.accesstokens.token.service.ServiceTokenService;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.SecurityContext;

/**
 * Replaces the principal of a request if the principal is a personal token. The new principal is
 * the user of the token, as an {@link Actor.Delegate}.
 *
 * <p>The roles of the new principal are the current permissions of the user, restricted by the
 * scopes of the token. The filter runs after the filters that verify tokens.
 */
@Priority(DelegateFilter.PRIORITY)
final class DelegateFilter implements ContainerRequestFilter {

  /**
   * Priority of the filter. The filter runs after the filters that verify access tokens, and before
   * all other filters that determine the caller.
   */
  static final int PRIORITY = Priorities.AUTHENTICATION + 2;

  private final ServiceTokenService tokenService;
  private final Problems problems;

  DelegateFilter(ServiceTokenService tokenService, Problems problems) {
    this.tokenService = tokenService;
    this.problems = problems;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    SecurityContext before = request.getSecurityContext();
    if (before == null) {
      return;
    }
    try {
      SecurityContext after = TokenActors.delegated(tokenService, before);
      if (after != before) {
        request.setSecurityContext(after);
      }
    } catch (RuntimeException e) {
      throw problems.toException(e, request.getHeaders(), null);
    }
  }
}
