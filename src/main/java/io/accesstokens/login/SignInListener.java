package io.accesstokens.login;

import org.jspecify.annotations.Nullable;

/** Is told of sign-ins that failed. Must return at once. */
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
    /** A good credential of the sample, not over loopback. */
    SAMPLE_NOT_LOCAL,
    /** A good credential, but a browser sent it on behalf of another site. */
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
}
