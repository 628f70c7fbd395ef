package io.accesstokens.app.wiring;

import io.accesstokens.app.AuditLogger;
import io.accesstokens.app.ConfiguredLogin;
import io.accesstokens.app.ProductVersion;
import io.accesstokens.app.metrics.MetricsResource;
import io.accesstokens.app.metrics.RouteTemplates;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.metrics.VerificationMetrics.Source;
import io.accesstokens.app.notice.NoticesResource;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.transparency.ArchiveHeaderFilter;
import io.accesstokens.app.transparency.AuditReadFilter;
import io.accesstokens.app.transparency.BaseEventProofResource;
import io.accesstokens.app.transparency.LogEntriesResource;
import io.accesstokens.app.transparency.LogResource;
import io.accesstokens.app.transparency.LogStatusResource;
import io.accesstokens.app.transparency.OpenedLog;
import io.accesstokens.app.transparency.PublicLogResource;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.UnknownTokenLimit;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.consent.AuthorizationEndpoint;
import io.accesstokens.consent.ConsentResource;
import io.accesstokens.consent.MintResource;
import io.accesstokens.exchange.AccessTokenAuthenticationFilter;
import io.accesstokens.exchange.MetadataEndpoint;
import io.accesstokens.exchange.PublishedMetadata;
import io.accesstokens.http.AccessTokensRoutes;
import io.accesstokens.http.ApiDescriptionResource;
import io.accesstokens.http.RoutesFeature;
import io.accesstokens.http.caller.OriginCheck;
import io.accesstokens.jwt.JwtAuthenticationFilter;
import io.accesstokens.jwt.TrustedIssuers;
import io.accesstokens.login.Challenges;
import io.accesstokens.login.openid.OpenIdProvider;
import io.accesstokens.login.openid.OpenIdResource;
import io.accesstokens.login.password.PasswordAuthenticationFilter;
import io.accesstokens.login.password.PasswordVerifier;
import io.accesstokens.login.session.BrowserSessions;
import io.accesstokens.login.session.OwnSessions;
import io.accesstokens.login.session.OwnSessionsResource;
import io.accesstokens.login.session.ReauthenticationResource;
import io.accesstokens.login.session.SessionAuthenticationFilter;
import io.accesstokens.login.session.SessionResource;
import io.accesstokens.login.session.SessionResponse;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.oauth.TokenEndpoint;
import io.accesstokens.session.Sessions;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.transparency.TransparencyLog;
import io.accesstokens.verify.TokenVerifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Produces the resources and filters of the API. The resources and filters are plain objects that
 * receive their dependencies in the constructor. A host application can create these objects
 * without CDI.
 */
@ApplicationScoped
public class ApiProducer {

  @Produces
  @Singleton
  RoutesFeature routes(
      Configuration configuration,
      ServiceTokenService tokens,
      TokenVerifier verifier,
      TokenVerification verification,
      VerificationOutcomes outcomes,
      AuditLogger audit,
      UnknownTokenLimit unknownTokens,
      Challenges challenges,
      ConfiguredLogin login,
      Optional<TokenExchange> exchange,
      ServerMetrics metrics) {
    RoutesFeature routes =
        AccessTokensRoutes.feature(tokens)
            .alone()
            .verifier(verifier)
            .feed(verification.feedBroker())
            .verifications(metrics.verifications().counting(Source.BEARER, outcomes.listener()))
            .introspections(
                metrics.verifications().counting(Source.INTROSPECTION, outcomes.listener()))
            .unknownTokens(unknownTokens)
            .missingPermissionListener(audit)
            .issuer(configuration.publicUrlOrNull())
            .publicPath(
                configuration
                    .publicUrl()
                    .map(url -> Objects.requireNonNullElse(url.getRawPath(), "") + "/api/")
                    .orElse(null))
            .challenges(challenges::forRequest);
    if (login.issuers() != null || exchange.isPresent()) {
      routes.passOtherBearers();
    }
    exchange.ifPresent(signing -> routes.signedTokens(signing.verifier()));
    return routes;
  }

  @Produces
  @Singleton
  PasswordAuthenticationFilter passwordAuthentication(
      Configuration configuration,
      GroupDirectory groups,
      PermissionPolicy permissions,
      PasswordVerifier passwordVerifier,
      OriginCheck originCheck) {
    return new PasswordAuthenticationFilter(
        passwordVerifier,
        groups,
        permissions,
        configuration.settings().login().basic(),
        originCheck);
  }

  @Produces
  @Singleton
  Authentication authentication(
      ConfiguredLogin login,
      GroupDirectory groups,
      PermissionPolicy permissions,
      PasswordAuthenticationFilter passwords,
      BrowserSessions sessions,
      SignatureLimit signatures,
      UnknownTokenLimit unknownTokens,
      Optional<TokenExchange> exchange,
      VerificationOutcomes outcomes,
      AuditLogger audit,
      ServerMetrics metrics) {
    Set<Object> filters = new HashSet<>();
    TrustedIssuers issuers = login.issuers();
    if (issuers != null) {
      filters.add(new JwtAuthenticationFilter(issuers, groups, permissions, audit, signatures));
    }
    exchange.ifPresent(
        signing ->
            filters.add(
                new AccessTokenAuthenticationFilter(
                    signing.verifier(),
                    issuers != null,
                    new VerificationHandler(
                        metrics.verifications().counting(Source.JWT, outcomes.listener()),
                        unknownTokens))));
    filters.add(passwords);
    filters.add(new SessionAuthenticationFilter(sessions, permissions));
    return new Authentication(filters);
  }

