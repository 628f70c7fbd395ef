package io.accesstokens.auth;

import jakarta.ws.rs.ClientErrorException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many verifications of wrong JWT signatures one client can cause. The limit saves CPU
 * time, because the verification of an elliptic curve signature is expensive.
 *
 * <p>Implementations must be thread-safe and must return immediately.
 */
public interface SignatureLimit {

  /** A limit that is never exceeded. */
  SignatureLimit NONE =
      new SignatureLimit() {
        @Override
        public Optional<Duration> exceededBy(String subject, @Nullable String clientAddress) {
          return Optional.empty();
        }

        @Override
        public void recordResult(String subject, @Nullable String clientAddress, boolean valid) {}
      };

  /**
   * Checks the limit before the signature of a token is verified.
   *
   * @param subject the issuer and subject in the token, which are not verified yet
   * @param clientAddress the client's network address; null if it is not known
   * @return how long the client must wait, if the limit is exceeded; empty if it is not exceeded
   */
  Optional<Duration> exceededBy(String subject, @Nullable String clientAddress);

  /**
   * Records the result of the verification of a signature.
   *
   * @param subject the issuer and subject in the token
   * @param clientAddress the client's network address; null if it is not known
   * @param valid true if the signature is valid
   */
  void recordResult(String subject, @Nullable String clientAddress, boolean valid);

  /**
   * Checks the limit as {@link #exceededBy} does, and throws an exception if the limit is exceeded.
   *
   * @throws ClientErrorException with status 429 if the limit is exceeded
   */
  default void require(String subject, @Nullable String clientAddress) {
    exceededBy(subject, clientAddress)
        .ifPresent(
            wait -> {
              throw new ErrorResponses(false).tooMany(wait);
            });
  }
}
