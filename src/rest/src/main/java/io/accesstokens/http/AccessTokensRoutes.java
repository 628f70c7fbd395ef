package io.accesstokens.http;

import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.token.service.ServiceTokenService;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The classes and properties that an application registers to serve this API. */
public final class AccessTokensRoutes {

  /**
   * The name of a request property. In a servlet container it is a request attribute.
   *
   * <p>It is set when a response could not be written to its end after its first bytes were sent.
   * The code that finds it must abort the connection, for example by throwing from a servlet
   * filter. A stream that ends normally would look complete.
   */
  public static final String CUT_SHORT = "io.accesstokens.http.cutShort";

  private AccessTokensRoutes() {}

  /**
   * Returns the resource classes, for {@code Application.getClasses()}.
   *
   * <p>They need {@link #feature}. Without it, every request to them fails. Their paths are:
   *
   * <ul>
   *   <li>{@code access-tokens/service} and the paths below it;
   *   <li>{@code access-tokens/personal};
   *   <li>{@code access-tokens/user-tokens};
   *   <li>{@code access-tokens/groups};
   *   <li>{@code access-tokens/whoami};
   *   <li>{@code access-tokens/verify};
   *   <li>{@code access-tokens/changes};
   *   <li>the OAuth endpoints {@code access-tokens/introspect} and {@code access-tokens/revoke};
   *   <li>{@code openapi.json}.
   * </ul>
   */
  public static Set<Class<?>> classes() {
    Set<Class<?>> classes = new HashSet<>(AuthorizationServer.endpoints());
    classes.addAll(
        List.of(
            ServiceTokensResource.class,
            LimitsResource.class,
            UsageResource.class,
            AuditLogResource.class,
            OverviewResource.class,
            BulkRevocationResource.class,
            PersonalTokensResource.class,
            UserTokensResource.class,
            GroupSearchResource.class,
            WhoAmIResource.class,
            VerifyResource.class,
            ChangesResource.class,
            ApiDescription.class));
    return Set.copyOf(classes);
  }

  /**
   * Returns one instance of each of {@link #classes()}, for {@code Application.getSingletons()}.
   * Use it instead of the classes.
   *
   * <p>The runtime then does not create and inject an instance for each request. On Jersey with
   * CDI, that is a fifth of the cost of {@code whoami}. The instances access the request through
   * proxies of the runtime, so concurrent requests can share them.
   */
  public static Set<Object> singletons() {
    return classes().stream()
        .map(AccessTokensRoutes::instance)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Object instance(Class<?> resource) {
    try {
      return resource.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(resource + " has no public constructor", e);
    }
  }

  /**
   * Returns the feature that the resource classes need. Register it once, as an instance.
   *
   * @param tokenService the service that the resources use
   */
  public static RoutesFeature feature(ServiceTokenService tokenService) {
    return new RoutesFeature(tokenService);
  }

  /**
   * Returns the properties that Jersey needs, for {@code Application.getProperties()}. Other
   * runtimes ignore them.
   *
   * <ul>
   *   <li>{@code Location} stays a relative reference. A resolved one would contain the name of the
   *       {@code Host} header.
   *   <li>There is no WADL. Its path would be public, and the response to OPTIONS would be XML. A
   *       host that serves a WADL can omit this property.
   *   <li>Query parameters are not treated as those of a form without a body. Otherwise Jersey
   *       would log them, including secrets that were sent there by mistake.
   * </ul>
   */
  public static Map<String, Object> properties() {
    return Map.of(
        "jersey.config.server.headers.location.relative.resolution.disabled", true,
        "jersey.config.server.wadl.disableWadl", true,
        "jersey.config.servlet.form.queryParams.disabled", true);
  }
}
