package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What service tokens and personal tokens have in common. None holds a secret: neither the raw
 * token nor its digest.
 */
public sealed interface AccessToken permits ServiceToken, PersonalToken {

  /** A good token with less than this to go is {@link TokenStatus#EXPIRING}. */
  Duration expiringWindow();

  /** Identifies it for ever. */
  UUID id();

  /** Unique among its owner's unrevoked tokens. */
  String name();

  /** The first twelve characters of the raw token. */
  String tokenPrefix();

  /** The group that owns a service token, or the user whose personal token it is. */
  EntityRef owner();

  /** Ids of scopes, in the order given. */
  List<String> scopes();

  /** When it was made, with a precision of milliseconds, like every instant here. */
  Instant createdAt();

  /** The first instant at which it is no longer good. */
  Instant expiresAt();

  /** The last accepted use as a credential, or null. */
  @Nullable Instant lastUsedAt();

  /** When it was revoked, or null. */
  @Nullable Instant revokedAt();

  /** Who revoked it, or null. */
  @Nullable String revokedBy();

  /** How it is called as a caller. */
  String subject();

  /**
   * The one rule of a token's life. Stores repeat it only to filter lists, and a shared test holds
   * them to it.
   */
  default TokenStatus statusAt(Instant now) {
    if (revokedAt() != null) {
      return TokenStatus.REVOKED;
    }
    if (!now.isBefore(expiresAt())) {
      return TokenStatus.EXPIRED;
    }
    return now.isAfter(expiresAt().minus(expiringWindow()))
        ? TokenStatus.EXPIRING
        : TokenStatus.ACTIVE;
  }

  /** What a check says of it while it is good, with these scopes. */
  default Verification.Accepted asAccepted(List<String> effectiveScopes) {
    return new Verification.Accepted(
        id(), subject(), owner(), effectiveScopes, createdAt(), expiresAt());
  }
}
