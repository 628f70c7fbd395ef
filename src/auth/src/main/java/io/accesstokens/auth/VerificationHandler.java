package io.accesstokens.auth;

import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.SecurityContext;
import org.jspecify.annotations.Nullable;

/** What follows from a token's check, whichever kind of bearer token it was. */
public final class VerificationHandler {

  private final VerificationListener listener;
  private final UnknownTokenLimit unknownTokens;
  private final ErrorResponses refusals;

  /**
   * For an application that writes the bodies of errors itself.
   *
   * @param listener is told of each outcome, but not of what is answered 429
   * @param unknownTokens says when a client has tried too many
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
   * Makes the request one of the token's, whose scopes are its roles, or ends it.
   *
   * @throws NotAuthorizedException if the token is not good
   * @throws ClientErrorException 429, if it is unknown and one too many
   */
  public void conclude(ContainerRequestContext request, Verification verification) {
    String clientAddress = AccessTokensFeature.clientAddress(request);
    if (verification instanceof Verification.Accepted accepted) {
      accepted(accepted, clientAddress);
      request.setSecurityContext(
          CallerContext.byBearer(
              new TokenPrincipal(accepted, clientAddress), accepted.scopes(), isSecure(request)));
    } else if (verification instanceof Verification.Refused refused) {
      refused(refused, clientAddress);
      throw refusals.invalidToken();
    }
  }

  /** Reports a use of a good token. */
  public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {
    listener.accepted(accepted, clientAddress);
  }

  /**
   * Counts and reports a refusal.
   *
   * @throws ClientErrorException 429, if the token is unknown and one too many
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

  private static boolean isSecure(ContainerRequestContext request) {
    SecurityContext before = request.getSecurityContext();
    return before != null && before.isSecure();
  }
}
