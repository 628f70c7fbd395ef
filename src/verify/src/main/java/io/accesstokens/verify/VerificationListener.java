package io.accesstokens.verify;

import java.util.List;

/**
 * Receives the outcome of each use of a raw token as a credential, and of each introspection of a
 * raw token or JWT. Implementations must return immediately. An exception of a listener fails the
 * request, because no use may be lost without notice.
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

  /**
   * Called when a request with a valid token gets the status 429. This process has then already
   * accepted the maximum number of requests of the token in the last 60 seconds. No other method is
   * called for this request. The default implementation does nothing.
   *
   * @param client the client that sent the request
   */
  default void rateExceeded(Verification.Accepted accepted, ClientInfo client) {}

  /**
   * Called when a proxy required scopes for a request, and the token has all these scopes. This
   * call is in addition to {@link #accepted}. Only the endpoint that verifies requests for a proxy
   * makes this call. The default implementation does nothing.
   *
   * @param scopes the distinct scopes, at least one
   */
  default void scopesNeeded(Verification.Accepted accepted, List<String> scopes) {}

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

      @Override
      public void rateExceeded(Verification.Accepted accepted, ClientInfo client) {
        first.rateExceeded(accepted, client);
        next.rateExceeded(accepted, client);
      }

      @Override
      public void scopesNeeded(Verification.Accepted accepted, List<String> scopes) {
        first.scopesNeeded(accepted, scopes);
        next.scopesNeeded(accepted, scopes);
      }
    };
  }
}
