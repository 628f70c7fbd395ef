package io.accesstokens.app.wiring;

import io.accesstokens.app.AuditLogger;
import io.accesstokens.app.OpenResources;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.Stores;
import io.accesstokens.app.client.SignatureRateLimit;
import io.accesstokens.app.client.UnknownTokenRateLimit;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.metrics.VerificationMetrics.Source;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.UnknownTokenLimit;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.rotation.FirstUseListener;
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
  UsageRecorder usage(
      Configuration configuration,
      Stores stores,
      AuditLogger audit,
      Clock clock,
      ServerMetrics metrics) {
    boolean callers = configuration.settings().usage().callers();
    UsageRecorder usage = new UsageRecorder(stores.tokens(), audit, clock, callers);
    metrics.queue("uses", usage::unwrittenTokens, usage::unwrittenFor);
    return usage;
  }

  @Produces
  @Singleton
  AuditLogger audit(
      PermissionPolicy permissions, Clock clock, OpenResources resources, ServerMetrics metrics) {
    AuditLogger audit = new AuditLogger(permissions, clock, metrics.events());
    resources.onClose(audit::close);
    return audit;
  }

  /** Returns the listener for the outcomes of all verifications. */
  @Produces
  @Singleton
  VerificationOutcomes outcomes(
      UsageRecorder usage, ServiceTokenService tokens, AuditLogger audit, OpenResources resources) {
    FirstUseListener firstUses = tokens.firstUseListener();
    resources.onClose(firstUses::close);
    return new VerificationOutcomes(usage.and(firstUses).and(audit));
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
      Configuration configuration,
      Stores stores,
      Clock clock,
      OpenResources resources,
      ServerMetrics metrics) {
    StoreTokenVerifier stored =
        new StoreTokenVerifier(stores.tokens(), configuration.scopeCatalog(), clock);
    boolean personal = configuration.settings().personal().enabled();
    TokenVerification verification =
        new TokenVerification(
            configuration, stores, personal ? stored.withPersonalTokens() : stored, metrics);
    resources.onClose(verification::close);
    resources.onDrain(verification.barrier()::close);
    return verification;
  }

  /**
   * Returns the verifier of raw tokens. For a personal token, the verifier also checks the user.
   */
  @Produces
  @Singleton
  TokenVerifier verifier(
      Configuration configuration,
      TokenVerification verification,
      ServiceTokenService tokens,
      ServerMetrics metrics) {
    TokenVerifier verifier =
        tokens
            .personal()
            .map(personal -> personal.withUserCheck(verification.verifier()))
            .orElseGet(verification::verifier);
    return configuration.settings().metrics().enabled()
        ? metrics.verifications().timing(verifier)
        : verifier;
  }

  /** Returns the handler of verification results for the exchange of personal tokens. */
  @Produces
  @Singleton
  VerificationHandler exchangeHandler(
      VerificationOutcomes outcomes, UnknownTokenLimit unknownTokens, ServerMetrics metrics) {
    return new VerificationHandler(
        metrics.verifications().counting(Source.EXCHANGE, outcomes.listener()), unknownTokens);
  }

  @Produces
  @Singleton
  UnknownTokenLimit unknownTokens(
      Configuration configuration, AuditLogger audit, ServerMetrics metrics) {
    return metrics
        .events()
        .counting(
            new UnknownTokenRateLimit(
                configuration.settings().rateLimits().unknownTokensPerMinute(),
                TimeMeter.SYSTEM_NANOTIME,
                audit::unknownTokensLimited));
  }

  @Produces
  @Singleton
  SignatureLimit signatures(Configuration configuration, AuditLogger audit, ServerMetrics metrics) {
    return metrics
        .events()
        .counting(
            new SignatureRateLimit(
                configuration.settings().rateLimits().unknownTokensPerMinute(),
                TimeMeter.SYSTEM_NANOTIME,
                audit::signaturesLimited));
  }
}
