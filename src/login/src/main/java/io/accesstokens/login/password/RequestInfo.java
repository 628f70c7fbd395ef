package io.accesstokens.login.password;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.AbstractMultivaluedMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a request that filters and resources need for sign-ins.
 *
 * @param servletRequest the servlet request; null outside a servlet container
 * @param uri returns the URI of the request, as the client sent it
 * @param headers the headers; names are case-insensitive
 * @param address the network address of the client; null if unknown
 * @param secure true if the request came over TLS
 */
public record RequestInfo(
    @Nullable HttpServletRequest servletRequest,
    String method,
    Supplier<URI> uri,
    MultivaluedMap<String, String> headers,
    @Nullable String address,
    boolean secure) {

  private static final Pattern PATH_PARAMETERS = Pattern.compile(";[^/]*+");

  public static RequestInfo of(
      ContainerRequestContext request, @Nullable HttpServletRequest servletRequest) {
    return new RequestInfo(
        servletRequest,
        request.getMethod(),
        request.getUriInfo()::getRequestUri,
        request.getHeaders(),
        request.getProperty(PasswordAuthenticationFilter.CLIENT_ADDRESS) instanceof String noted
            ? noted
            : addressOf(servletRequest),
        request.getSecurityContext().isSecure());
  }

  /**
   * Returns the properties of a servlet request, outside of Jakarta REST. The supplier of the URI
   * throws {@link IllegalArgumentException} if the URL of the request is not a valid URI.
   */
  public static RequestInfo of(HttpServletRequest request) {
    return new RequestInfo(
        request,
        request.getMethod(),
        () -> uriOf(request),
        headersOf(request),
        addressOf(request),
        request.isSecure());
  }

  private static URI uriOf(HttpServletRequest request) {
    String query = request.getQueryString();
    return URI.create(request.getRequestURL() + (query == null ? "" : "?" + query));
  }

  /** Returns the headers of a servlet request. The names are case-insensitive. */
  public static MultivaluedMap<String, String> headersOf(HttpServletRequest request) {
    Headers headers = new Headers();
    for (String name : Collections.list(request.getHeaderNames())) {
      headers.put(name, Collections.list(request.getHeaders(name)));
    }
    return headers;
  }

  private static final class Headers extends AbstractMultivaluedMap<String, String> {
    private Headers() {
      super(new TreeMap<>(String.CASE_INSENSITIVE_ORDER));
    }
  }

  public static @Nullable String addressOf(@Nullable HttpServletRequest servletRequest) {
    if (servletRequest == null) {
      return null;
    }
    return servletRequest.getAttribute(PasswordAuthenticationFilter.CLIENT_ADDRESS)
            instanceof String noted
        ? noted
        : servletRequest.getRemoteAddr();
  }

  public List<String> header(String name) {
    List<String> values = headers.get(name);
    return values == null ? List.of() : values;
  }

  /**
   * Returns true if the client is on this machine, the request names no other host, and nothing
   * shows that a proxy forwarded the request.
   */
  public boolean isLocal() {
    return SampleUsers.isLocal(servletRequest, headers);
  }

  /**
   * Returns the context path: the prefix of all paths of the application. Returns an empty string
   * outside a servlet container.
   *
   * <p>In Tomcat, the context path of a request can contain path parameters, which the client
   * chooses. This method removes the path parameters, because the context path becomes an attribute
   * of cookies.
   */
  public String contextPath() {
    return servletRequest == null
        ? ""
        : PATH_PARAMETERS.matcher(servletRequest.getContextPath()).replaceAll("");
  }
}
