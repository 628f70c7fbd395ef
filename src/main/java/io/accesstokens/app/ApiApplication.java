package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.http.AccessTokensRoutes;
import io.accesstokens.http.RoutesFeature;
import io.accesstokens.jwt.JwtAuthentication;
import io.accesstokens.jwt.TrustedIssuers;
import io.accesstokens.login.Challenges;
import io.accesstokens.login.OriginCheck;
import io.accesstokens.login.PersonAuthentication;
import jakarta.ws.rs.core.Application;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The Jakarta REST application below {@code /api}. */
public class ApiApplication extends Application {

  @Override
  public Set<Class<?>> getClasses() {
    return AccessTokensRoutes.classes();
  }

  /**
   * What the routes need, and the filter that lets people in: plain objects that take what they
   * need by constructor, so that a host application without CDI can have them, too.
   */
  @Override
  @SuppressWarnings("deprecation") // The portable way to register instances without CDI.
  public Set<Object> getSingletons() {
    Services services = Wiring.current().services();
    Configuration configuration = services.configuration();
    boolean basic = configuration.settings().login().basic();
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
    TrustedIssuers issuers = services.issuers();
    if (issuers != null) {
      routes.passOtherBearers();
      all.add(
          new JwtAuthentication(
              issuers, services.directory(), configuration.permissionPolicy(), services.audit()));
    }
    all.add(routes);
    all.add(
        new PersonAuthentication(
            services.people()::validate,
            services.knownUsernames(),
            services.directory(),
            configuration.permissionPolicy(),
            basic,
            new OriginCheck(configuration.givenPublicUrl()),
            services.signInLimit(),
            services.audit()));
    return all;
  }

  @Override
  public Map<String, Object> getProperties() {
    return AccessTokensRoutes.properties();
  }
}
