package io.accesstokens.app.wiring;

import io.accesstokens.app.AuditLogger;
import io.accesstokens.app.ConfiguredLogin;
import io.accesstokens.app.Stores;
import io.accesstokens.app.client.ChangeRateLimit;
import io.accesstokens.app.metrics.EventMetrics.Limit;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Settings.RateLimits;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.session.Sessions;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.policy.ChangeLimit;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.token.service.ServiceTokenServiceBuilder;
import io.github.bucket4j.TimeMeter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/** Produces the services for service tokens and personal tokens. */
@ApplicationScoped
public class TokenServiceProducer {

  @Produces
  @Singleton
  ServiceTokenService tokens(
      Configuration configuration,
      Stores stores,
      Sessions sessions,
      GroupDirectory groups,
      ConfiguredLogin login,
      TokenVerification verification,
      AuditLogger audit,
      Clock clock,
      ServerMetrics metrics) {
    CreationPolicy policy = configuration.creationPolicy();
    RateLimits limits = configuration.settings().rateLimits();
    ServiceTokenServiceBuilder builder =
        ServiceTokenService.on(stores.tokens(), groups)
            .permissions(configuration.permissionPolicy())
            .scopes(policy.scopeCatalog())
            .lifetimeDays(policy.maxLifetimeDays(), policy.defaultLifetimeDays())
            .limits(policy.limits())
            .signInAge(policy.signInAge())
            .rotations(configuration.rotationPolicy())
            .changeLimit(
                changeLimit(
                    metrics, Limit.SERVICE_TOKEN_CHANGES, limits.serviceTokenChangesPerMinute()))
            .selfRotationLimit(
                changeLimit(metrics, Limit.SELF_ROTATIONS, limits.selfRotationsPerMinute()))
            .rawTokenFormat(configuration.rawTokenFormat())
            .auditListener(audit)
            .clock(clock)
            .barrier(verification.barrier());
    if (configuration.settings().personal().enabled()) {
      builder
          .personal(
              configuration.personalCreationPolicy(),
              login.userDirectory(),
              changeLimit(
                  metrics, Limit.PERSONAL_TOKEN_CHANGES, limits.personalTokenChangesPerMinute()))
          .userSessions(
              (user, actor) -> {
                sessions.endAllOf(user, actor);
                audit.sessionsEnded(user, actor);
              });
    }
    return builder.build();
  }

  private static <K> ChangeLimit<K> changeLimit(ServerMetrics metrics, Limit limit, int perMinute) {
    return metrics
        .events()
        .counting(limit, new ChangeRateLimit<>(perMinute, TimeMeter.SYSTEM_NANOTIME));
  }

  /**
   * Returns the service that creates personal tokens with the consent of the user; empty if
   * personal tokens are disabled.
   */
  @Produces
  @Singleton
  Optional<MintFlows> mintFlows(ServiceTokenService tokens, Stores stores, Clock clock) {
    return tokens
        .personal()
        .map(personal -> new MintFlows(stores.mintFlows(), personal, clock, new SecureRandom()));
  }
}
