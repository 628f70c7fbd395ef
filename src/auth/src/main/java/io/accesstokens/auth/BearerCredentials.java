package io.accesstokens.auth;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The {@code Authorization} headers of a request with at least one bearer token (RFC 6750, section
 * 2.1). Every filter that accepts bearer tokens uses this class.
 */
public final class BearerCredentials {

  private static final String SCHEME = "Bearer";

  private final List<String> headers;

  private BearerCredentials(List<String> headers) {
    this.headers = headers;
  }

  /**
   * Returns the {@code Authorization} headers of a request; empty if no header has a bearer token.
   */
  public static Optional<BearerCredentials> of(ContainerRequestContext request) {
    List<String> headers = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    return headers == null ? Optional.empty() : of(headers);
  }

  /**
   * Returns the {@code Authorization} headers of a request; empty if no header has a bearer token.
   *
   * @param headers the values of all {@code Authorization} headers; the list must not change
   *     afterwards
   */
  public static Optional<BearerCredentials> of(List<String> headers) {
    for (String header : headers) {
      if (isBearer(header)) {
        return Optional.of(new BearerCredentials(headers));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the {@code Authorization} headers of a request; empty if no header has a bearer token,
   * or if an earlier filter has already accepted the bearer token.
   */
  public static Optional<BearerCredentials> undecided(ContainerRequestContext request) {
    return AccessTokensFeature.SCHEME.equals(request.getSecurityContext().getAuthenticationScheme())
        ? Optional.empty()
        : of(request);
  }

  /**
   * Returns true if at least one bearer token of the request matches a condition.
   *
   * @param token the condition, which receives the text after the scheme
   */
  public boolean any(Predicate<String> token) {
    return headers.stream().anyMatch(header -> isBearer(header) && token.test(afterScheme(header)));
  }

  /**
   * Returns the bearer token if the request has no other credential. The token is the text after
   * the scheme. The text can have any form and can be empty. Returns empty if the request has a
   * second credential of any scheme, because two credentials can belong to two callers.
   */
  public Optional<String> only() {
    return headers.size() == 1 ? Optional.of(afterScheme(headers.get(0))) : Optional.empty();
  }

  /**
   * Returns true if an {@code Authorization} header has the scheme {@code Bearer}. The scheme is
   * case-insensitive (RFC 9110, section 11.1) and ends at white space.
   */
  public static boolean isBearer(String header) {
    String text = header.strip();
    return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && (text.length() == SCHEME.length()
            || Character.isWhitespace(text.charAt(SCHEME.length())));
  }

  private static String afterScheme(String header) {
    return header.strip().substring(SCHEME.length()).strip();
  }

  /** Returns a text without the credentials. */
  @Override
  public String toString() {
    return "BearerCredentials[redacted]";
  }
}
