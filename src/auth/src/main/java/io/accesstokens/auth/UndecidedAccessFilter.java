package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Rejects requests to resource methods without an access rule, with status 500. {@link
 * RegisteredFeatures} registers a rule for each method, but some runtimes ignore dynamic features.
 * Without this filter, these runtimes would serve all methods without an access check.
 */
@Priority(UndecidedAccessFilter.PRIORITY)
final class UndecidedAccessFilter implements ContainerRequestFilter {

  /** The priority of this filter. The filter runs after the access rules of the resource method. */
  static final int PRIORITY = Priorities.AUTHORIZATION + 1;

  private static final Logger LOG = System.getLogger(UndecidedAccessFilter.class.getPackageName());

  /** Returns the error responses of the feature that guards a request. */
  interface Guards {

    /**
     * Returns the error responses; empty if no feature guards the request.
     *
     * @param resource the class of the resource method; null if the runtime does not report it
     */
    Optional<ErrorResponses> refusals(@Nullable Class<?> resource, ContainerRequestContext request);
  }

  private final Guards guards;
  private final AtomicBoolean reported = new AtomicBoolean();

  /** The resource method of the current request. The runtime injects a proxy. */
  @Context @Nullable ResourceInfo matched;

  UndecidedAccessFilter(Guards guards) {
    this.guards = guards;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (AccessDecisionFilter.isRecorded(request)) {
      return;
    }
    Optional<ErrorResponses> refusals =
        guards.refusals(matched == null ? null : matched.getResourceClass(), request);
    if (refusals.isEmpty()) {
      return;
    }
    if (reported.compareAndSet(false, true)) {
      LOG.log(
          Level.ERROR,
          "requests to {0} are refused, because the Jakarta REST runtime has applied no access rule:"
              + " it ignores the dynamic feature of AccessTokensFeature, or ignores it for the methods"
              + " of sub-resources, as Apache CXF does; other methods can have the same error",
          matched == null ? "a method" : matched.getResourceMethod());
    }
    throw refusals.get().replaced(refusals.get().undecided(), request);
  }
}
