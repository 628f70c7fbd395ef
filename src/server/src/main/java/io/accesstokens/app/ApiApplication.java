package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.consent.AuthorizationEndpoint;
import io.accesstokens.consent.ConsentEndpoint;
import io.accesstokens.consent.MintResource;
import io.accesstokens.exchange.AccessTokenAuthenticationFilter;
import io.accesstokens.exchange.KeySetEndpoint;
import io.accesstokens.exchange.MetadataEndpoint;
import io.accesstokens.exchange.PublishedMetadata;
import io.accesstokens.http.AccessTokensRoutes;
import io.accesstokens.http.ApiDescription;
import io.accesstokens.http.RoutesFeature;
import io.accesstokens.jwt.JwtAuthenticationFilter;
import io.accesstokens.jwt.TrustedIssuers;
import io.accesstokens.login.BrowserSessions;
import io.accesstokens.login.Challenges;
import io.accesstokens.login.OpenIdResource;
import io.accesstokens.login.OriginCheck;
import io.accesstokens.login.OwnSessions;
import io.accesstokens.login.OwnSessionsResource;
import io.accesstokens.login.PasswordAuthenticationFilter;
import io.accesstokens.login.PasswordCheck;
import io.accesstokens.login.ReauthenticationResource;
import io.accesstokens.login.SessionAuthenticationFilter;
import io.accesstokens.login.SessionResource;
import io.accesstokens.login.SessionResponse;
import io.accesstokens.oauth.TokenEndpoint;
import io.accesstokens.token.PermissionPolicy;
import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import java.net.URL;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The Jakarta REST application below {@code /api}. */
public class ApiApplication extends Application {

  /**
   * The routes, what they need, the filters that let people in and the resource that signs them in:
   * plain objects that take what they need by constructor, so that a host application without CDI
   * can have them, too.
   */
  @Override
  @SuppressWarnings("deprecation") // The portable way to register instances without CDI.
  public Set<Object> getSingletons() {
    Services services = Wiring.current().services();
    Configuration configuration = services.configuration();
    boolean basic = configuration.settings().login().basic();
    OriginCheck originCheck = new OriginCheck(configuration.givenPublicUrl());
    PermissionPolicy permissions = configuration.permissionPolicy();
    PasswordCheck passwords =
        new PasswordCheck(
            services.people()::validate,
            services.knownUsernames(),
            new Challenges(basic),
            services.signInLimit(),
            services.audit());
    BrowserSessions sessions =
        new BrowserSessions(
            services.sessions(),
            configuration.givenPublicUrl(),
            services.standings(),
            services.directory(),
            permissions,
            originCheck,
            services.audit());
    RoutesFeature routes =
        AccessTokensRoutes.feature(services.authority())
            .alone()
            .check(services.check())
            .feed(services.feed())
            .verifications(services.audit())
            .unknownTokens(services.unknownTokens())
            .denials(services.audit())
            .issuer(configuration.givenPublicUrl())
            .challenges(new Challenges(basic)::forRequest);
    Set<Object> all = new HashSet<>();
    Set<Object> resources = new HashSet<>(AccessTokensRoutes.singletons());
    resources.removeIf(ApiDescription.class::isInstance);
    resources.add(new ApiDescription(description()));
    TrustedIssuers issuers = services.issuers();
    if (issuers != null) {
      routes.passOtherBearers();
      all.add(
          new JwtAuthenticationFilter(
              issuers, services.directory(), permissions, services.audit(), services.signatures()));
    }
    Exchange exchange = services.exchange();
    if (exchange != null) {
      routes.passOtherBearers().signedTokens(exchange.check());
      all.add(
          new AccessTokenAuthenticationFilter(
              exchange.check(), issuers != null, services.outcomes()));
    }
    all.add(routes);
    all.add(
        new PasswordAuthenticationFilter(
            passwords, services.directory(), permissions, basic, originCheck));
    all.add(new SessionAuthenticationFilter(sessions, permissions));
    resources.add(
        new SessionResource(
            sessions, passwords, permissions, ways(configuration), services.openIdProvider()));
    resources.add(new ReauthenticationResource(sessions, passwords));
    resources.add(
        new OwnSessionsResource(
            new OwnSessions(services.sessions(), services.standings(), services.audit()),
            sessions));
    resources.add(new OpenIdResource(services.openIdProvider(), sessions));
    resources.add(new TokenEndpoint(services.grants()));
    PublishedMetadata metadata = services.metadata();
    resources.add(new KeySetEndpoint(metadata));
    resources.add(new MetadataEndpoint(metadata));
    resources.add(new MintResource(services.mintFlows(), services.issuer()));
    resources.add(new AuthorizationEndpoint(services.mintFlows(), services.issuer()));
    resources.add(new ConsentEndpoint(services.mintFlows(), services.issuer()));
    all.add(new Resources(resources));
    return Set.copyOf(all);
  }

  /** The build describes the routes of all modules beside this class. */
  private static URL description() {
    return Objects.requireNonNull(ApiApplication.class.getResource("openapi.json"));
  }

  /**
   * Registers resources as instances, within a feature: of those that an application registers
   * itself, Jersey says at each start that they are no providers and will be ignored, which is not
   * so. Other runtimes mount no resources of a feature, but both WARs run on Jersey.
   */
  private record Resources(Set<Object> instances) implements Feature {
    @Override
    public boolean configure(FeatureContext context) {
      instances.forEach(context::register);
      return true;
    }
  }

  /** Single sign-on first, where there is one: passwords beside it are for emergencies. */
  private static List<SessionResponse.Way> ways(Configuration configuration) {
    List<SessionResponse.Way> ways = new ArrayList<>();
    if (configuration.givenOpenId() != null) {
      ways.add(configuration.givenOpenId().way());
    }
    if (configuration.hasPasswords()) {
      ways.add(SessionResponse.Way.PASSWORD);
    }
    return ways;
  }

  @Override
  public Map<String, Object> getProperties() {
    return AccessTokensRoutes.properties();
  }
}
