package io.accesstokens.exchange;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The content of a short-lived token: the claims of RFC 9068, section 2.2, and two of this service.
 *
 * @param id the {@code jti}
 * @param parent the id of the personal token from which it was created
 * @param user the {@code sub}
 * @param audience the {@code aud}
 * @param scopes the scopes of the token
 * @param issuedAt the creation time, with a precision of seconds
 * @param expiresAt the first instant at which the token is no longer valid, with a precision of
 *     seconds
 */
record AccessTokenJwt(
    String id,
    UUID parent,
    EntityRef user,
    List<String> audience,
    List<String> scopes,
    Instant issuedAt,
    Instant expiresAt) {

  /** The {@code typ} of the header (RFC 9068, section 2.1). */
  static final String TYPE = "at+jwt";

  /** The {@code client_id}. It is constant, because the client of a personal token is not known. */
  static final String CLIENT_ID = "access-tokens";

  /** The claim that contains the id of the personal token. */
  static final String PARENT = "parent_jti";

  /** The claim that contains the user's ownership refs. The name is that of Backstage. */
  static final String OWNERSHIP = "ent";

  AccessTokenJwt {
    audience = List.copyOf(audience);
    scopes = List.copyOf(scopes);
  }
}
