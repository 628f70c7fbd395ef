package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;

/**
 * Guards the responses that the runtime creates by itself. Its response to {@code OPTIONS} is open
 * to all, because it contains only the request methods.
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
