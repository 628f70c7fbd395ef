package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;

/**
 * A filter that marks each request to an open resource method. The filters of all other resource
 * methods apply access rules and set the same mark. {@link UndecidedAccessFilter} rejects every
 * request without this mark.
 */
@Priority(AccessRules.PRIORITY)
final class AccessDecisionFilter implements ContainerRequestFilter {

  /** The filter for resource methods that are open to all callers. */
  static final AccessDecisionFilter OPEN = new AccessDecisionFilter();

  private static final String PROPERTY = AccessDecisionFilter.class.getName();

  private AccessDecisionFilter() {}

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
