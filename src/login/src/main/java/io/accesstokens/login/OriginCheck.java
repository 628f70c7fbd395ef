package io.accesstokens.login;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells a browser's request on behalf of another site from one of our own pages. For requests that
 * are authenticated by what a browser adds by itself: Basic, or a cookie.
 *
 * <ol>
 *   <li>GET, HEAD, OPTIONS and TRACE pass.
 *   <li>{@code Sec-Fetch-Site} decides where it is present: {@code same-origin} and {@code none}
 *       pass; everything else does not, several of them included.
 *   <li>Else {@code Origin} (RFC 6454 §7) must be the origin of {@code accessTokens.publicUrl} if
 *       that is set, else of the request as it says itself. {@code null}, several of them, and what
 *       is no origin do not pass.
 *   <li>Neither header: not a browser; passes.
 * </ol>
 *
 * <p>Behind a proxy that ends TLS the request says {@code http} while the browser says {@code
 * https}: {@code accessTokens.publicUrl} must be set there.
 */
public final class OriginCheck {

  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

  private final @Nullable WebOrigin publicOrigin;

  /**
   * @param publicUrl the address under which browsers know this service, or null
   * @throws IllegalArgumentException if it has no scheme or no host
   */
  public OriginCheck(@Nullable URI publicUrl) {
    this.publicOrigin =
        publicUrl == null
            ? null
            : WebOrigin.of(publicUrl)
                .orElseThrow(() -> new IllegalArgumentException("a public URL needs a host"));
  }

  /** Whether a method changes nothing, so that it needs no check. */
  static boolean isSafe(String method) {
    return SAFE_METHODS.contains(method);
  }

  /** Whether a request passes. */
  boolean passes(RequestInfo client) {
    return passes(
        client.method(), client.header("Sec-Fetch-Site"), client.header("Origin"), client.uri());
  }

  boolean passes(String method, List<String> fetchSites, List<String> origins, URI request) {
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
        publicOrigin == null ? WebOrigin.of(request) : Optional.of(publicOrigin);
    return sent.isPresent() && sent.equals(own);
  }
}
