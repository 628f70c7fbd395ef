package io.accesstokens.app;

import io.accesstokens.token.ServiceTokenService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.inject.Singleton;
import jakarta.security.enterprise.identitystore.IdentityStore;
import org.jspecify.annotations.Nullable;

/** Offers the application's objects to CDI, once {@link Startup} has started them. */
@ApplicationScoped
public class Wiring {

  private volatile @Nullable Services services;

  /** The wiring of this application, for those whom the container does not inject. */
  static Wiring current() {
    return CDI.current().select(Wiring.class).get();
  }

  void offer(Services started) {
    services = started;
  }

  /** Returns null if the application has been refused to start. */
  @Nullable Services servicesOrNull() {
    return services;
  }

  Services services() {
    Services running = services;
    if (running == null) {
      throw new IllegalStateException("the application has not started");
    }
    return running;
  }

  /** The use cases, for the routes. */
  @Produces
  @Singleton
  ServiceTokenService tokenAuthority() {
    return services().authority();
  }

  /** The people, for Jakarta Security's {@code IdentityStoreHandler}. */
  @Produces
  @Singleton
  IdentityStore identityStore() {
    return services().people();
  }
}
