package io.accesstokens.login;

import io.accesstokens.session.Session;
import io.accesstokens.verify.EntityRef;
import org.jspecify.annotations.Nullable;

/** Receives events for failed sign-ins and for sessions. An implementation must not block. */
@FunctionalInterface
public interface SignInListener {

  /** The reason for a failed sign-in. It is never sent to the client. */
  enum Reason {
    /** The Basic credential is malformed. */
    MALFORMED,
    /** The name is unknown or the password is wrong. */
    WRONG_CREDENTIALS,
    /**
     * Too many wrong passwords were tried for that name from that address, so no password is
     * verified for a while. Reported once, when this begins.
     */
    TOO_MANY_FAILURES,
    /**
     * A valid credential of the sample, or a session that began with one, was not used over
     * loopback.
     */
    SAMPLE_NOT_LOCAL,
    /**
     * A sign-in, or a request with a valid credential or session, was not sent by a page of this
     * service.
     */
    FOREIGN_ORIGIN
  }

  /**
   * Reports a failed sign-in.
   *
   * @param username the name, if a user is known to have it; otherwise null, because it may be a
   *     password that was typed into the wrong field
   * @param clientAddress the address of the client, or null
   */
  void failed(Reason reason, @Nullable String username, @Nullable String clientAddress);

  /** Reports that a user has signed in to a new session. */
  default void signedIn(EntityRef user, Session.LoginMethod way, @Nullable String clientAddress) {}

  /** Reports that a user has signed in again in a session that continues. */
  default void signedInAgain(
      EntityRef user, Session.LoginMethod way, @Nullable String clientAddress) {}

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
