package io.accesstokens.auth;

import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import io.accesstokens.verify.limit.LogLimit;
import jakarta.annotation.Priority;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * Authenticates requests with {@code Authorization: Bearer <raw token>} (RFC 6750, section 2.1).
 *
 * <p>For a request with a valid token, the principal is a {@link TokenPrincipal}, and the scopes of
 * the token are the roles of the caller. A request with a token that is not valid gets 401. A
 * request with any other scheme, or without a credential, passes unchanged.
 */
@Priority(Priorities.AUTHENTICATION)
final class RawTokenAuthenticationFilter implements ContainerRequestFilter {

  private static final Logger LOG =
      System.getLogger(RawTokenAuthenticationFilter.class.getPackageName());
  private static final Verification.Refused MALFORMED =
      new Verification.Refused(Verification.Reason.MALFORMED, Optional.empty());

  private final LogLimit logLimit = new LogLimit(1);
  private final RawTokenFormat format;
  private final boolean passOthers;
  private final TokenVerifier verifier;
  private final VerificationHandler handler;
  private final ErrorResponses refusals;

  /**
   * Creates a filter.
   *
   * @param format the format of raw tokens
   * @param passOthers true to pass bearer credentials that do not begin with a prefix of raw
   *     tokens; false to refuse them with 401
   * @param verifier verifies well-formed tokens
   * @param handler handles each verdict
   */
  RawTokenAuthenticationFilter(
      RawTokenFormat format,
      boolean passOthers,
      TokenVerifier verifier,
      VerificationHandler handler,
      ErrorResponses refusals) {
    this.format = format;
    this.passOthers = passOthers;
    this.verifier = verifier;
    this.handler = handler;
    this.refusals = refusals;
  }

  /**
   * Authenticates a request that has a bearer credential, and passes any other request.
   *
   * @throws NotAuthorizedException if the bearer credential is not valid
   * @throws ClientErrorException with status 429 if the token is unknown and the client has tried
   *     too many unknown tokens. Also thrown if the token has exceeded its number of requests per
   *     minute.
   * @throws ServiceUnavailableException if the token cannot be verified now
   */
  @Override
  public void filter(ContainerRequestContext request) {
    Optional<BearerCredentials> credentials = BearerCredentials.of(request);
    if (credentials.isPresent() && (!passOthers || credentials.get().any(format::hasPrefix))) {
      Optional<RawToken> token = credentials.get().only().flatMap(format::parse);
      try {
        handler.conclude(request, verify(AccessTokensFeature.client(request), token));
      } catch (WebApplicationException e) {
        throw refusals.replaced(e, request);
      }
    }
  }

  /**
   * Authenticates a client by a text that must be a raw token, see {@link
   * AccessTokensFeature#authenticate}.
   */
  TokenPrincipal authenticate(ClientInfo client, String text) {
    return handler.conclude(client, verify(client, format.parse(text)));
  }

  private Verification verify(ClientInfo client, Optional<RawToken> token) {
    if (token.isEmpty()) {
      return MALFORMED;
    }
    try {
      return verifier.verify(token.get());
    } catch (VerificationUnavailableException e) {
      outage(e);
      handler.reportUnavailable(client);
      throw refusals.unavailable(e);
    }
  }

  /**
   * Logs an outage, at most once a second, because thousands of requests a second can fail in an
   * outage.
   */
  private void outage(VerificationUnavailableException e) {
    logLimit.log(LOG, Level.WARNING, "responded with 503: " + e.getMessage());
  }
}
