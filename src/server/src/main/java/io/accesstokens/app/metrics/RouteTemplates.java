package io.accesstokens.app.metrics;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import org.jspecify.annotations.Nullable;

/**
 * Stores the template of the matched route in an attribute of each request to the API. The template
 * is computed once for each resource method, at start.
 */
public final class RouteTemplates implements DynamicFeature {

  /** The name of the request attribute that contains the template of the matched route. */
  public static final String ATTRIBUTE = "io.accesstokens.app.route";

  /**
   * Priority of the filter that sets {@link #ATTRIBUTE}. The filter runs before authentication.
   * Therefore, even a request with the response 401 has the attribute.
   */
  private static final int FIRST = 0;

  private final String base;

  /**
   * Creates the templates for an API at a base path.
   *
   * @param base the path of the API, without a slash at its end
   */
  public RouteTemplates(String base) {
    this.base = base;
  }

  @Override
  public void configure(ResourceInfo info, FeatureContext context) {
    String template =
        template(
            base,
            info.getResourceClass().getAnnotation(Path.class),
            info.getResourceMethod().getAnnotation(Path.class));
    context.register(new Filter(template), FIRST);
  }

  /**
   * Returns the path of the API, followed by the paths of a resource class and a resource method.
   */
  static String template(String base, @Nullable Path type, @Nullable Path method) {
    return base + segment(type) + segment(method);
  }

  private static String segment(@Nullable Path path) {
    if (path == null || path.value().isEmpty()) {
      return "";
    }
    // The OpenAPI description names the parameter without its pattern.
    String template = path.value().replace(": .+}", "}");
    return template.startsWith("/") ? template : '/' + template;
  }

  /**
   * Stores the route template of one resource method in {@link #ATTRIBUTE} of each request to this
   * method.
   */
  @Priority(FIRST)
  private record Filter(String template) implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      request.setProperty(ATTRIBUTE, template);
    }
  }
}
