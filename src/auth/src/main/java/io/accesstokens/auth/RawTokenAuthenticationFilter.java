package io.accesstokens.auth;

import io.accesstokens.verify.LogLimit;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import jakarta.annotation.Priority;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * Authenticates requests with {@code Authorization: Bearer <raw token>} (RFC 6750, section 2.1).
 *
 * <p>A good token becomes the request's principal, a {@link TokenPrincipal}; its scopes are its
 * roles. One that is not good ends the request with 401, see the package's rules. A request with
 * any other scheme, or none, passes unchanged.
 */
@Priority(Priorities.AUTHENTICATION)
final class RawTokenAuthenticationFilter implements ContainerRequestFilter {

  private static final Logger LOG =
      System.getLogger(RawTokenAuthenticationFilter.class.getPackageName());
  private static final Verification.Refused MALFORMED =
      new Verification.Refused(Verification.Reason.MALFORMED, Optional.empty());

  private final LogLimit outages = new LogLimit(1);
  private final RawTokenFormat format;
  private final boolean passOthers;
  private final TokenVerifier check;
  private final VerificationHandler outcomes;
  private final ErrorResponses refusals;

  /**
   * @param format tells raw tokens from junk without I/O
   * @param passOthers whether a bearer credential that does not begin like a raw token passes
   * @param check decides about those that are well formed
   * @param outcomes what follows from each check
   */
  RawTokenAuthenticationFilter(
      RawTokenFormat format,
      boolean passOthers,
      TokenVerifier check,
      VerificationHandler outcomes,
      ErrorResponses refusals) {
    this.format = format;
    this.passOthers = passOthers;
    this.check = check;
    this.outcomes = outcomes;
    this.refusals = refusals;
  }

  /**
   * @throws NotAuthorizedException if there is a bearer credential that is not good
   * @throws ClientErrorException 429, if it is unknown and one too many
   * @throws ServiceUnavailableException if that cannot be found out now
   */
  @Override
  public void filter(ContainerRequestContext request) {
    Optional<BearerCredentials> credentials = BearerCredentials.of(request);
    if (credentials.isPresent() && (!passOthers || credentials.get().any(format::claims))) {
      outcomes.conclude(request, verify(credentials.get()));
    }
  }

  private Verification verify(BearerCredentials credentials) {
    Optional<RawToken> token = credentials.only().flatMap(format::parse);
    if (token.isEmpty()) {
      return MALFORMED;
    }
    try {
      return check.check(token.get());
    } catch (VerificationUnavailableException e) {
      outage(e);
      throw refusals.unavailable(e);
    }
  }

  /** Once in a while, for an outage may be told to thousands of requests a second. */
  private void outage(VerificationUnavailableException e) {
    outages.log(LOG, Level.WARNING, "answered 503: " + e.getMessage());
  }
}
