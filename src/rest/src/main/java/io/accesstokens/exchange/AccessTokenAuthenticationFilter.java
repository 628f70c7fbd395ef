package io.accesstokens.exchange;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.BearerCredentials;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Reason;
import io.accesstokens.verify.Verification.Refused;
import io.accesstokens.verify.VerificationUnavailableException;
import jakarta.annotation.Priority;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.util.Optional;

/**
 * Authenticates requests with {@code Authorization: Bearer <JWT>} of this issuer.
 *
 * <p>The filter sets the principal of the request to the personal token from which the JWT was
 * created. This principal has only the scopes of the JWT. The next filter replaces this principal
 * with the user of the personal token.
 *
 * <p>The filter throws these exceptions:
 *
 * <ul>
 *   <li>{@link NotAuthorizedException} (401, {@code invalid_token}) if the credential is not a
 *       valid JWT;
 *   <li>{@link ClientErrorException} (429) if the client has sent too many JWTs with a wrong
 *       signature, or too many unknown tokens;
 *   <li>{@link VerificationUnavailableException} if the verdict is not available now.
 * </ul>
 */
// Runs after the filter for raw tokens. That filter ignores credentials that do not begin like a
// raw token. Runs before the filter that replaces a token with its user, and before the filters for
// tokens of other issuers.
@Priority(Priorities.AUTHENTICATION + 1)
public final class AccessTokenAuthenticationFilter implements ContainerRequestFilter {

  static final Refused MALFORMED = new Refused(Reason.MALFORMED, Optional.empty());

  private final AccessTokenJwtVerifier verifier;
  private final boolean passOthers;
  private final VerificationHandler handler;

  /**
   * Creates a filter that authenticates requests by JWTs of this service.
   *
   * @param passOthers true to pass bearer credentials of other issuers to a later filter; false to
   *     reject them
   * @param handler the handler that receives the verdict on each JWT
   */
  public AccessTokenAuthenticationFilter(
      AccessTokenJwtVerifier verifier, boolean passOthers, VerificationHandler handler) {
    this.verifier = verifier;
    this.passOthers = passOthers;
    this.handler = handler;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    Optional<BearerCredentials> credentials = BearerCredentials.undecided(request);
    if (credentials.isPresent() && (!passOthers || credentials.get().any(verifier::isOurs))) {
      handler.conclude(request, verify(AccessTokensFeature.client(request), credentials.get()));
    }
  }

  private Verification verify(ClientInfo client, BearerCredentials credentials) {
    try {
      return credentials
          .only()
          .map(credential -> verifier.verifyRequest(credential, client.address()))
          .orElse(MALFORMED);
    } catch (VerificationUnavailableException e) {
      handler.reportUnavailable(client);
      throw e;
    }
  }
}
