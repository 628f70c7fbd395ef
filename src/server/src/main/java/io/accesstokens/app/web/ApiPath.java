package io.accesstokens.app.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Determines the API path of a request. */
final class ApiPath {

  private static final String API = "/api/";

  private ApiPath() {}

  /**
   * Returns the decoded path of a request, relative to the API root; null if the request is not for
   * the API. A path with path parameters is not decoded, because Payara removes all that follows
   * the first path parameter from the decoded path.
   */
  static @Nullable String of(HttpServletRequest request) {
    String path =
        hasParameters(request)
            ? request.getRequestURI().substring(request.getContextPath().length())
            : request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
    return path.startsWith(API) ? path.substring(API.length()) : null;
  }

  /** Returns true if the path of a request has path parameters ({@code ;name=value}). */
  static boolean hasParameters(HttpServletRequest request) {
    return request.getRequestURI().indexOf(';') >= 0;
  }
}
