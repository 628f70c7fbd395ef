package io.accesstokens.oauth;

import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.Verification;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens that this service has signed. Each signed token was created from a stored token.
 * Other services can verify signed tokens without a request to this service.
 *
 * <p>Implementations must be thread-safe.
 */
@FunctionalInterface
public interface SignedTokenVerifier {

  /** An instance that rejects every token, for an installation that does not sign tokens. */
  SignedTokenVerifier NONE = (token, noOlderThan) -> Optional.empty();

  /**
   * Verifies a signed token.
   *
   * @param noOlderThan the position of the change feed that the verdict must include (see {@link
   *     io.accesstokens.verify.TokenVerifier}); null for any position
   * @return the token and its verdict; empty if this service has not signed the token or the token
   *     has expired
   * @throws io.accesstokens.verify.VerificationUnavailableException if the verdict is not available
   *     now
   */
  Optional<SignedToken> verify(String token, ChangeFeed.@Nullable Position noOlderThan);

  /**
   * Verifies a signed token from an anonymous caller. An implementation may limit the number of
   * tokens with a wrong signature.
   *
   * @param clientAddress the network address of the client; null if it is not known
   * @return the token and its verdict; empty if this service has not signed the token or the token
   *     has expired
   * @throws jakarta.ws.rs.ClientErrorException with status 429 if the client has sent too many
   *     tokens with a wrong signature
   * @throws io.accesstokens.verify.VerificationUnavailableException if the verdict is not available
   *     now
   */
  default Optional<SignedToken> verifyPresented(String token, @Nullable String clientAddress) {
    return verify(token, null);
  }

  /**
   * A token that this service has signed and that has not expired.
   *
   * @param verdict the current verdict on the token. If the token is accepted, the verdict contains
   *     the scopes and times of the signed token, and the id of the stored token
   * @param id the {@code jti} of the signed token
   * @param issuer the {@code iss} of the signed token
   * @param audience the {@code aud} of the signed token
   * @param clientId the {@code client_id} of the signed token
   */
  record SignedToken(
      Verification verdict, String id, String issuer, List<String> audience, String clientId) {

    public SignedToken {
      audience = List.copyOf(audience);
    }
  }
}
