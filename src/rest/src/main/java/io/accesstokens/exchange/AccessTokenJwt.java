package io.accesstokens.exchange;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What a short-lived token says: the claims of RFC 9068, section 2.2, and two of ours.
 *
 * @param id the {@code jti}
 * @param parent the personal token that it was given for
 * @param user the {@code sub}
 * @param audience for whom it is
 * @param scopes what it may do
 * @param issuedAt with a precision of seconds, like the next
 * @param expiresAt the first instant at which it is no longer good
 */
record AccessTokenJwt(
    String id,
    UUID parent,
    EntityRef user,
    List<String> audience,
    List<String> scopes,
    Instant issuedAt,
    Instant expiresAt) {

  /** The {@code typ} in its header (RFC 9068, section 2.1). */
  static final String TYPE = "at+jwt";

  /** The {@code client_id}: no client is known, and whoever has the token got it here. */
  static final String CLIENT_ID = "access-tokens";

  /** The claim with the id of the personal token. */
  static final String PARENT = "parent_jti";

  /** The claim with the refs through which somebody owns things, as Backstage calls it. */
  static final String OWNERSHIP = "ent";

  AccessTokenJwt {
    audience = List.copyOf(audience);
    scopes = List.copyOf(scopes);
  }
}
