package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.FeatureContext;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The features of one application. A Jakarta REST runtime ignores a second component of the same
 * class. So the first feature registers one component for all features, and later features only
 * join this component.
 *
 * <p>The runtime calls this component at start for the methods of root resources. For a
 * sub-resource class, the runtime calls this component when a locator returns the first object of
 * the class. An exception at start prevents the start. A later exception ends the request with
 * status 500.
 */
final class RegisteredFeatures implements DynamicFeature {

  private static final String PROPERTY = RegisteredFeatures.class.getName();

  private static final Logger LOG = System.getLogger(RegisteredFeatures.class.getPackageName());

  /**
   * The number of unregistered features that name a class. A Jakarta REST runtime ignores the
   * second instance of {@link AccessTokensFeature} without an error. By this number, the other
   * features detect that an ignored instance names the class. The number is in a {@code
   * ClassValue}, because a {@code ClassValue} keeps no class loader in memory, even for a feature
   * that is never registered.
   */
  private static final ClassValue<AtomicInteger> UNREGISTERED =
      new ClassValue<>() {
        @Override
        protected AtomicInteger computeValue(Class<?> type) {
          return new AtomicInteger();
        }
      };

  private final List<AccessTokensFeature> features = new CopyOnWriteArrayList<>();
  private final LocatorFilter locators = new LocatorFilter();

  static RegisteredFeatures findOrRegister(FeatureContext context) {
    Configuration application = context.getConfiguration();
    if (application.getProperty(PROPERTY) instanceof RegisteredFeatures existing) {
      return existing;
    }
    if (application.isRegistered(RegisteredFeatures.class)) {
      throw new IllegalStateException(
          "the Jakarta REST runtime has lost the property "
              + PROPERTY
              + ", so it would ignore a second AccessTokensFeature");
    }
    RegisteredFeatures created = new RegisteredFeatures();
    context.property(PROPERTY, created);
    context.register(created);
    context.register(new UndecidedAccessFilter(created::refusals));
    return created;
  }

  synchronized void add(AccessTokensFeature feature) {
    if (feature.only != null) {
      feature.only.markRegistered();
    }
    if (features.contains(feature)) {
      return;
    }
    if (feature.only == null && features.stream().anyMatch(other -> other.only == null)) {
      throw new IllegalStateException(
          "two instances of AccessTokensFeature guard all classes: register one of them, or call"
              + " onlyOn(…)");
    }
    if (!features.isEmpty()) {
      feature.handler.shareRates(features.get(0).handler);
    }
    features.add(feature);
  }

  @Override
  public void configure(ResourceInfo info, FeatureContext context) {
    Class<?> resource = info.getResourceClass();
    Method method = info.getResourceMethod();
    Optional<AccessTokensFeature> guard = guard(resource);
    boolean root = ResourceMethods.isRoot(resource);
    boolean known = naming(resource).isPresent() || !anyNamesClasses();
    if (naming(resource).isEmpty() && guard.isPresent() && isUnregistered(resource)) {
      LOG.log(
          Level.WARNING,
          "{0} is guarded by the AccessTokensFeature for all classes, but no application has"
              + " registered the feature whose onlyOn names {1}: if this application must register"
              + " it, register one Feature that calls configure(…) of each instance",
          method,
          resource);
    }
    if (root) {
      boolean scoped = ResourceMethods.requiresScope(resource, method);
      requireNoOtherFeature(resource, scoped, List.of(resource), guard);
    }
    if (known) {
      AccessTokensFeature feature = guard.orElseThrow();
      context.register(feature.authentication, Priorities.AUTHENTICATION);
      context.register(feature.rules.createFilter(resource, method), AccessRules.PRIORITY);
      context.register(locators, LocatorFilter.PRIORITY);
      return;
    }
    RuleOfRequest rule = new RuleOfRequest(resource, method);
    if (root) {
      guard.ifPresent(rule::of); // so that a wrong declaration prevents the start
    }
    context.register(new AuthenticationOfRequest(resource), Priorities.AUTHENTICATION);
    context.register(rule, AccessRules.PRIORITY);
  }

  /**
   * Throws an exception if a method must be guarded, but no feature guards the method. A method
   * must be guarded if it requires a scope, or if an unregistered feature names one of the matched
   * classes.
   *
   * @param scoped true if the method requires a scope
   * @param matched the resource class, and the classes whose sub-resource locators led to this
   *     class
   * @param guard the feature that guards the method; empty if there is none
   */
  private static void requireNoOtherFeature(
      Class<?> resource,
      boolean scoped,
      List<Class<?>> matched,
      Optional<AccessTokensFeature> guard) {
    if (guard.isEmpty()
        && (scoped || matched.stream().anyMatch(RegisteredFeatures::isUnregistered))) {
      throw new IllegalStateException(
          "the AccessTokensFeature that must guard "
              + resource
              + " is not registered: a runtime ignores the second instance, so register one Feature that calls"
              + " configure(…) of each instance");
    }
  }

  /** Returns true if an unregistered feature names a class. */
  private static boolean isUnregistered(Class<?> type) {
    return ResourceMethods.types(type).anyMatch(named -> UNREGISTERED.get(named).get() > 0);
  }

