package io.accesstokens.auth;

import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.limit.RequestRates;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.SecurityContext;

/**
 * Applies the verdict on a bearer token to the request, and reports the use of the token to a
 * listener. All Jakarta REST filters for bearer tokens use this class.
 */
public final class VerificationHandler {

  private final VerificationListener listener;
  private final UnknownTokenLimit unknownTokens;
  private final ErrorResponses refusals;
  private volatile RequestRates rates = new RequestRates();

  /**
   * Creates a handler for an application that writes the bodies of error responses itself.
   *
   * @param listener receives each outcome, except a 429 response to an unknown token
   * @param unknownTokens decides when a client has tried too many unknown tokens
   */
  public VerificationHandler(VerificationListener listener, UnknownTokenLimit unknownTokens) {
    this(listener, unknownTokens, new ErrorResponses(false));
  }

  VerificationHandler(
      VerificationListener listener, UnknownTokenLimit unknownTokens, ErrorResponses refusals) {
    this.listener = listener;
    this.unknownTokens = unknownTokens;
    this.refusals = refusals;
  }

  /** Makes this handler and another handler count the requests of a token together. */
  void shareRates(VerificationHandler other) {
    rates = other.rates;
  }

  /**
   * Applies the verdict on a token to a request. A valid token becomes the principal of the
   * request, and the scopes of the token become roles.
   *
   * @throws NotAuthorizedException if the token is not valid, or must not be used from the client's
   *     address
   * @throws ClientErrorException with status 429 if the token is unknown and the client has tried
   *     too many unknown tokens. Also thrown if this process has accepted the maximum number of
   *     requests of the token in the last 60 seconds.
   */
  public void conclude(ContainerRequestContext request, Verification verification) {
    TokenPrincipal caller = conclude(AccessTokensFeature.client(request), verification);
    request.setSecurityContext(
        CallerContext.byBearer(caller, caller.verified().scopes(), isSecure(request)));
  }

  /**
   * Returns the principal of an accepted token, and reports the use. Throws the same exceptions as
   * {@link #conclude(ContainerRequestContext, Verification)}.
   */
  TokenPrincipal conclude(ClientInfo client, Verification verification) {
    Verification verdict = verification.from(client.address());
    if (verdict instanceof Verification.Accepted accepted) {
      requireRate(accepted, client);
      reportAccepted(accepted, client);
      return new TokenPrincipal(accepted, client.address());
    }
    reportRefused((Verification.Refused) verdict, client);
    throw refusals.invalidToken();
  }

  private void requireRate(Verification.Accepted accepted, ClientInfo client) {
    Integer perMinute = accepted.limits().requestsPerMinute();
    if (perMinute != null) {
      int wait = rates.tryAcquire(accepted.tokenId(), perMinute);
      if (wait > 0) {
        listener.rateExceeded(accepted, client);
        throw refusals.rateExceeded(perMinute, wait);
      }
    }
  }

  /**
   * Reports the use of a valid token to the listener.
   *
   * @param client the client that sent the request
   */
  public void reportAccepted(Verification.Accepted accepted, ClientInfo client) {
    listener.accepted(accepted, client);
  }

  /**
   * Reports the use of a refused token to the listener, and counts unknown tokens.
   *
   * @param client the client that sent the request
   * @throws ClientErrorException with status 429 if the token is unknown and the client has tried
   *     too many unknown tokens
   */
  public void reportRefused(Verification.Refused refused, ClientInfo client) {
    if (refused.reason() == Verification.Reason.UNKNOWN) {
      unknownTokens
          .exceededBy(client.address())
          .ifPresent(
              wait -> {
                throw refusals.tooMany(wait);
              });
    }
    listener.refused(refused, client);
  }

  /**
   * Reports to the listener that a token could not be verified.
   *
   * @param client the client that sent the request
   */
  public void reportUnavailable(ClientInfo client) {
    listener.unavailable(client);
  }

  private static boolean isSecure(ContainerRequestContext request) {
    SecurityContext before = request.getSecurityContext();
    return before != null && before.isSecure();
  }
}
