package io.accesstokens.app.wiring;

import io.accesstokens.app.AuditLogger;
import io.accesstokens.app.OpenResources;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.Stores;
import io.accesstokens.app.client.SignatureRateLimit;
import io.accesstokens.app.client.UnknownTokenRateLimit;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.UnknownTokenLimit;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.token.service.StoreTokenVerifier;
import io.accesstokens.token.usage.UsageRecorder;
import io.accesstokens.verify.TokenVerifier;
import io.github.bucket4j.TimeMeter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Produces the verifier of raw tokens, the limits on wrong credentials, and the audit logger. */
@ApplicationScoped
public class VerificationProducer {

  @Produces
  @Singleton
  UsageRecorder usage(Stores stores, Clock clock) {
    return new UsageRecorder(stores.tokens(), clock);
  }

  @Produces
  @Singleton
  AuditLogger audit(
      UsageRecorder usage, PermissionPolicy permissions, Clock clock, OpenResources resources) {
    AuditLogger audit = new AuditLogger(usage, permissions, clock);
    resources.onClose(audit::close);
    return audit;
  }

  /**
   * Creates the verifier of raw tokens with its cache.
   *
   * @throws StartupException if other replicas have different cluster settings, or if the store is
   *     unavailable
   */
  @Produces
  @Singleton
  TokenVerification verification(
      Configuration configuration, Stores stores, Clock clock, OpenResources resources) {
    StoreTokenVerifier stored =
        new StoreTokenVerifier(stores.tokens(), configuration.scopeCatalogue(), clock);
    boolean personal = configuration.settings().personal().enabled();
    TokenVerification verification =
        new TokenVerification(
            configuration, stores, personal ? stored.withPersonalTokens() : stored);
    resources.onClose(verification::close);
    resources.onDrain(verification.barrier()::close);
    return verification;
  }

  /**
   * Returns the verifier of raw tokens. For a personal token, the verifier also checks the user.
   */
  @Produces
  @Singleton
  TokenVerifier verifier(TokenVerification verification, ServiceTokenService tokens) {
    return tokens
        .personal()
        .map(personal -> personal.withUserCheck(verification.check()))
        .orElseGet(verification::check);
  }

  @Produces
  @Singleton
  VerificationHandler verificationHandler(AuditLogger audit, UnknownTokenLimit unknownTokens) {
    return new VerificationHandler(audit, unknownTokens);
  }

  @Produces
  @Singleton
  UnknownTokenLimit unknownTokens(Configuration configuration, AuditLogger audit) {
    return new UnknownTokenRateLimit(
        configuration.settings().rateLimits().unknownTokensPerMinute(),
        TimeMeter.SYSTEM_NANOTIME,
        audit::unknownTokensLimited);
  }

  @Produces
  @Singleton
  SignatureLimit signatures(Configuration configuration, AuditLogger audit) {
    return new SignatureRateLimit(
        configuration.settings().rateLimits().unknownTokensPerMinute(),
        TimeMeter.SYSTEM_NANOTIME,
        audit::signaturesLimited);
  }
}
