package io.accesstokens.oauth;

import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.Verification;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that were signed here, each for a stored one, and are verified elsewhere without asking.
 * Safe for use by many threads.
 */
@FunctionalInterface
public interface SignedTokens {

  /** There are none. */
  SignedTokens NONE = (token, noOlderThan) -> Optional.empty();

  /**
   * Decides about a token.
   *
   * @param noOlderThan see {@link io.accesstokens.verify.TokenVerifier}; null without one
   * @return empty if it was not signed here, or its own time is over
   * @throws io.accesstokens.verify.VerificationUnavailableException if it cannot be found out now
   */
  Optional<Signed> find(String token, ChangeFeed.@Nullable Position noOlderThan);

  /**
   * Decides about a token of an anonymous caller, whose wrong signatures may be limited.
   *
   * @param clientAddress where the request came from, or null
   * @return as {@link #find}
   * @throws jakarta.ws.rs.ClientErrorException 429, if the client has sent too many
   */
  default Optional<Signed> findPresented(String token, @Nullable String clientAddress) {
    return find(token, null);
  }

  /**
   * A token that was signed here and whose own time is not over.
   *
   * @param verdict what it is worth now; if accepted, with its own scopes and time, and the id of
   *     the stored token
   * @param id its own id, the {@code jti}
   * @param issuer its {@code iss}
   * @param audience its {@code aud}
   * @param clientId its {@code client_id}
   */
  record Signed(
      Verification verdict, String id, String issuer, List<String> audience, String clientId) {

    public Signed {
      audience = List.copyOf(audience);
    }
  }
}
