package io.accesstokens.exchange;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.BearerChallenge;
import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.auth.UnknownTokenLimit;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Accepted;
import io.accesstokens.verify.Verification.Reason;
import io.accesstokens.verify.Verification.Refused;
import io.accesstokens.verify.VerificationListener;
import jakarta.annotation.Priority;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests with {@code Authorization: Bearer <JWT>} of this issuer. A good one makes
 * the request one of its personal token, with fewer rights; the filter that comes after turns that
 * into one of its user.
 *
 * <p>Throws {@link NotAuthorizedException} (401, {@code invalid_token}) and {@link
 * ClientErrorException} (429), and lets {@link io.accesstokens.verify.VerificationUnavailable}
 * through.
 */
// After the filter for raw tokens, which lets pass what does not begin like one; before those that
// make a person of a token, or know the tokens of other issuers.
@Priority(Priorities.AUTHENTICATION + 1)
public final class AccessTokenAuthentication implements ContainerRequestFilter {

  private static final String BEARER = "Bearer";

  private final AccessTokenCheck check;
  private final boolean passOthers;
  private final VerificationListener listener;
  private final UnknownTokenLimit unknownTokens;

  /**
   * @param passOthers whether bearer credentials of others pass, for a filter that knows them
   * @param listener is told of each outcome
   * @param unknownTokens says when a client has tried too many
   */
  public AccessTokenAuthentication(
      AccessTokenCheck check,
      boolean passOthers,
      VerificationListener listener,
      UnknownTokenLimit unknownTokens) {
    this.check = check;
    this.passOthers = passOthers;
    this.listener = listener;
    this.unknownTokens = unknownTokens;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    List<String> credentials = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    if (credentials == null
        || credentials.stream().noneMatch(AccessTokenAuthentication::isBearer)
        || isRawToken(request)) {
      return;
    }
    if (passOthers && credentials.stream().noneMatch(this::isOurs)) {
      return;
    }
    String clientAddress =
        request.getProperty(AccessTokensFeature.CLIENT_ADDRESS) instanceof String address
            ? address
            : null;
    // Two credentials are two callers; guessing which one is meant would be wrong.
    Verification verdict =
        credentials.size() > 1
            ? new Refused(Reason.MALFORMED, Optional.empty())
            : check.check(afterScheme(credentials.get(0)));
    if (verdict instanceof Accepted accepted) {
      listener.accepted(accepted, clientAddress);
      request.setSecurityContext(
          new ByAccessToken(
              new TokenPrincipal(accepted, clientAddress),
              request.getSecurityContext().isSecure()));
    } else if (verdict instanceof Refused refused) {
      refuse(refused, clientAddress);
    }
  }

  private void refuse(Refused refused, @Nullable String clientAddress) {
    if (refused.reason() == Reason.UNKNOWN) {
      unknownTokens
          .exceededBy(clientAddress)
          .ifPresent(
              wait -> {
                throw tooMany(wait);
              });
    }
    listener.refused(refused, clientAddress);
    throw new NotAuthorizedException(
        "the bearer token is not good",
        Response.status(Response.Status.UNAUTHORIZED)
            .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.INVALID_TOKEN)
            .build());
  }

  /** 429, with the time to wait in whole seconds, one at least. */
  static ClientErrorException tooMany(Duration wait) {
    return new ClientErrorException(
        Response.status(Response.Status.TOO_MANY_REQUESTS)
            .header(HttpHeaders.RETRY_AFTER, Math.max(1, wait.plusNanos(999_999_999).toSeconds()))
            .build());
  }

  /** The filter before has found it good. */
  private static boolean isRawToken(ContainerRequestContext request) {
    return AccessTokensFeature.SCHEME.equals(
        request.getSecurityContext().getAuthenticationScheme());
  }

  private boolean isOurs(String credential) {
    return isBearer(credential) && check.isOurs(afterScheme(credential));
  }

  /** RFC 9110, section 11.1: the scheme is case-insensitive and ends at a space. */
  private static boolean isBearer(String credential) {
    String text = credential.strip();
    return text.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && (text.length() == BEARER.length()
            || Character.isWhitespace(text.charAt(BEARER.length())));
  }

  private static String afterScheme(String credential) {
    return credential.strip().substring(BEARER.length()).strip();
  }

  private record ByAccessToken(TokenPrincipal principal, boolean secure)
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
      return AccessTokensFeature.SCHEME;
    }
  }
}
