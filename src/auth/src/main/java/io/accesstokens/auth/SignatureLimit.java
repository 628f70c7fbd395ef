package io.accesstokens.auth;

import jakarta.ws.rs.ClientErrorException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many wrong JWT signatures are verified for a client. Verifying an elliptic curve
 * signature takes more CPU time than the rest of ten requests.
 *
 * <p>Implementations return at once and are safe for use by many threads.
 */
public interface SignatureLimit {

  /** Limits nothing. */
  SignatureLimit NONE =
      new SignatureLimit() {
        @Override
        public Optional<Duration> exceededBy(String subject, @Nullable String clientAddress) {
          return Optional.empty();
        }

        @Override
        public void verified(String subject, @Nullable String clientAddress, boolean right) {}
      };

  /**
   * Returns empty if a signature may be verified.
   *
   * @param subject the issuer and subject that the token claims to have
   * @param clientAddress the address that sent it, or null if that is not known
   * @return empty if it may; otherwise how long the client has to wait, for 429
   */
  Optional<Duration> exceededBy(String subject, @Nullable String clientAddress);

  /**
   * Records the outcome of a verification.
   *
   * @param right true if the signature is valid
   */
  void verified(String subject, @Nullable String clientAddress, boolean right);

  /**
   * Throws if a signature may not be verified.
   *
   * @throws ClientErrorException 429, if the limit is exceeded
   */
  default void require(String subject, @Nullable String clientAddress) {
    exceededBy(subject, clientAddress)
        .ifPresent(
            wait -> {
              throw new ErrorResponses(false).tooMany(wait);
            });
  }
}
