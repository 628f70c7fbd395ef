package io.accesstokens.http;

import jakarta.ws.rs.core.UriInfo;

/** Which paths of an application are ours to answer for. */
enum ApiPaths {
  /** Every one: the application has no other routes. */
  ALL,
  /** Those of our routes, and what is below: the rest is a host's. */
  ROUTES;

  private static final String ROOT = "access-tokens";

  /** Whether a request's path is one of them; an unknown path can be. */
  boolean include(UriInfo uri) {
    if (this == ALL) {
      return true;
    }
    String path = withoutSlashes(uri.getPath());
    return path.equals(ROOT) || path.startsWith(ROOT + "/") || path.equals(ApiDescription.RESOURCE);
  }

  /** Runtimes disagree about the slash at the beginning. */
  private static String withoutSlashes(String path) {
    int start = 0;
    while (start < path.length() && path.charAt(start) == '/') {
      start++;
    }
    return path.substring(start);
  }
}
