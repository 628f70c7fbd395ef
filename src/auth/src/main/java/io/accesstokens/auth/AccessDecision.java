package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;

/**
 * Records in a request that the access rules of its resource method were applied. {@link
 * UndecidedAccessFilter} rejects requests without this record.
 */
@Priority(Priorities.AUTHORIZATION)
final class AccessDecision implements ContainerRequestFilter {

  /** The filter for resource methods that are open to all callers. */
  static final AccessDecision OPEN = new AccessDecision();

  private static final String PROPERTY = AccessDecision.class.getName();

  private AccessDecision() {}

  static void record(ContainerRequestContext request) {
    request.setProperty(PROPERTY, true);
  }

  static boolean isRecorded(ContainerRequestContext request) {
    return Boolean.TRUE.equals(request.getProperty(PROPERTY));
  }

  @Override
  public void filter(ContainerRequestContext request) {
    record(request);
  }
}
