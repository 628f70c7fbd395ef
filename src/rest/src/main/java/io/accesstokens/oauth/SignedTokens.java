package io.accesstokens.oauth;

import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.Verification;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens that were signed here. Each was created from a stored token, and other services
 * verify it offline.
 *
 * <p>Safe for use by many threads.
 */
@FunctionalInterface
public interface SignedTokens {

  /** Finds no signed token, for an installation that signs none. */
  SignedTokens NONE = (token, noOlderThan) -> Optional.empty();

  /**
   * Verifies a token.
   *
   * @param noOlderThan the position of the change feed that the verdict must include, see {@link
   *     io.accesstokens.verify.TokenVerifier}; null for no requirement
   * @return the token and its verdict; empty if the token was not signed here or has expired
   * @throws io.accesstokens.verify.VerificationUnavailableException if the verdict is not available
   *     now
   */
  Optional<Signed> find(String token, ChangeFeed.@Nullable Position noOlderThan);

  /**
   * Verifies a token of an anonymous caller. An implementation may limit wrong signatures.
   *
   * @param clientAddress the network address of the client; null if it is not known
   * @return the same as {@link #find}
   * @throws jakarta.ws.rs.ClientErrorException with status 429 if the client has sent too many
   *     wrong signatures
   */
  default Optional<Signed> findPresented(String token, @Nullable String clientAddress) {
    return find(token, null);
  }

  /**
   * A token that was signed here and has not expired.
   *
   * @param verdict the verdict now. If accepted, it has the scopes and times of the signed token,
   *     and the id of the stored token
   * @param id the {@code jti} of the signed token
   * @param issuer the {@code iss} of the signed token
   * @param audience the {@code aud} of the signed token
   * @param clientId the {@code client_id} of the signed token
   */
  record Signed(
      Verification verdict, String id, String issuer, List<String> audience, String clientId) {

    public Signed {
      audience = List.copyOf(audience);
    }
  }
}
