package io.accesstokens.auth;

import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The features of one application. A Jakarta REST runtime ignores a second component of the same
 * class. So the first feature registers one component for all features, and later features only add
 * themselves to its list.
 */
final class RegisteredFeatures implements DynamicFeature {

  private static final String PROPERTY = RegisteredFeatures.class.getName();

  /**
   * The classes of the features with {@code onlyOn} that no application has registered yet. A
   * Jakarta REST runtime ignores the second instance of {@link AccessTokensFeature} without an
   * error. The other features then find the classes of the ignored instance here.
   */
  private static final Set<NamedClasses> UNREGISTERED = ConcurrentHashMap.newKeySet();

  private final List<AccessTokensFeature> features = new CopyOnWriteArrayList<>();

  static RegisteredFeatures in(FeatureContext context) {
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
      UNREGISTERED.remove(feature.only);
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
      feature.outcomes.shareRates(features.get(0).outcomes);
    }
    features.add(feature);
  }

  @Override
  public void configure(ResourceInfo info, FeatureContext context) {
    List<AccessTokensFeature> guards = guards(info.getResourceClass());
    if (guards.size() > 1) {
      throw new IllegalStateException(
          "several instances of AccessTokensFeature guard " + info.getResourceClass());
    }
    requireNoOtherFeature(info.getResourceClass(), info.getResourceMethod(), guards);
    for (AccessTokensFeature feature : guards) {
      context.register(feature.authentication, Priorities.AUTHENTICATION);
      feature.rules.configure(info, context);
    }
  }

  /** Throws an exception if a feature that the runtime has ignored must guard the method. */
  private static void requireNoOtherFeature(
      Class<?> resource, Method method, List<AccessTokensFeature> guards) {
    boolean named = guards.stream().anyMatch(feature -> feature.names(resource));
    boolean ignored = UNREGISTERED.stream().anyMatch(classes -> classes.contain(resource));
    boolean open = guards.isEmpty() && ResourceMethods.requiresScope(resource, method);
    if (open || (ignored && !named)) {
      throw new IllegalStateException(
          "the AccessTokensFeature that must guard "
              + resource
              + " is not registered: a runtime ignores the second instance, so register one Feature that calls"
              + " configure(…) of each instance");
    }
  }

  /** Returns the features that guard a class: those that name it, or else the one for all. */
  private List<AccessTokensFeature> guards(Class<?> resource) {
    List<AccessTokensFeature> naming =
        features.stream().filter(feature -> feature.names(resource)).toList();
    return naming.isEmpty()
        ? features.stream().filter(feature -> feature.only == null).toList()
        : naming;
  }

  /**
   * Returns the error responses for a class; empty if no feature guards the class.
   *
   * @param resource the class; null if the runtime does not report it. The class then counts as
   *     guarded.
   */
  private Optional<ErrorResponses> refusals(@Nullable Class<?> resource) {
    return (resource == null ? features : guards(resource))
        .stream().map(feature -> feature.refusals).findFirst();
  }

  /**
   * The classes that {@link AccessTokensFeature.Builder#onlyOn} of one feature names. Two instances
   * are never equal.
   */
  static final class NamedClasses {

    private final Set<Class<?>> classes;

    private NamedClasses(Set<Class<?>> classes) {
      this.classes = classes;
    }

    /** Creates the named classes of a feature that is not registered yet. */
    static NamedClasses unregistered(Set<Class<?>> classes) {
      NamedClasses created = new NamedClasses(classes);
      UNREGISTERED.add(created);
      return created;
    }

    boolean contain(Class<?> resource) {
      // A runtime may report a proxy that extends the class.
      return classes.stream().anyMatch(type -> type.isAssignableFrom(resource));
    }
  }
}
