package io.accesstokens.http;

import jakarta.ws.rs.core.UriInfo;

/** The paths of an application for which this API is responsible. */
enum ApiPaths {
  /** All paths, in an application that has no other resources. */
  ALL,
  /** The paths of our resources and those below them. All other paths belong to a host. */
  ROUTES;

  private static final String ROOT = "access-tokens";

  /**
   * Returns true if the path of the request is one of these. There need not be a resource for it.
   */
  boolean include(UriInfo uri) {
    if (this == ALL) {
      return true;
    }
    String path = withoutSlashes(uri.getPath());
    return path.equals(ROOT) || path.startsWith(ROOT + "/") || path.equals(ApiDescription.RESOURCE);
  }

  /** Removes leading slashes, because runtimes differ in whether a path has one. */
  private static String withoutSlashes(String path) {
    int start = 0;
    while (start < path.length() && path.charAt(start) == '/') {
      start++;
    }
    return path.substring(start);
  }
}
