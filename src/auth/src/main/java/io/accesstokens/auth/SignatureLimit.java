package io.accesstokens.auth;

import jakarta.ws.rs.ClientErrorException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many wrong signatures of JWTs are verified for a client: an elliptic curve takes more
 * CPU time than the rest of ten requests.
 *
 * <p>Methods return at once, and are safe for use by many threads.
 */
public interface SignatureLimit {

  /** No limit. */
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
   * Asks whether a signature may be verified.
   *
   * @param subject the issuer and subject that the token claims to have
   * @param clientAddress where it came from, or null if that is not known
   * @return empty if it may; else how long the client has to wait, for 429
   */
  Optional<Duration> exceededBy(String subject, @Nullable String clientAddress);

  /**
   * Notes the outcome of a verification.
   *
   * @param right true if the signature is good
   */
  void verified(String subject, @Nullable String clientAddress, boolean right);

  /**
   * Asks whether a signature may be verified.
   *
   * @throws ClientErrorException 429, if it may not
   */
  default void require(String subject, @Nullable String clientAddress) {
    exceededBy(subject, clientAddress)
        .ifPresent(
            wait -> {
              throw new ErrorResponses(false).tooMany(wait);
            });
  }
}
