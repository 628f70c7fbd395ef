package io.accesstokens.it.library.host;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.MissingPermission;
import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.enforcement.UndeclaredAccess;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** A host application that uses each way of declaring access. */
public final class HostApplication extends Application implements AutoCloseable {

  private final Map<String, Object> settings;
  private final RemoteTokenVerifier verifier;

  /**
   * Creates the application with these settings:
   *
   * <ul>
   *   <li>{@code tokens}: the URL of the service
   *   <li>{@code verifier}: a raw token
   *   <li>{@code mode} and {@code undeclared}
   *   <li>{@code resource}: the name of a class in {@link HostResources}
   *   <li>{@code more}, optional: the name of another class in {@link HostResources}
   *   <li>{@code heard}: a consumer of texts
   *   <li>{@code onlyOn}, optional: the name of the only guarded class
   *   <li>{@code ignoreDynamicFeatures}, optional: true
   *   <li>{@code selfCheck}, optional: a reference that receives the self-check
   * </ul>
   */
  public HostApplication(Map<String, Object> settings) {
    this.settings = settings;
    this.verifier =
        RemoteTokenVerifier.builder(
                URI.create(text("tokens")), () -> VerifierCredential.token(text("verifier")))
            .build();
  }

  @Override
  public void close() {
    verifier.close();
  }

  @Override
  public Set<Class<?>> getClasses() {
    return settings.get("more") instanceof String more
        ? Set.of(resource(text("resource")), resource(more))
        : Set.of(resource(text("resource")));
  }

  @Override
  @SuppressWarnings("deprecation") // This is the portable way to register instances without CDI.
  public Set<Object> getSingletons() {
    @SuppressWarnings("unchecked")
    Consumer<String> heard =
        (Consumer<String>) Objects.requireNonNull(settings.get("heard"), "heard");
    AccessTokensFeature.Builder access =
        AccessTokensFeature.builder(verifier)
            .mode(EnforcementMode.parse(text("mode")))
            .undeclared(UndeclaredAccess.valueOf(text("undeclared")))
            .missingPermissionListener(
                (MissingPermission denial) -> heard.accept(denial.toString()))
            .passOtherBearers();
    if (settings.get("onlyOn") instanceof String only) {
      access.onlyOn(Set.of(resource(only)));
    }
    AccessTokensFeature feature = access.build();
    if (settings.get("selfCheck") instanceof AtomicReference<?>) {
      @SuppressWarnings("unchecked")
      AtomicReference<Runnable> selfCheck = (AtomicReference<Runnable>) settings.get("selfCheck");
      selfCheck.set(() -> feature.requireGuarded(resource(text("resource"))));
    }
    boolean dynamic = !Boolean.TRUE.equals(settings.get("ignoreDynamicFeatures"));
    return Set.of(
        dynamic ? feature : ignoringDynamicFeatures(feature),
        new HostResources.ClientAddresses(),
        new HostResources.Sessions());
  }

  /** Registers a feature as a runtime without dynamic features does. */
  private static Feature ignoringDynamicFeatures(Feature feature) {
    return context ->
        feature.configure(
            (FeatureContext)
                Proxy.newProxyInstance(
                    HostApplication.class.getClassLoader(),
                    new Class<?>[] {FeatureContext.class},
                    (proxy, method, arguments) ->
                        arguments != null && arguments[0] instanceof DynamicFeature
                            ? proxy
                            : method.invoke(context, arguments)));
  }

  private static Class<?> resource(String name) {
    try {
      return Class.forName(HostResources.class.getName() + '$' + name);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private String text(String name) {
    return String.valueOf(settings.get(name));
  }
}
