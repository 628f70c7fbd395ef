package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Fails requests to methods whose access was never decided. {@link AccessRules} decides it for each
 * method, but a runtime that ignores dynamic features never calls them. Without this filter such a
 * runtime would serve all methods unguarded.
 */
@Priority(UndecidedAccessFilter.PRIORITY)
final class UndecidedAccessFilter implements ContainerRequestFilter {

  /** Runs after the rules of the method. */
  static final int PRIORITY = Priorities.AUTHORIZATION + 1;

  private static final Logger LOG = System.getLogger(UndecidedAccessFilter.class.getPackageName());

  private final @Nullable Set<Class<?>> only;
  private final ErrorResponses refusals;
  private final AtomicBoolean reported = new AtomicBoolean();

  /** The matched method. The runtime sets it to a proxy. */
  @Context @Nullable ResourceInfo matched;

  /**
   * @param only the classes whose methods are guarded; null for all
   */
  UndecidedAccessFilter(@Nullable Set<Class<?>> only, ErrorResponses refusals) {
    this.only = only;
    this.refusals = refusals;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (AccessDecision.isRecorded(request) || !isGuarded()) {
      return;
    }
    if (reported.compareAndSet(false, true)) {
      LOG.log(
          Level.ERROR,
          "all guarded methods are refused: the Jakarta REST runtime ignores the dynamic feature of"
              + " AccessTokensFeature, so no access rule is applied");
    }
    throw refusals.undecided();
  }

  /** Returns true as well if the runtime does not say which class was matched. */
  private boolean isGuarded() {
    if (only == null) {
      return true;
    }
    Class<?> resource = matched == null ? null : matched.getResourceClass();
    return resource == null || only.contains(resource);
  }
}
