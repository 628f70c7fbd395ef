package io.accesstokens.spring;

import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.VerificationUnavailableException;
import io.accesstokens.verify.limit.LogLimit;
import io.accesstokens.verify.limit.RequestRates;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;

/** Verifies raw tokens, and enforces the limits of a token. */
final class RawTokenAuthenticationProvider implements AuthenticationProvider {

  private static final Logger LOG =
      System.getLogger(RawTokenAuthenticationProvider.class.getPackageName());
  private static final Verification MALFORMED =
      new Verification.Refused(Verification.Reason.MALFORMED, Optional.empty());

  private final LogLimit logLimit = new LogLimit(1);
  private final RequestRates rates = new RequestRates();
  private final TokenVerifier verifier;
  private final VerificationListener listener;
  private final boolean personalTokens;

  /**
   * Creates a provider.
   *
   * @param listener receives each outcome
   * @param personalTokens true to accept personal tokens; otherwise they count as malformed
   */
  RawTokenAuthenticationProvider(
      TokenVerifier verifier, VerificationListener listener, boolean personalTokens) {
    this.verifier = verifier;
    this.listener = listener;
    this.personalTokens = personalTokens;
  }

  @Override
  public boolean supports(Class<?> type) {
    return RawTokenAuthentication.class.isAssignableFrom(type);
  }

  /**
   * Verifies a raw token.
   *
   * @throws BadCredentialsException if the token is not valid, for any reason
   * @throws RequestRateException if the token has used up its requests of the last 60 seconds
   * @throws AuthenticationServiceException if the token cannot be verified now
   */
  @Override
  public Authentication authenticate(Authentication authentication) {
    RawTokenAuthentication request = (RawTokenAuthentication) authentication;
    ClientInfo client = request.client();
    Verification verdict = verify(request.getCredentials(), client).from(client.address());
    if (verdict instanceof Verification.Accepted accepted) {
      requireRate(accepted, client);
      listener.accepted(accepted, client);
      return new RawTokenAuthentication(new TokenPrincipal(accepted, client.address()), client);
    }
    if (verdict instanceof Verification.Refused refused) {
      listener.refused(refused, client);
    }
    throw new BadCredentialsException("the raw token is not valid");
  }

  private Verification verify(@Nullable RawToken token, ClientInfo client) {
    if (token == null || (token.kind() == RawToken.Kind.PERSONAL && !personalTokens)) {
      return MALFORMED;
    }
    try {
      return verifier.verify(token);
    } catch (VerificationUnavailableException e) {
      logLimit.log(LOG, Level.WARNING, "responded with 503: " + e.getMessage());
      listener.unavailable(client);
      throw new AuthenticationServiceException("the raw token cannot be verified now", e);
    }
  }

  private void requireRate(Verification.Accepted accepted, ClientInfo client) {
    Integer perMinute = accepted.limits().requestsPerMinute();
    if (perMinute != null) {
      int wait = rates.tryAcquire(accepted.tokenId(), perMinute);
      if (wait > 0) {
        listener.rateExceeded(accepted, client);
        throw new RequestRateException(perMinute, wait);
      }
    }
  }
}
