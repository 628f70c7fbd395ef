package io.accesstokens.auth;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The {@code Authorization} headers of a request that has a bearer token among them (RFC 6750,
 * section 2.1). Every filter that knows some kind of bearer token reads them by this.
 */
public final class BearerCredentials {

  private static final String SCHEME = "Bearer";

  private final List<String> headers;

  private BearerCredentials(List<String> headers) {
    this.headers = headers;
  }

  /** Those of a request; empty if none of its credentials is a bearer token. */
  public static Optional<BearerCredentials> of(ContainerRequestContext request) {
    List<String> headers = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    return headers == null || headers.stream().noneMatch(BearerCredentials::isBearer)
        ? Optional.empty()
        : Optional.of(new BearerCredentials(headers));
  }

  /** The same, but empty if a filter before has found them good. */
  public static Optional<BearerCredentials> undecided(ContainerRequestContext request) {
    return AccessTokensFeature.SCHEME.equals(request.getSecurityContext().getAuthenticationScheme())
        ? Optional.empty()
        : of(request);
  }

  /** Whether there is a bearer token like that. */
  public boolean any(Predicate<String> token) {
    return headers.stream().anyMatch(header -> isBearer(header) && token.test(afterScheme(header)));
  }

  /**
   * The bearer token. Empty if there is another credential, of whatever scheme: two credentials are
   * two callers, and guessing which one is meant would be wrong.
   */
  public Optional<String> only() {
    return headers.size() == 1 ? Optional.of(afterScheme(headers.get(0))) : Optional.empty();
  }

  /** RFC 9110, section 11.1: the scheme is case-insensitive and ends at a space. */
  private static boolean isBearer(String header) {
    String text = header.strip();
    return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && (text.length() == SCHEME.length()
            || Character.isWhitespace(text.charAt(SCHEME.length())));
  }

  private static String afterScheme(String header) {
    return header.strip().substring(SCHEME.length()).strip();
  }

  /** Shows no credential. */
  @Override
  public String toString() {
    return "BearerCredentials[redacted]";
  }
}
