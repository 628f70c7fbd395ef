package io.accesstokens.login;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request tells of the client that sent it, whoever asks: a filter or a resource.
 *
 * @param servletRequest null if it did not come through a servlet container
 * @param headers by name, in any case
 * @param address the client's network address, or null
 * @param secure whether the connection was over TLS
 * @param uri as the request says it
 */
record RequestInfo(
    @Nullable HttpServletRequest servletRequest,
    String method,
    URI uri,
    MultivaluedMap<String, String> headers,
    @Nullable String address,
    boolean secure) {

  static RequestInfo of(
      ContainerRequestContext request, @Nullable HttpServletRequest servletRequest) {
    return new RequestInfo(
        servletRequest,
        request.getMethod(),
        request.getUriInfo().getRequestUri(),
        request.getHeaders(),
        request.getProperty(PasswordAuthenticationFilter.CLIENT_ADDRESS) instanceof String noted
            ? noted
            : addressOf(servletRequest),
        request.getSecurityContext().isSecure());
  }

  static @Nullable String addressOf(@Nullable HttpServletRequest servletRequest) {
    if (servletRequest == null) {
      return null;
    }
    return servletRequest.getAttribute(PasswordAuthenticationFilter.CLIENT_ADDRESS)
            instanceof String noted
        ? noted
        : servletRequest.getRemoteAddr();
  }

  List<String> header(String name) {
    List<String> values = headers.get(name);
    return values == null ? List.of() : values;
  }

  /** Whether it is on this machine, and nobody says to have passed the request on. */
  boolean isLocal() {
    return SamplePeople.isLocal(servletRequest, headers);
  }

  /** What precedes every path of the application. */
  String contextPath() {
    return servletRequest == null ? "" : servletRequest.getContextPath();
  }
}
