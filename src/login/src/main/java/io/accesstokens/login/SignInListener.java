package io.accesstokens.login;

import io.accesstokens.session.Session;
import io.accesstokens.verify.EntityRef;
import org.jspecify.annotations.Nullable;

/** Is told of sign-ins that failed, and of sessions. Must return at once. */
@FunctionalInterface
public interface SignInListener {

  /** Why a sign-in failed; the one who tried is not told. */
  enum Reason {
    /** Not a well-formed Basic credential. */
    MALFORMED,
    /** No such name, or not their password. */
    WRONG_CREDENTIALS,
    /**
     * Too many wrong passwords for that name from that address, so that no more are checked for a
     * while. Told once, when that begins.
     */
    TOO_MANY_FAILURES,
    /** A good credential of the sample, or a session by it, not over loopback. */
    SAMPLE_NOT_LOCAL,
    /** A good credential or session, or a sign-in, but not sent by a page of this service. */
    FOREIGN_ORIGIN
  }

  /**
   * A sign-in failed.
   *
   * @param username only if somebody is known to have that name; else null, for it may be a
   *     password that was typed into the wrong field
   * @param clientAddress where it came from, or null
   */
  void failed(Reason reason, @Nullable String username, @Nullable String clientAddress);

  /** Somebody has signed in, into a new session. */
  default void signedIn(EntityRef user, Session.Way way, @Nullable String clientAddress) {}

  /** A person has proved again who they are, in a session that goes on. */
  default void signedInAgain(EntityRef user, Session.Way way, @Nullable String clientAddress) {}

  /** Which sessions a sign-out ends. */
  enum SignOut {
    /** That of the request. */
    THIS,
    /** Another one of the same person. */
    ANOTHER,
    /** All of the person but that of the request. */
    OTHERS,
    /** All of the person. */
    ALL
  }

  /** A person has signed out. */
  default void signedOut(EntityRef user, SignOut sessions, @Nullable String clientAddress) {}
}
