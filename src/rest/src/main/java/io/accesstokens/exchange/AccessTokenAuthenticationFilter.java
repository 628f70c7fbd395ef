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
 * Authenticates requests with {@code Authorization: Bearer <JWT>} of this issuer. A good one makes
 * the request one of its personal token, with fewer rights; the filter that comes after turns that
 * into one of its user.
 *
 * <p>Throws {@link NotAuthorizedException} (401, {@code invalid_token}) and {@link
 * ClientErrorException} (429), and lets {@link
 * io.accesstokens.verify.VerificationUnavailableException} through.
 */
// After the filter for raw tokens, which lets pass what does not begin like one; before those that
// make a person of a token, or know the tokens of other issuers.
@Priority(Priorities.AUTHENTICATION + 1)
public final class AccessTokenAuthenticationFilter implements ContainerRequestFilter {

  private static final Verification MALFORMED = new Refused(Reason.MALFORMED, Optional.empty());

  private final AccessTokenCheck check;
  private final boolean passOthers;
  private final VerificationHandler outcomes;

  /**
   * @param passOthers whether bearer credentials of others pass, for a filter that knows them
   * @param outcomes what follows from each check
   */
  public AccessTokenAuthenticationFilter(
      AccessTokenCheck check, boolean passOthers, VerificationHandler outcomes) {
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
