package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;

/**
 * Guards what the runtime answers by itself. Its answer to {@code OPTIONS} is open to all: it tells
 * nothing but the methods.
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
