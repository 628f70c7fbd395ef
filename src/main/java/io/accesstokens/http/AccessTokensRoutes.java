package io.accesstokens.http;

import java.util.Map;
import java.util.Set;

/** What an application mounts to serve this API. */
public final class AccessTokensRoutes {

  private AccessTokensRoutes() {}

  /**
   * The resource classes, for {@code Application.getClasses()}. They inject a {@code
   * TokenAuthority}.
   */
  public static Set<Class<?>> classes() {
    return Set.of(ServiceTokens.class, WhoAmI.class, ApiDescription.class);
  }

  /**
   * For {@code Application.getProperties()}: what Jersey must be told. Other runtimes pass over it.
   *
   * <ul>
   *   <li>{@code Location} stays a relative reference; resolved, it would hold the {@code Host}
   *       header's name;
   *   <li>no WADL, whose path would be open to all and whose answer to OPTIONS is XML.
   * </ul>
   */
  public static Map<String, Object> properties() {
    return Map.of(
        "jersey.config.server.headers.location.relative.resolution.disabled", true,
        "jersey.config.server.wadl.disableWadl", true);
  }
}
