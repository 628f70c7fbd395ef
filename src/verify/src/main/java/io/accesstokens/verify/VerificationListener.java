package io.accesstokens.verify;

import org.jspecify.annotations.Nullable;

/**
 * Receives the outcome of each use of a raw token as a credential. Implementations must return
 * immediately.
 */
public interface VerificationListener {

  /** A listener that ignores all outcomes. */
  VerificationListener NO_OP =
      new VerificationListener() {
        @Override
        public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {}

        @Override
        public void refused(Verification.Refused refused, @Nullable String clientAddress) {}
      };

  /**
   * Called when a request was accepted because of its token.
   *
   * @param clientAddress the client's network address; null if it is not known
   */
  void accepted(Verification.Accepted accepted, @Nullable String clientAddress);

  /**
   * Called when a request was refused because of its token.
   *
   * @param clientAddress the client's network address; null if it is not known
   */
  void refused(Verification.Refused refused, @Nullable String clientAddress);

  /**
   * Called when the token of a request could not be verified, and the response is 503. The default
   * implementation does nothing.
   *
   * @param clientAddress the client's network address; null if it is not known
   */
  default void unavailable(@Nullable String clientAddress) {}

  /** Returns a listener that passes each outcome to this listener, and then to {@code next}. */
  default VerificationListener and(VerificationListener next) {
    VerificationListener first = this;
    return new VerificationListener() {
      @Override
      public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {
        first.accepted(accepted, clientAddress);
        next.accepted(accepted, clientAddress);
      }

      @Override
      public void refused(Verification.Refused refused, @Nullable String clientAddress) {
        first.refused(refused, clientAddress);
        next.refused(refused, clientAddress);
      }

      @Override
      public void unavailable(@Nullable String clientAddress) {
        first.unavailable(clientAddress);
        next.unavailable(clientAddress);
      }
    };
  }
}
