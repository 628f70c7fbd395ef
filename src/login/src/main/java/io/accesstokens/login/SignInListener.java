package io.accesstokens.login;

import io.accesstokens.session.Session;
import io.accesstokens.verify.EntityRef;
import org.jspecify.annotations.Nullable;

/** Receives events for failed sign-ins and for sessions. An implementation must not block. */
@FunctionalInterface
public interface SignInListener {

  /** The reason for a failed sign-in. The reason is never sent to the client. */
  enum Reason {
    /** The Basic credential is malformed. */
    MALFORMED,
    /** The username is unknown or the password is wrong. */
    WRONG_CREDENTIALS,
    /**
     * There were too many wrong passwords for one username from one address. For some time, no
     * password is verified for this username from this address. Only the first rejected attempt is
     * reported.
     */
    TOO_MANY_FAILURES,
    /**
     * The credential or the session of a sample user was used in a request that did not certainly
     * come from this machine.
     */
    SAMPLE_NOT_LOCAL,
    /**
     * A page of another origin sent a sign-in, or a request with a valid credential or session. Or
     * a request in a session lacks the header that the pages of this service send.
     */
    FOREIGN_ORIGIN,
    /** The user or the OpenID provider has denied the sign-in. */
    DENIED_BY_PROVIDER,
    /**
     * The response of the OpenID provider was refused. The response is invalid or too late, names
     * no user who may sign in, or is for a sign-in of another browser.
     */
    INVALID_PROVIDER_RESPONSE
  }

  /**
   * Reports a failed sign-in.
   *
   * @param method the login method of the request or of its session
   * @param username the username of a known user, or null. An unknown username is never reported,
   *     because a user can type a password into the wrong field
   * @param clientAddress the address of the client; null if unknown
   */
  void failed(
      Session.LoginMethod method,
      Reason reason,
      @Nullable String username,
      @Nullable String clientAddress);

  /**
   * Reports a sign-in attempt that was rejected with the status 429. This method is called for
   * every such attempt. In contrast, {@link #failed} is called with {@link
   * Reason#TOO_MANY_FAILURES} only for the first of these attempts.
   *
   * @param clientAddress the address of the client; null if unknown
   */
  default void limited(@Nullable String clientAddress) {}

  /** Reports that a user has signed in to a new session. */
  default void signedIn(
      EntityRef user, Session.LoginMethod method, @Nullable String clientAddress) {}

  /** Reports that a user has signed in again in an existing session. */
  default void signedInAgain(
      EntityRef user, Session.LoginMethod method, @Nullable String clientAddress) {}

  /** The sessions that a sign-out ends. */
  enum SignOut {
    /** The session of the request. */
    THIS,
    /** Another session of the same user. */
    ANOTHER,
    /** All sessions of the user except the session of the request. */
    OTHERS,
    /** All sessions of the user. */
    ALL
  }

  /** Reports that a user has signed out. */
  default void signedOut(EntityRef user, SignOut sessions, @Nullable String clientAddress) {}
}
