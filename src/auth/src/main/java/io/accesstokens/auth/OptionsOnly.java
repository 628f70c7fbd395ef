package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;

/**
 * Guards the responses that the Jakarta REST runtime creates itself. The response to {@code
 * OPTIONS} is open to all callers, because it contains only the allowed request methods. Any other
 * request gets 401.
 */
@Priority(Priorities.AUTHORIZATION)
final class OptionsOnly implements ContainerRequestFilter {

  private final ErrorResponses refusals;

  OptionsOnly(ErrorResponses refusals) {
    this.refusals = refusals;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (!request.getMethod().equals(HttpMethod.OPTIONS)) {
      throw refusals.unauthenticated();
    }
    AccessDecision.record(request);
  }
}
