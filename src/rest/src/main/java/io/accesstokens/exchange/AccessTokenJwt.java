package io.accesstokens.exchange;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The content of a short-lived JWT. A JWT has the claims of RFC 9068, section 2.2, and two claims
 * of this service: {@code parent_jti} and {@code ent}.
 *
 * @param id the id of the JWT ({@code jti})
 * @param parent the id of the personal token from which the JWT was created ({@code parent_jti})
 * @param user the entity ref of the user ({@code sub})
 * @param audience the identifiers of the services that accept the JWT ({@code aud})
 * @param scopes the scopes of the JWT
 * @param issuedAt the creation time, with a precision of seconds
 * @param expiresAt the first instant at which the JWT is no longer valid, with a precision of
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

  /** The value of {@code typ} in the header of a JWT (RFC 9068, section 2.1). */
  static final String TYPE = "at+jwt";

  /**
   * The value of {@code client_id} in every JWT. The value is constant, because the service does
   * not know which client uses a personal token.
   */
  static final String CLIENT_ID = "access-tokens";

  /** The name of the claim with the id of the personal token from which the JWT was created. */
  static final String PARENT = "parent_jti";

  /**
   * The name of the claim that contains the entity refs of the user and of the user's groups.
   * Backstage uses this claim to decide which entities a user owns.
   */
  static final String OWNERSHIP = "ent";

  AccessTokenJwt {
    audience = List.copyOf(audience);
    scopes = List.copyOf(scopes);
  }
}
