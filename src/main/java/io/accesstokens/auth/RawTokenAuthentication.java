package io.accesstokens.auth;

import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenCheck;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.VerificationUnavailable;
import jakarta.annotation.Priority;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests with {@code Authorization: Bearer <raw token>} (RFC 6750, section 2.1).
 *
 * <p>A good token becomes the request's principal, a {@link TokenPrincipal}; its scopes are its
 * roles. One that is not good ends the request with 401, see the package's rules. A request with
 * any other scheme, or none, passes unchanged.
 */
@Priority(Priorities.AUTHENTICATION)
public final class RawTokenAuthentication implements ContainerRequestFilter {

  /**
   * The name of the request property that holds the client's network address as a {@link String}.
   * In a servlet container, a request attribute of this name is the same thing.
   */
  public static final String CLIENT_ADDRESS = "io.accesstokens.clientAddress";

  /** What {@link SecurityContext#getAuthenticationScheme()} says of such a request. */
  public static final String SCHEME = "BEARER";

  private static final String BEARER = "Bearer";
  private static final String RETRY_AFTER_SECONDS = "1";
  private static final Verification.Refused MALFORMED =
      new Verification.Refused(Verification.Reason.MALFORMED, Optional.empty());

  private final RawTokenFormat format;
  private final TokenCheck check;
  private final VerificationListener listener;

  /**
   * @param format tells raw tokens from junk without I/O
   * @param check decides about those that are well formed
   * @param listener is told of each outcome, but not of outages
   */
  public RawTokenAuthentication(
      RawTokenFormat format, TokenCheck check, VerificationListener listener) {
    this.format = format;
    this.check = check;
    this.listener = listener;
  }

  /**
   * @throws NotAuthorizedException if there is a bearer credential that is not good
   * @throws ServiceUnavailableException if that cannot be found out now
   */
  @Override
  public void filter(ContainerRequestContext request) {
    List<String> credentials = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    if (credentials == null || credentials.stream().noneMatch(RawTokenAuthentication::isBearer)) {
      return;
    }
    String clientAddress =
        request.getProperty(CLIENT_ADDRESS) instanceof String address ? address : null;
    Verification verification = verify(credentials);
    if (verification instanceof Verification.Accepted accepted) {
      listener.accepted(accepted, clientAddress);
      request.setSecurityContext(
          new TokenSecurityContext(new TokenPrincipal(accepted, clientAddress), isSecure(request)));
    } else if (verification instanceof Verification.Refused refused) {
      listener.refused(refused, clientAddress);
      throw new NotAuthorizedException(
          Response.status(Response.Status.UNAUTHORIZED)
              .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.INVALID_TOKEN)
              .build());
    }
  }

  private Verification verify(List<String> credentials) {
    if (credentials.size() > 1) {
      // Two credentials are two callers; guessing which one is meant would be wrong.
      return MALFORMED;
    }
    Optional<RawToken> token =
        format.parse(credentials.get(0).strip().substring(BEARER.length()).strip());
    if (token.isEmpty()) {
      return MALFORMED;
    }
    try {
      return check.check(token.get());
    } catch (VerificationUnavailable e) {
      throw new ServiceUnavailableException(
          Response.status(Response.Status.SERVICE_UNAVAILABLE)
              .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
              .build(),
          e);
    }
  }

  /** RFC 9110, section 11.1: the scheme is case-insensitive and ends at a space. */
  private static boolean isBearer(String credential) {
    String text = credential.strip();
    return text.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && (text.length() == BEARER.length()
            || Character.isWhitespace(text.charAt(BEARER.length())));
  }

  private static boolean isSecure(ContainerRequestContext request) {
    SecurityContext before = request.getSecurityContext();
    return before != null && before.isSecure();
  }

  private record TokenSecurityContext(TokenPrincipal principal, boolean secure)
      implements SecurityContext {

    @Override
    public Principal getUserPrincipal() {
      return principal;
    }

    @Override
    public boolean isUserInRole(@Nullable String role) {
      return role != null && principal.verified().scopes().contains(role);
    }

    @Override
    public boolean isSecure() {
      return secure;
    }

    @Override
    public String getAuthenticationScheme() {
      return SCHEME;
    }
  }
}
