package io.accesstokens.exchange;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.BearerCredentials;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Reason;
import io.accesstokens.verify.Verification.Refused;
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
 * <p>The request gets the identity of the personal token, restricted to the scopes of the JWT. The
 * next filter replaces that identity by the token's user.
 *
 * <p>Throws {@link NotAuthorizedException} (401, {@code invalid_token}) and {@link
 * ClientErrorException} (429). Does not catch {@link
 * io.accesstokens.verify.VerificationUnavailableException}.
 */
// Runs after the filter for raw tokens, which passes credentials that do not begin like a raw
// token. Runs before the filters that replace a token by its user, or accept tokens of other
// issuers.
@Priority(Priorities.AUTHENTICATION + 1)
public final class AccessTokenAuthenticationFilter implements ContainerRequestFilter {

  private static final Verification MALFORMED = new Refused(Reason.MALFORMED, Optional.empty());

  private final AccessTokenJwtVerifier check;
  private final boolean passOthers;
  private final VerificationHandler outcomes;

  /**
   * @param passOthers true if bearer credentials of other issuers pass, for a later filter that
   *     accepts them
   * @param outcomes the handler that receives each verdict
   */
  public AccessTokenAuthenticationFilter(
      AccessTokenJwtVerifier check, boolean passOthers, VerificationHandler outcomes) {
    this.check = check;
    this.passOthers = passOthers;
    this.outcomes = outcomes;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    Optional<BearerCredentials> credentials = BearerCredentials.undecided(request);
    if (credentials.isPresent() && (!passOthers || credentials.get().any(check::isOurs))) {
      String clientAddress = AccessTokensFeature.clientAddress(request);
      outcomes.conclude(
          request,
          credentials
              .get()
              .only()
              .map(credential -> check.check(credential, clientAddress))
              .orElse(MALFORMED));
    }
  }
}
