package io.accesstokens.verify;

/**
 * Receives the outcome of each use of a raw token as a credential. Implementations must return
 * immediately.
 */
public interface VerificationListener {

  /** A listener that ignores all outcomes. */
  VerificationListener NO_OP =
      new VerificationListener() {
        @Override
        public void accepted(Verification.Accepted accepted, ClientInfo client) {}

        @Override
        public void refused(Verification.Refused refused, ClientInfo client) {}
      };

  /**
   * Called when a request was accepted because of its token.
   *
   * @param client the client that sent the request
   */
  void accepted(Verification.Accepted accepted, ClientInfo client);

  /**
   * Called when a request was refused because of its token.
   *
   * @param client the client that sent the request
   */
  void refused(Verification.Refused refused, ClientInfo client);

  /**
   * Called when the token of a request could not be verified, and the response is 503. The default
   * implementation does nothing.
   *
   * @param client the client that sent the request
   */
  default void unavailable(ClientInfo client) {}

  /** Returns a listener that passes each outcome to this listener, and then to {@code next}. */
  default VerificationListener and(VerificationListener next) {
    VerificationListener first = this;
    return new VerificationListener() {
      @Override
      public void accepted(Verification.Accepted accepted, ClientInfo client) {
        first.accepted(accepted, client);
        next.accepted(accepted, client);
      }

      @Override
      public void refused(Verification.Refused refused, ClientInfo client) {
        first.refused(refused, client);
        next.refused(refused, client);
      }

      @Override
      public void unavailable(ClientInfo client) {
        first.unavailable(client);
        next.unavailable(client);
      }
    };
  }
}
