package io.accesstokens.http;

import io.accesstokens.http.resource.AuditLogExport;
import io.accesstokens.http.resource.AuditLogResource;
import io.accesstokens.http.resource.BulkRevocationResource;
import io.accesstokens.http.resource.ChangesResource;
import io.accesstokens.http.resource.GroupSearchResource;
import io.accesstokens.http.resource.LimitsResource;
import io.accesstokens.http.resource.OverallUsageResource;
import io.accesstokens.http.resource.OverviewResource;
import io.accesstokens.http.resource.PersonalTokensResource;
import io.accesstokens.http.resource.SelfRotationResource;
import io.accesstokens.http.resource.ServiceTokensResource;
import io.accesstokens.http.resource.UsageResource;
import io.accesstokens.http.resource.UserAuditLogResource;
import io.accesstokens.http.resource.UserTokensResource;
import io.accesstokens.http.resource.VerifyResource;
import io.accesstokens.http.resource.WhoAmIResource;
import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.token.service.ServiceTokenService;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Returns the classes and properties that a host application registers to serve this API. A host
 * application is an application that embeds this API.
 */
public final class AccessTokensRoutes {

  /**
   * The name of the request property that marks an incomplete response. In a servlet container, the
   * property is a request attribute.
   *
   * <p>The property is set if a response fails while its body is written. If the response is then
   * already committed, the application must abort the connection, for example with an exception in
   * a servlet filter. Otherwise the client treats the incomplete response as complete.
   */
  public static final String INCOMPLETE_RESPONSE = AuditLogExport.INCOMPLETE_RESPONSE;

  private AccessTokensRoutes() {}

  /**
   * Returns the resource classes, for {@code Application.getClasses()}.
   *
   * <p>The classes need the feature that {@link #feature} returns. Without the feature, every
   * request to these classes fails, except for {@code openapi.json}. These paths, and the paths
   * below them, belong to the classes:
   *
   * <ul>
   *   <li>{@code access-tokens/service};
   *   <li>{@code access-tokens/personal};
   *   <li>{@code access-tokens/user-tokens};
   *   <li>{@code access-tokens/groups};
   *   <li>{@code access-tokens/whoami};
   *   <li>{@code access-tokens/rotate};
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
            OverallUsageResource.class,
            BulkRevocationResource.class,
            PersonalTokensResource.class,
            UserTokensResource.class,
            UserAuditLogResource.class,
            GroupSearchResource.class,
            WhoAmIResource.class,
            SelfRotationResource.class,
            VerifyResource.class,
            ChangesResource.class,
            ApiDescriptionResource.class));
    return Set.copyOf(classes);
  }

  /**
   * Returns one instance of each class in {@link #classes()}, for {@code
   * Application.getSingletons()}. Register either the instances or the classes.
   *
   * <p>With instances, requests take less time, because the runtime does not create an object for
   * each request. Concurrent requests can share an instance, because the runtime injects proxies of
   * the current request.
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
      throw new IllegalStateException(
          resource
              + " cannot be instantiated: it must have a public constructor without parameters",
          e);
    }
  }

  /**
   * Returns the feature that the resource classes need. An application must register the feature
   * once, as an instance.
   *
   * @param tokenService the service that the resources use
   */
  public static RoutesFeature feature(ServiceTokenService tokenService) {
    return new RoutesFeature(tokenService);
  }

  /**
   * Returns the properties that Jersey needs, for {@code Application.getProperties()}. Other
   * runtimes ignore these properties.
   *
   * <ul>
   *   <li>{@code Location} stays a relative reference. An absolute URL would contain the name in
   *       the {@code Host} header.
   *   <li>Jersey publishes no WADL document. The path of the document would be public, and Jersey
   *       would respond to OPTIONS with XML. A host application that needs a WADL document can omit
   *       this property.
   *   <li>Jersey does not treat query parameters as the parameters of a form. Without this
   *       property, Jersey would log query parameters, including secrets that a client has sent by
   *       mistake.
   * </ul>
   */
  public static Map<String, Object> properties() {
    return Map.of(
        "jersey.config.server.headers.location.relative.resolution.disabled", true,
        "jersey.config.server.wadl.disableWadl", true,
        "jersey.config.servlet.form.queryParams.disabled", true);
  }
}
