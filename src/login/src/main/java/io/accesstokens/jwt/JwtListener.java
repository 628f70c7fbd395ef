package io.accesstokens.jwt;

import org.jspecify.annotations.Nullable;

/** Receives an event for each rejected bearer token. An implementation must not block. */
@FunctionalInterface
public interface JwtListener {

  /** The reason for a rejection. The reason is never sent to the client. */
  enum Reason {
    /**
     * The token is not a JWS in compact form, is too long, or cannot be parsed. Also the reason if
     * the request has a second credential.
     */
    MALFORMED,
    /** The issuer in the token is not trusted. */
    UNTRUSTED_ISSUER,
    /**
     * The {@code alg}, {@code typ}, {@code crit} or {@code b64} in the header is not accepted, or
     * the header contains a key or the address of a key.
     */
    UNACCEPTABLE_HEADER,
    /** No key of the issuer matches the header of the token. */
    UNKNOWN_KEY,
    /** A key of the issuer matches the header, but the signature is not valid. */
    WRONG_SIGNATURE,
    /** The signature is valid, but the token has expired. */
    EXPIRED,
    /** The signature is valid, but the {@code nbf} of the token is in the future. */
    NOT_YET_VALID,
    /** The signature is valid, but the claim {@code aud} does not contain this service. */
    WRONG_AUDIENCE,
    /**
     * The signature is valid, but a claim is not acceptable. For example, the token is bound to a
     * key, or has no expiry.
     */
    UNACCEPTABLE_CLAIMS,
    /**
     * The signature is valid, but the email address of the user is not verified. The settings
     * identify the user or the groups by the claim {@code email}, and the claim {@code
     * email_verified} is not true.
     */
    UNVERIFIED_EMAIL,
    /** The signature is valid, but the token does not name a valid user. */
    NO_USER
  }

  /**
   * Reports a rejected token.
   *
   * @param clientAddress the address of the client; null if unknown
   */
  void refused(Reason reason, @Nullable String clientAddress);
}
