package io.accesstokens.jwt;

import org.jspecify.annotations.Nullable;

/** Is told of bearer tokens that were refused. Must return at once. */
@FunctionalInterface
public interface JwtListener {

  /** Why one was refused; the one who sent it is not told. */
  enum Reason {
    /** No JWS in compact form, too long, or not readable. */
    MALFORMED,
    /** Of nobody who is trusted. */
    UNTRUSTED_ISSUER,
    /** A header that is not acceptable: {@code alg}, {@code typ}, {@code crit}, a key in it. */
    UNACCEPTABLE_HEADER,
    /** None of the issuer's keys fits. */
    UNKNOWN_KEY,
    /** A key fits, but it did not sign this. */
    WRONG_SIGNATURE,
    /** Its time is over. */
    EXPIRED,
    /** Signed, but not for us, not yet good, bound to a key, or without an expiry. */
    UNACCEPTABLE_CLAIMS,
    /** Signed, but the settings use {@code email}, and {@code email_verified} is not true. */
    UNVERIFIED_EMAIL,
    /** Signed, but it names nobody who can be a user here. */
    NOBODY
  }

  /**
   * A token was refused.
   *
   * @param clientAddress where it came from, or null
   */
  void refused(Reason reason, @Nullable String clientAddress);
}
