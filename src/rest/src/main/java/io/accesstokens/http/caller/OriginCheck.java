package io.accesstokens.http.caller;

import io.accesstokens.http.problem.ForbiddenRequestException;
import io.accesstokens.session.WebOrigin;
import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Detects cross-site request forgery: requests that a browser sends on behalf of another site. The
 * check is for credentials that a browser adds to each request: Basic or a cookie.
 *
 * <ol>
 *   <li>GET, HEAD, OPTIONS and TRACE pass.
 *   <li>If {@code Sec-Fetch-Site} is present, only this header decides. The values {@code
 *       same-origin} and {@code none} pass. Other values and several values do not pass.
 *   <li>If only {@code Origin} (RFC 6454, section 7) is present, its value must be the origin of
 *       the public URL. If that URL is not known, the value must be the origin of the request URI.
 *       The value {@code null}, several values, and a text that is not an origin do not pass.
 *   <li>A request with neither header passes, because browsers send at least one of them.
 * </ol>
 *
 * <p>Behind a proxy that terminates TLS, the request URI has the scheme {@code http}, but the
 * browser sends {@code https}. The public URL is required behind such a proxy.
 */
public final class OriginCheck {

  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

  private final @Nullable WebOrigin publicOrigin;

  /**
   * Creates an origin check.
   *
   * @param publicUrl the URL at which browsers reach this service; null to use the origin of the
   *     URI of each request
   * @throws IllegalArgumentException if the URL has no scheme or no host
   */
  public OriginCheck(@Nullable URI publicUrl) {
    this.publicOrigin =
        publicUrl == null
            ? null
            : WebOrigin.of(publicUrl)
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "the public URL must have a scheme and a host"));
  }

  /**
   * Returns true if the HTTP method is safe (RFC 9110, section 9.2.1). A safe method needs no
   * check.
   */
  public static boolean isSafe(String method) {
    return SAFE_METHODS.contains(method);
  }

  /** Returns the exception that the server throws for a request that does not pass the check. */
  public static ForbiddenRequestException refusal() {
    return new ForbiddenRequestException(
        "the browser reports that the request comes from another site: send it from a page of this"
            + " service; behind a proxy, the operator must set accessTokens.publicUrl");
  }

  /**
   * Returns true if a request passes the check.
   *
   * @param headers the headers; names are case-insensitive
   * @param request returns the URI of the request, as the client sent it
   */
  public boolean passes(
      String method, MultivaluedMap<String, String> headers, Supplier<URI> request) {
    return passes(
        method,
        headers.getOrDefault("Sec-Fetch-Site", List.of()),
        headers.getOrDefault("Origin", List.of()),
        request);
  }

  boolean passes(
      String method, List<String> fetchSites, List<String> origins, Supplier<URI> request) {
    if (isSafe(method)) {
      return true;
    }
    if (!fetchSites.isEmpty()) {
      return fetchSites.size() == 1 && OWN_SITE.contains(fetchSites.get(0).strip());
    }
    if (origins.isEmpty()) {
      return true;
    }
    if (origins.size() > 1) {
      return false;
    }
    Optional<WebOrigin> sent = WebOrigin.parse(origins.get(0).strip());
    Optional<WebOrigin> own =
        publicOrigin == null ? WebOrigin.of(request.get()) : Optional.of(publicOrigin);
    return sent.isPresent() && sent.equals(own);
  }
}
