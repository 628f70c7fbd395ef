package io.accesstokens.http;

import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.token.ServiceTokenService;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What an application mounts to serve this API. */
public final class AccessTokensRoutes {

  /**
   * The property of a request (in a servlet container, the attribute) that is set when an answer
   * could not be written to its end, after its beginning had been sent. Whoever finds it must cut
   * the connection, as by throwing from a servlet filter: a stream that ends in order would look
   * complete.
   */
  public static final String CUT_SHORT = "io.accesstokens.http.cutShort";

  private AccessTokensRoutes() {}

  /**
   * The resource classes, for {@code Application.getClasses()}: {@code access-tokens/service} and
   * what is below, {@code access-tokens/personal}, {@code access-tokens/user-tokens}, {@code
   * access-tokens/groups}, {@code access-tokens/whoami}, {@code access-tokens/verify}, {@code
   * access-tokens/changes}, the OAuth endpoints {@code access-tokens/introspect} and {@code
   * access-tokens/revoke}, and {@code openapi.json}. They need {@link #feature}; without it,
   * whatever is asked of them fails.
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
   * One object of each of {@link #classes()}, for {@code Application.getSingletons()} in their
   * place: the runtime then need not make and fill one for each request, which is a fifth of what
   * {@code whoami} costs on Jersey beside CDI. What they hold of a request, they hold as the
   * runtime's proxies.
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
      throw new IllegalStateException(resource + " has no constructor for everybody", e);
    }
  }

  /**
   * What the resource classes need beside themselves, to be registered once, as an instance.
   *
   * @param authority what the routes ask
   */
  public static RoutesFeature feature(ServiceTokenService authority) {
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
