package io.accesstokens.app.wiring;

import io.accesstokens.app.AuditLogger;
import io.accesstokens.app.SignIn;
import io.accesstokens.app.Stores;
import io.accesstokens.app.client.ChangeRateLimit;
import io.accesstokens.app.metrics.EventMetrics.Limit;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.session.Sessions;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.token.service.ServiceTokenService;
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
      SignIn signIn,
      TokenVerification verification,
      AuditLogger audit,
      Clock clock,
      ServerMetrics metrics) {
    PersonalTokenService personal =
        configuration.settings().personal().enabled()
            ? new PersonalTokenService(
                stores.tokens().personal().orElseThrow(),
                groups,
                signIn.present(),
                (user, actor) -> {
                  sessions.endAllOf(user, actor);
                  audit.sessionsEnded(user, actor);
                },
                configuration.permissionPolicy(),
                configuration.personalCreationPolicy(),
                configuration.rotationPolicy(),
                configuration.rawTokenFormat(),
                metrics
                    .events()
                    .counting(
                        Limit.PERSONAL_TOKEN_CHANGES,
                        new ChangeRateLimit<>(
                            configuration.settings().rateLimits().personalTokenChangesPerMinute(),
                            TimeMeter.SYSTEM_NANOTIME)),
                audit,
                clock,
                new SecureRandom(),
                verification.barrier())
            : null;
    return new ServiceTokenService(
        stores.tokens(),
        groups,
        configuration.permissionPolicy(),
        configuration.creationPolicy(),
        configuration.rotationPolicy(),
        metrics
            .events()
            .counting(
                Limit.SERVICE_TOKEN_CHANGES,
                new ChangeRateLimit<>(
                    configuration.settings().rateLimits().serviceTokenChangesPerMinute(),
                    TimeMeter.SYSTEM_NANOTIME)),
        metrics
            .events()
            .counting(
                Limit.SELF_ROTATIONS,
                new ChangeRateLimit<>(
                    configuration.settings().rateLimits().selfRotationsPerMinute(),
                    TimeMeter.SYSTEM_NANOTIME)),
        configuration.rawTokenFormat(),
        audit,
        clock,
        new SecureRandom(),
        verification.barrier(),
        personal);
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
