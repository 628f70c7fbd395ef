package io.accesstokens.http;

import jakarta.ws.rs.core.UriInfo;
import java.util.regex.Pattern;

/** Determines which paths of an application belong to this API. */
enum ApiPaths {
  /**
   * Includes all paths of the application. Use this value if the application has no other
   * resources.
   */
  ALL,
  /**
   * Includes only {@code /access-tokens}, {@code /openapi.json} and all paths below them. All other
   * paths belong to the host application.
   */
  ROUTES;

  /**
   * Matches the start of a path of this API. Like the runtime, it ignores empty segments and matrix
   * parameters.
   */
  private static final Pattern ROUTE =
      Pattern.compile("/*+(?:access-tokens|openapi\\.json)(?:;[^/]*+)?(?:/|\\z)");

  /**
   * Returns true if the path of the request belongs to this API, even if no resource has that path.
   */
  boolean include(UriInfo uri) {
    return this == ALL || ROUTE.matcher(uri.getPath()).lookingAt();
  }
}