  @Produces
  @Singleton
  SessionResources sessionResources(
      Configuration configuration,
      BrowserSessions sessions,
      Sessions stored,
      ConfiguredLogin login,
      PasswordVerifier passwordVerifier,
      Optional<OpenIdProvider> openId,
      Optional<TokenExchange> exchange,
      AuditLogger audit) {
    return new SessionResources(
        Set.of(
            new SessionResource(
                sessions,
                passwordVerifier,
                configuration.usablePermissions(),
                loginMethods(configuration),
                exchange.isPresent(),
                ProductVersion.text(),
                idToken -> openId.flatMap(provider -> provider.logoutRequest(idToken))),
            new ReauthenticationResource(sessions, passwordVerifier),
            new OwnSessionsResource(
                new OwnSessions(stored, login.accountStatus(), audit), sessions),
            new OpenIdResource(openId.orElse(null), sessions, audit)));
  }

  /**
   * Returns the configured login methods. If single sign-on is configured, it is the first login
   * method.
   */
  private static List<SessionResponse.LoginMethod> loginMethods(Configuration configuration) {
    List<SessionResponse.LoginMethod> methods = new ArrayList<>();
    if (configuration.openIdOrNull() != null) {
      methods.add(configuration.openIdOrNull().loginMethod());
    }
    if (configuration.hasPasswordLogin()) {
      methods.add(SessionResponse.LoginMethod.PASSWORD);
    }
    return methods;
  }

  @Produces
  @Singleton
  ApiComponents components(
      RoutesFeature routes,
      Authentication authentication,
      SessionResources sessionResources,
      TokenEndpoint tokenEndpoint,
      Optional<PublishedMetadata> metadata,
      Optional<MintFlows> mintFlows,
      Optional<Issuer> issuer,
      NoticesResource notices,
      Configuration configuration,
      ServiceTokenService tokens,
      Optional<TransparencyLog> log,
      Optional<OpenedLog> openedLog,
      AuditLogger audit,
      ServerMetrics metrics) {
    Set<Object> resources = new HashSet<>(AccessTokensRoutes.singletons());
    resources.removeIf(ApiDescriptionResource.class::isInstance);
    resources.add(
        new ApiDescriptionResource(description(), issuer.map(Issuer::apiRoot).orElse(null)));
    resources.addAll(sessionResources.resources());
    resources.add(tokenEndpoint);
    resources.add(notices);
    resources.addAll(logResources(configuration, tokens, log.orElse(null)));
    resources.add(new LogStatusResource(openedLog.orElse(null)));
    resources.add(new MetricsResource(metrics));
    resources.add(new MetadataEndpoint(metadata.orElse(null)));
    MintFlows flows = mintFlows.orElse(null);
    resources.add(new MintResource(flows, issuer.orElse(null)));
    resources.add(new AuthorizationEndpoint(flows, issuer.orElse(null)));
    resources.add(new ConsentResource(flows, issuer.orElse(null), configuration.applications()));
    Set<Object> all = new HashSet<>(authentication.filters());
    all.add(new RouteTemplates(MonitoringProducer.API));
    all.add(new AuditReadFilter(MonitoringProducer.API, audit));
    openedLog.ifPresent(opened -> all.add(new ArchiveHeaderFilter(opened.monitor())));
    all.add(routes);
    all.add(new Resources(resources));
    return new ApiComponents(Set.copyOf(all));
  }

  private static Set<Object> logResources(
      Configuration configuration, ServiceTokenService tokens, @Nullable TransparencyLog log) {
    return Set.of(
        configuration.settings().auditLog().publishHashes()
            ? new PublicLogResource(log)
            : new LogResource(log),
        new LogEntriesResource(log),
        new BaseEventProofResource.ServiceTokenProofResource(log, tokens),
        new BaseEventProofResource.PersonalTokenProofResource(log, tokens),
        new BaseEventProofResource.UserTokenProofResource(log, tokens));
  }

  /**
   * Returns the URL of the OpenAPI description. The build generates the description from the routes
   * of all modules, and stores it in the package of this class.
   */
  private static URL description() {
    return Objects.requireNonNull(ApiProducer.class.getResource("openapi.json"));
  }

  /** Opens the OpenAPI description. The caller must close the stream. */
  static InputStream openDescription() {
    return Objects.requireNonNull(ApiProducer.class.getResourceAsStream("openapi.json"));
  }

  /** The filters that authenticate callers. */
  record Authentication(Set<Object> filters) {}

  /** The resources for sign-in and sessions. */
  record SessionResources(Set<Object> resources) {}

  /**
   * Registers resource instances within a feature, instead of in the application. Jersey wrongly
   * logs at each start that resource instances of an application are ignored. Other Jakarta REST
   * implementations ignore resources of a feature, but both WARs use Jersey.
   */
  private record Resources(Set<Object> instances) implements Feature {
    @Override
    public boolean configure(FeatureContext context) {
      instances.forEach(context::register);
      return true;
    }
  }
}
