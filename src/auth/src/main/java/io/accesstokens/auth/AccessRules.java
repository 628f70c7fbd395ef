package io.accesstokens.auth;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.enforcement.EnforcementPolicy;
import io.accesstokens.auth.enforcement.Route;
import io.accesstokens.auth.enforcement.UndeclaredAccess;
import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Creates the filter for each resource method. The filter enforces the access that the annotations
 * of the method declare.
 */
final class AccessRules {

  /**
   * The priority of the access rules. They run before other filters with {@link
   * Priorities#AUTHORIZATION}, because those filters can send a wrong response. For example,
   * Jersey's filter for {@code @RolesAllowed} responds to an anonymous caller with 403 instead of
   * 401.
   */
  static final int PRIORITY = Priorities.AUTHORIZATION - 1;

  private static final Logger LOG = System.getLogger(AccessRules.class.getPackageName());

  private static final List<String> ANY_CALLER = List.of(RoleFilter.ANY_CALLER);

  private final UndeclaredAccess undeclared;
  private final EnforcementPolicy modes;
  private final MissingPermissionListener listener;
  private final ErrorResponses refusals;
  private final Set<GuardedMethod> guarded = ConcurrentHashMap.newKeySet();

  /** The classes that were already checked: their sub-resource locators declare no access. */
  private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();

  AccessRules(
      UndeclaredAccess undeclared,
      EnforcementPolicy modes,
      MissingPermissionListener listener,
      ErrorResponses refusals) {
    this.undeclared = undeclared;
    this.modes = modes;
    this.listener = listener;
    this.refusals = refusals;
  }

  /**
   * Creates the filter that guards a resource method, and records that the method is guarded.
   *
   * @throws IllegalStateException if a declaration of access is wrong, or if there is no
   *     declaration and {@link UndeclaredAccess#STOPS_START} applies
   */
  ContainerRequestFilter createFilter(Class<?> resource, Method method) {
    Optional<String> requestMethod = ResourceMethods.requestMethod(resource, method);
    if (requestMethod.isEmpty()) {
      // The runtime itself responds to OPTIONS here, not a method of the application.
      return new OptionsOnly(refusals);
    }
    if (!checked.contains(resource)) {
      Access.refuseOnLocators(resource);
      checked.add(resource);
    }
    Access access = Access.declaredBy(resource, method).orElseGet(() -> undeclared(method));
    guarded.add(GuardedMethod.of(resource, method));
    if (access instanceof Access.Roles roles) {
      Route route = route(requestMethod.get(), resource, method, roles.anyOf(), null);
      return new RoleFilter(route, listener, refusals);
    }
    if (access instanceof Access.Scopes scopes) {
      Route route = route(requestMethod.get(), resource, method, scopes.allOf(), scopes.mode());
      LOG.log(Level.DEBUG, () -> route + " requires " + route.required());
      return new ScopeFilter(route, modes, listener, refusals);
    }
    return AccessDecisionFilter.OPEN;
  }

  /**
   * Returns the guard of a class with exactly one resource method, see {@link
   * AccessTokensFeature#guard}. The method must declare roles.
   *
   * @throws IllegalStateException if the class does not have exactly one resource method, or if the
   *     method declares no roles
   */
  Consumer<SecurityContext> guard(Class<?> resource) {
    List<Method> methods = methods(resource).toList();
    if (methods.size() == 1
        && Access.declaredBy(resource, methods.get(0)).orElse(null) instanceof Access.Roles roles) {
      Method method = methods.get(0);
      String requestMethod = ResourceMethods.requestMethod(resource, method).orElseThrow();
      Route route = route(requestMethod, resource, method, roles.anyOf(), null);
      return new RoleFilter(route, listener, refusals)::require;
    }
    throw new IllegalStateException(resource + " must have one resource method, with roles");
  }

  /**
   * Identifies a resource method for which a filter was registered. The declaring class is not part
   * of the key, because Jersey and RESTEasy report different declaring classes for an inherited
   * method.
   */
  private record GuardedMethod(Class<?> resource, String method, List<Class<?>> parameters) {

    static GuardedMethod of(Class<?> resource, Method method) {
      return new GuardedMethod(resource, method.getName(), List.of(method.getParameterTypes()));
    }
  }

  /**
   * Returns the resource methods of a class for which {@link #createFilter} has not created a
   * filter.
   */
  List<Method> unguarded(Class<?> resource) {
    return methods(resource)
        .filter(method -> !guarded.contains(GuardedMethod.of(resource, method)))
        .toList();
  }

  private static Stream<Method> methods(Class<?> resource) {
    return Arrays.stream(resource.getMethods())
        .filter(method -> !method.isBridge())
        .filter(method -> ResourceMethods.requestMethod(resource, method).isPresent());
  }

  private static Route route(
      String requestMethod,
      Class<?> resource,
      Method method,
      List<String> required,
      @Nullable EnforcementMode mode) {
    return new Route(
        requestMethod, ResourceMethods.path(resource, method), resource, method, required, mode);
  }

  private Access undeclared(Method method) {
    return switch (undeclared) {
      case STOPS_START -> throw new IllegalStateException("no access is declared by " + method);
      case DENIED -> {
        LOG.log(
            Level.WARNING,
            "{0} declares no access, so every call is denied: add @RequiresScope,"
                + " @RolesAllowed or @PermitAll",
            method);
        yield new Access.Roles(List.of());
      }
      case AUTHENTICATED -> new Access.Roles(ANY_CALLER);
      case UNGUARDED -> new Access.Open();
    };
  }

  /**
   * Guards the responses that the Jakarta REST runtime creates itself. The response to {@code
   * OPTIONS} is open to all callers, because this response contains only the allowed request
   * methods. Any other request gets 401.
   */
  @Priority(PRIORITY)
  private static final class OptionsOnly implements ContainerRequestFilter {

    private final ErrorResponses refusals;

    OptionsOnly(ErrorResponses refusals) {
      this.refusals = refusals;
    }

    @Override
    public void filter(ContainerRequestContext request) {
      if (!request.getMethod().equals(HttpMethod.OPTIONS)) {
        throw refusals.replaced(refusals.unauthenticated(), request);
      }
      AccessDecisionFilter.record(request);
    }
  }
}
