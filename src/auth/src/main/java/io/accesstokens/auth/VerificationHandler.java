package io.accesstokens.auth;

import io.accesstokens.verify.MachineClock;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.limit.RequestRates;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.SecurityContext;
import org.jspecify.annotations.Nullable;

/**
 * Applies the verdict on a bearer token to the request, and reports the use of the token to a
 * listener. All filters for bearer tokens use this class.
 */
public final class VerificationHandler {

  private final VerificationListener listener;
  private final UnknownTokenLimit unknownTokens;
  private final ErrorResponses refusals;
  private final RequestRates rates = new RequestRates(MachineClock.SYSTEM);

  /**
   * Creates a handler for an application that writes the bodies of error responses itself.
   *
   * @param listener receives each outcome, except those with a 429 response
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

  /**
   * Applies the verdict on a token to a request. A valid token becomes the principal of the
   * request, and the scopes of the token become roles.
   *
   * @throws NotAuthorizedException if the token is not valid, or not from the client's address
   * @throws ClientErrorException with status 429 if the token is unknown and the client has tried
   *     too many unknown tokens. Also thrown if this process has accepted the maximum number of
   *     requests of the token in this minute.
   */
  public void conclude(ContainerRequestContext request, Verification verification) {
    String clientAddress = AccessTokensFeature.clientAddress(request);
    Verification verdict = verification.from(clientAddress);
    if (verdict instanceof Verification.Accepted accepted) {
      requireRate(accepted);
      accepted(accepted, clientAddress);
      request.setSecurityContext(
          CallerContext.byBearer(
              new TokenPrincipal(accepted, clientAddress), accepted.scopes(), isSecure(request)));
    } else if (verdict instanceof Verification.Refused refused) {
      refused(refused, clientAddress);
      throw refusals.invalidToken();
    }
  }

  private void requireRate(Verification.Accepted accepted) {
    Integer perMinute = accepted.limits().requestsPerMinute();
    if (perMinute != null) {
      int wait = rates.count(accepted.tokenId(), perMinute);
      if (wait > 0) {
        throw refusals.rateExceeded(perMinute, wait);
      }
    }
  }

  /**
   * Reports the use of a valid token to the listener.
   *
   * @param clientAddress the client's network address; null if it is not known
   */
  public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {
    listener.accepted(accepted, clientAddress);
  }

  /**
   * Reports the use of a refused token to the listener, and counts unknown tokens.
   *
   * @param clientAddress the client's network address; null if it is not known
   * @throws ClientErrorException with status 429 if the token is unknown and the client has tried
   *     too many unknown tokens
   */
  public void refused(Verification.Refused refused, @Nullable String clientAddress) {
    if (refused.reason() == Verification.Reason.UNKNOWN) {
      unknownTokens
          .exceededBy(clientAddress)
          .ifPresent(
              wait -> {
                throw refusals.tooMany(wait);
              });
    }
    listener.refused(refused, clientAddress);
  }

  /**
   * Reports to the listener that a token could not be verified.
   *
   * @param clientAddress the client's network address; null if it is not known
   */
  public void unavailable(@Nullable String clientAddress) {
    listener.unavailable(clientAddress);
  }

  private static boolean isSecure(ContainerRequestContext request) {
    SecurityContext before = request.getSecurityContext();
    return before != null && before.isSecure();
  }
}
