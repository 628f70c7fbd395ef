package io.accesstokens.app.wiring;

import io.accesstokens.app.ServletEnvironment;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.InvalidSettingsException;
import io.accesstokens.app.settings.SettingsLoader;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.token.policy.PermissionPolicy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** Produces the configuration, and the beans that depend only on the configuration. */
@ApplicationScoped
public class SettingsProducer {

  /**
   * Returns the settings that the server has read, or else loads the settings of this process.
   *
   * @throws StartupException if the settings have errors; the exception has one line for each error
   */
  @Produces
  @Singleton
  Configuration configuration(ServletEnvironment environment) {
    try {
      return environment
          .configuration()
          .orElseGet(() -> SettingsLoader.ofProcess(Map.of(), environment.baseDirectory()).load());
    } catch (InvalidSettingsException e) {
      throw new StartupException(e.lines());
    }
  }

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  PermissionPolicy permissionPolicy(Configuration configuration) {
    return configuration.permissionPolicy();
  }

  /** Returns the issuer of short-lived tokens; empty if the application's own URL is unknown. */
  @Produces
  @Singleton
  Optional<Issuer> issuer(Configuration configuration, ServletEnvironment environment) {
    return configuration.publicUrl().or(environment::loopbackUrl).map(Issuer::new);
  }
}
