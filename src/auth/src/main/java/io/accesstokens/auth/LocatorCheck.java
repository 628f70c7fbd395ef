package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Fails requests to a sub-resource that came through a locator which declares access. At start,
 * {@link AccessRules} does not see a class that has only locators. So this filter checks such a
 * class at its first use.
 */
@Priority(Priorities.AUTHORIZATION - 1)
final class LocatorCheck implements ContainerRequestFilter {

  private final Set<Class<?>> good = ConcurrentHashMap.newKeySet();

  @Override
  public void filter(ContainerRequestContext request) {
    for (Object resource : request.getUriInfo().getMatchedResources()) {
      Class<?> type = resource instanceof Class<?> it ? it : resource.getClass();
      if (!good.contains(type)) {
        Access.refuseOnLocators(type);
        good.add(type);
      }
    }
  }
}
