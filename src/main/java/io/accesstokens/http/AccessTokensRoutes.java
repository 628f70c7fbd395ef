package io.accesstokens.http;

import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.token.TokenAuthority;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What an application mounts to serve this API. */
public final class AccessTokensRoutes {

  private AccessTokensRoutes() {}

  /**
   * The resource classes, for {@code Application.getClasses()}: {@code access-tokens/service} and
   * what is below, {@code access-tokens/personal}, {@code access-tokens/user-tokens}, {@code
   * access-tokens/whoami}, {@code access-tokens/verify}, {@code access-tokens/changes}, the OAuth
   * endpoints {@code access-tokens/introspect} and {@code access-tokens/revoke}, and {@code
   * openapi.json}. They need {@link #feature}; without it, whatever is asked of them fails.
   */
  public static Set<Class<?>> classes() {
    Set<Class<?>> classes = new HashSet<>(AuthorizationServer.endpoints());
    classes.addAll(
        Set.of(
            ServiceTokens.class,
            TokenUses.class,
            PersonalTokens.class,
            UserTokens.class,
            WhoAmI.class,
            Verify.class,
            Changes.class,
            ApiDescription.class));
    return Set.copyOf(classes);
  }

  /**
   * What the resource classes need beside themselves, to be registered once, as an instance.
   *
   * @param authority what the routes ask
   */
  public static RoutesFeature feature(TokenAuthority authority) {
    return new RoutesFeature(authority);
  }

  /**
   * For {@code Application.getProperties()}: what Jersey must be told. Other runtimes pass over it.
   *
   * <ul>
   *   <li>{@code Location} stays a relative reference; resolved, it would hold the {@code Host}
   *       header's name;
   *   <li>no WADL, whose path would be open to all and whose answer to OPTIONS is XML. A host that
   *       serves one may leave that out;
   *   <li>parameters of a query are not taken for those of a form without a body: that would be
   *       logged, with the query and what does not belong there.
   * </ul>
   */
  public static Map<String, Object> properties() {
    return Map.of(
        "jersey.config.server.headers.location.relative.resolution.disabled", true,
        "jersey.config.server.wadl.disableWadl", true,
        "jersey.config.servlet.form.queryParams.disabled", true);
  }
}
