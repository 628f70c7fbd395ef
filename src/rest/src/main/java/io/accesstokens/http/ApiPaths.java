package io.accesstokens.http;

import jakarta.ws.rs.core.UriInfo;

/** Determines which paths of an application belong to this API. */
enum ApiPaths {
  /**
   * All paths of the application belong to this API, because the application has no other
   * resources.
   */
  ALL,
  /**
   * Only the paths of this API's resources and the paths below them belong to this API. All other
   * paths belong to the host application.
   */
  ROUTES;

  private static final String ROOT = "access-tokens";

  /**
   * Returns true if the path of the request belongs to this API, even if no resource has that path.
   */
  boolean include(UriInfo uri) {
    if (this == ALL) {
      return true;
    }
    String path = withoutSlashes(uri.getPath());
    return path.equals(ROOT) || path.startsWith(ROOT + "/") || path.equals(ApiDescription.RESOURCE);
  }

  /** Removes leading slashes, because only some runtimes return a path with a leading slash. */
  private static String withoutSlashes(String path) {
    int start = 0;
    while (start < path.length() && path.charAt(start) == '/') {
      start++;
    }
    return path.substring(start);
  }
}
