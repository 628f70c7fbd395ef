package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.http.AccessTokensRoutes;
import io.accesstokens.http.RoutesFeature;
import io.accesstokens.jwt.JwtAuthentication;
import io.accesstokens.jwt.TrustedIssuers;
import io.accesstokens.login.BrowserSessions;
import io.accesstokens.login.Challenges;
import io.accesstokens.login.OriginCheck;
import io.accesstokens.login.PasswordCheck;
import io.accesstokens.login.PersonAuthentication;
import io.accesstokens.login.SessionAnswer;
import io.accesstokens.login.SignInRoutes;
import io.accesstokens.token.PermissionPolicy;
import jakarta.ws.rs.core.Application;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The Jakarta REST application below {@code /api}. */
public class ApiApplication extends Application {

  /**
   * Whether the Jakarta REST runtime is the WAR's own, and not a server's. Then the resources are
   * objects, each made once: beside CDI, Jersey takes a fifth of what a light request costs for
   * making and filling them. A server's Jersey would complain of each in the server's log, as of a
   * provider that it ignores, and is given classes.
   */
  static final boolean BRINGS_RUNTIME = isOwn("org.glassfish.jersey.server.ResourceConfig");

  static boolean isOwn(String type) {
    ClassLoader own = ApiApplication.class.getClassLoader();
    try {
      return Class.forName(type, false, own).getClassLoader() == own;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** The resources, where they are no objects. */
  @Override
  public Set<Class<?>> getClasses() {
    if (BRINGS_RUNTIME) {
      return Set.of();
    }
    Set<Class<?>> all = new HashSet<>(AccessTokensRoutes.classes());
    all.addAll(SignInRoutes.classes());
    return Set.copyOf(all);
  }

  /**
   * What the routes need, and the filters that let people in: plain objects that take what they
   * need by constructor, so that a host application without CDI can have them, too. And the
   * resources themselves, if the runtime is our own.
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
    if (BRINGS_RUNTIME) {
      all.addAll(AccessTokensRoutes.singletons());
      all.addAll(SignInRoutes.singletons());
      ResourceObjects.keepQuiet(all);
    }
    TrustedIssuers issuers = services.issuers();
    if (issuers != null) {
      routes.passOtherBearers();
      all.add(new JwtAuthentication(issuers, services.directory(), permissions, services.audit()));
    }
    all.add(routes);
    all.add(
        new PersonAuthentication(passwords, services.directory(), permissions, basic, originCheck));
    all.add(
        new SignInRoutes(
            sessions, passwords, permissions, ways(configuration), services.openIdProvider()));
    return Set.copyOf(all);
  }

  /** Single sign-on first, where there is one: passwords beside it are for emergencies. */
  private static List<SessionAnswer.Way> ways(Configuration configuration) {
    List<SessionAnswer.Way> ways = new ArrayList<>();
    if (configuration.givenOpenId() != null) {
      ways.add(configuration.givenOpenId().way());
    }
    if (configuration.hasPasswords()) {
      ways.add(SessionAnswer.Way.PASSWORD);
    }
    return ways;
  }

  @Override
  public Map<String, Object> getProperties() {
    return AccessTokensRoutes.properties();
  }
}
