package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A filter that throws {@link IllegalStateException} if a sub-resource locator of a matched class
 * declares access. The declaration is an error, because it would have no effect. The runtime never
 * calls {@link RegisteredFeatures#configure} for a class that has only locators. Therefore this
 * filter checks each class at the first request that uses the class.
 */
@Priority(LocatorFilter.PRIORITY)
final class LocatorFilter implements ContainerRequestFilter {

  /** The priority of this filter. The filter runs before the access rules. */
  static final int PRIORITY = AccessRules.PRIORITY - 1;

  private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();

  @Override
  public void filter(ContainerRequestContext request) {
    for (Class<?> type : ResourceMethods.matched(request)) {
      if (!checked.contains(type)) {
        Access.refuseOnLocators(type);
        checked.add(type);
      }
    }
  }
}
