package io.accesstokens.app.wiring;

import io.accesstokens.app.AuditLogger;
import io.accesstokens.app.ConfiguredLogin;
import io.accesstokens.app.OpenResources;
import io.accesstokens.app.Stores;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.http.caller.OriginCheck;
import io.accesstokens.login.Challenges;
import io.accesstokens.login.openid.OpenIdProvider;
import io.accesstokens.login.password.PasswordVerifier;
import io.accesstokens.login.password.SignInLimit;
import io.accesstokens.login.session.BrowserSessions;
import io.accesstokens.session.Sessions;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
import io.github.bucket4j.TimeMeter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Produces the services for the sign-in of users and for their browser sessions. */
@ApplicationScoped
public class SessionProducer {

  private static final Logger LOG = System.getLogger(SessionProducer.class.getName());

  @Produces
  @Singleton
  Sessions sessions(
      Configuration configuration, Stores stores, Clock clock, OpenResources resources) {
    Sessions sessions =
        new Sessions(
            stores.sessions(),
            Duration.ofMinutes(configuration.settings().session().idleMinutes()),
            Duration.ofHours(configuration.settings().session().absoluteHours()),
            clock,
            new SecureRandom());
    resources.onClose(() -> flush(sessions));
    return sessions;
  }

  /**
   * Writes the last-seen times of sessions to the store, if they were not written yet. Logs a
   * warning if the store is unavailable.
   */
  private static void flush(Sessions sessions) {
    try {
      sessions.flush();
    } catch (StoreUnavailableException e) {
      LOG.log(
          Level.WARNING, "the last-seen times of sessions cannot be written: {0}", e.getMessage());
    }
  }

  /** Returns the OpenID provider; empty if none is configured. */
  @Produces
  @Singleton
  Optional<OpenIdProvider> openIdProvider(
      Configuration configuration, Clock clock, OpenResources resources) {
    if (configuration.openIdOrNull() == null) {
      return Optional.empty();
    }
    OpenIdProvider provider = new OpenIdProvider(configuration.openIdOrNull(), clock);
    resources.onClose(provider::close);
    return Optional.of(provider);
  }

  @Produces
  @Singleton
  Challenges challenges(Configuration configuration) {
    return new Challenges(configuration.settings().login().basic());
  }

  @Produces
  @Singleton
  OriginCheck originCheck(Configuration configuration) {
    return new OriginCheck(configuration.publicUrlOrNull());
  }

  @Produces
  @Singleton
  PasswordVerifier passwordVerifier(
      Configuration configuration,
      ConfiguredLogin login,
      Challenges challenges,
      AuditLogger audit) {
    SignInLimit limit =
        new SignInLimit(
            configuration.settings().rateLimits().failedSignInsPerMinute(),
            TimeMeter.SYSTEM_NANOTIME);
    return new PasswordVerifier(
        login.identityStore()::validate, login.knownUsernames(), challenges, limit, audit);
  }

  @Produces
  @Singleton
  BrowserSessions browserSessions(
      Configuration configuration,
      Sessions sessions,
      ConfiguredLogin login,
      GroupDirectory groups,
      OriginCheck originCheck,
      AuditLogger audit) {
    return new BrowserSessions(
        sessions,
        configuration.publicUrlOrNull(),
        login.accountStatus(),
        groups,
        configuration.permissionPolicy(),
        originCheck,
        audit);
  }
}