  private boolean anyNamesClasses() {
    return features.stream().anyMatch(feature -> feature.only != null);
  }

  /**
   * Returns the feature that names a class; empty if there is none.
   *
   * @throws IllegalStateException if several features name the class
   */
  private Optional<AccessTokensFeature> naming(Class<?> type) {
    List<AccessTokensFeature> naming =
        features.stream().filter(feature -> feature.names(type)).toList();
    if (naming.size() > 1) {
      throw new IllegalStateException("several instances of AccessTokensFeature guard " + type);
    }
    return naming.stream().findFirst();
  }

  /** Returns the feature that names a root resource, or otherwise the feature for all classes. */
  private Optional<AccessTokensFeature> guard(Class<?> root) {
    return naming(root)
        .or(() -> features.stream().filter(feature -> feature.only == null).findFirst());
  }

  /**
   * Returns the feature that guards a request to a resource class. If no feature names the class,
   * returns the feature that names the nearest class whose sub-resource locator led to this class.
   * If there is none, returns the feature for all classes.
   *
   * @throws IllegalStateException if the runtime does not report how it found a sub-resource
   */
  private Optional<AccessTokensFeature> guard(Class<?> resource, ContainerRequestContext request) {
    if (!anyNamesClasses() || naming(resource).isPresent()) {
      return guard(resource);
    }
    List<Class<?>> matched = ResourceMethods.matched(request);
    if (matched.isEmpty() && !ResourceMethods.isRoot(resource)) {
      throw new IllegalStateException(
          "the Jakarta REST runtime does not report the matched resources, so the"
              + " AccessTokensFeature that must guard "
              + resource
              + " is not known");
    }
    return matched.stream()
        .flatMap(type -> naming(type).stream())
        .findFirst()
        .or(() -> guard(resource));
  }

  /**
   * Returns the error responses for a request; empty if no feature guards the request.
   *
   * @param resource the class of the resource method; null if the runtime does not report it. The
   *     request then counts as guarded.
   */
  private Optional<ErrorResponses> refusals(
      @Nullable Class<?> resource, ContainerRequestContext request) {
    return (resource == null ? features.stream().findFirst() : guard(resource, request))
        .map(feature -> feature.refusals);
  }

  /** Authenticates requests to a class that no feature names. */
  @Priority(Priorities.AUTHENTICATION)
  private final class AuthenticationOfRequest implements ContainerRequestFilter {

    private final Class<?> resource;

    AuthenticationOfRequest(Class<?> resource) {
      this.resource = resource;
    }

    @Override
    public void filter(ContainerRequestContext request) {
      guard(resource, request).ifPresent(feature -> feature.authentication.filter(request));
    }
  }

  /**
   * Applies access rules to a method of a class that is not in {@code onlyOn} of any feature. The
   * class can be a sub-resource of several classes with different features. Therefore, each request
   * determines the feature whose rules apply.
   */
  @Priority(AccessRules.PRIORITY)
  private final class RuleOfRequest implements ContainerRequestFilter, ContainerResponseFilter {

    private final Class<?> resource;
    private final Method method;
    private final boolean scoped;
    private final Map<AccessTokensFeature, ContainerRequestFilter> rules =
        new ConcurrentHashMap<>();

    RuleOfRequest(Class<?> resource, Method method) {
      this.resource = resource;
      this.method = method;
      this.scoped = ResourceMethods.requiresScope(resource, method);
    }

    ContainerRequestFilter of(AccessTokensFeature feature) {
      return rules.computeIfAbsent(feature, guard -> guard.rules.createFilter(resource, method));
    }

    @Override
    public void filter(ContainerRequestContext request) throws IOException {
      Optional<AccessTokensFeature> guard = guard(resource, request);
      requireNoOtherFeature(resource, scoped, ResourceMethods.matched(request), guard);
      if (guard.isPresent()) {
        locators.filter(request);
        of(guard.get()).filter(request);
      }
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
      ScopeFilter.addWarning(request, response);
    }
  }

  /** The classes that one feature names with {@link AccessTokensFeature.Builder#onlyOn}. */
  static final class NamedClasses {

    private final Set<Class<?>> classes;
    private final AtomicBoolean registered = new AtomicBoolean();

    /** Creates the named classes of a feature that is not registered yet. */
    NamedClasses(Set<Class<?>> classes) {
      this.classes = classes;
      classes.forEach(type -> UNREGISTERED.get(type).incrementAndGet());
    }

    private void markRegistered() {
      if (registered.compareAndSet(false, true)) {
        classes.forEach(type -> UNREGISTERED.get(type).decrementAndGet());
      }
    }

    boolean contain(Class<?> resource) {
      // A runtime may report a proxy that extends the class, or that implements its interfaces.
      List<Class<?>> declarations =
          Proxy.isProxyClass(resource)
              ? Arrays.stream(resource.getInterfaces())
                  .filter(ResourceMethods::declaresResource)
                  .toList()
              : List.of();
      return classes.stream()
          .anyMatch(
              type ->
                  type.isAssignableFrom(resource)
                      || (!declarations.isEmpty()
                          && declarations.stream().allMatch(api -> api.isAssignableFrom(type))));
    }
  }
}
