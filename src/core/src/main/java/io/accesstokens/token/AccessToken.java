package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The common properties of service tokens and personal tokens. An instance never holds a secret:
 * neither the raw token nor its digest.
 */
public sealed interface AccessToken permits ServiceToken, PersonalToken {

  /** Returns the remaining lifetime below which a live token is {@link TokenStatus#EXPIRING}. */
  Duration expiringWindow();

  /** Returns the id, which never changes. */
  UUID id();

  /** Returns the name, unique among the unrevoked tokens of the owner. */
  String name();

  /** Returns the first twelve characters of the raw token. */
  String tokenPrefix();

  /** Returns the group that owns a service token, or the user who owns a personal token. */
  EntityRef owner();

  /** Returns the ids of the scopes, in the order given. */
  List<String> scopes();

  /**
   * Returns the instant of creation. Like all instants here, it has a precision of milliseconds.
   */
  Instant createdAt();

  /** Returns the first instant at which the token is no longer valid. */
  Instant expiresAt();

  /** Returns the instant of the last accepted use as a credential, or null. */
  @Nullable Instant lastUsedAt();

  /** Returns the instant of revocation, or null. */
  @Nullable Instant revokedAt();

  /** Returns the name of the actor who revoked the token, or null. */
  @Nullable String revokedBy();

  /** Returns the name of the token when it acts as a caller. */
  String subject();

  /**
   * Returns the status at an instant. This is the only rule for the status of a token. Stores
   * repeat it only in list queries, and a shared test compares the results.
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

  /** Returns the verification result for this token while it is live, with these scopes. */
  default Verification.Accepted asAccepted(List<String> effectiveScopes) {
    return new Verification.Accepted(
        id(), subject(), owner(), effectiveScopes, createdAt(), expiresAt());
  }
}
