package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret;
import io.accesstokens.verify.UseLimits;
import io.accesstokens.verify.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The common properties of service tokens and personal tokens. An instance contains no secret:
 * neither the raw token nor its digest.
 */
public sealed interface AccessToken permits ServiceToken, PersonalToken {

  /**
   * Returns the expiring window. A valid token has the status {@link TokenStatus#EXPIRING} if the
   * time until its expiry is shorter than this window.
   */
  Duration expiringWindow();

  /** Returns the id of the token. The id never changes. */
  UUID id();

  /** Returns the name of the token. The name is unique among the unrevoked tokens of the owner. */
  String name();

  /** Returns the first twelve characters of the raw token with the current secret. */
  String tokenPrefix();

  /** Returns the group that owns a service token, or the user who owns a personal token. */
  EntityRef owner();

  /** Returns the ids of the scopes, in the order of the request that set them. */
  List<String> scopes();

  /** Returns the instant of creation. All instants of a token have a precision of milliseconds. */
  Instant createdAt();

  /** Returns the first instant at which the token is no longer valid. */
  Instant expiresAt();

  /**
   * Returns the instant at which the token was last accepted as a credential; null if it was never
   * accepted.
   */
  @Nullable Instant lastUsedAt();

  /** Returns the instant of revocation; null if the token is not revoked. */
  @Nullable Instant revokedAt();

  /** Returns the name of the actor who revoked the token; null if the token is not revoked. */
  @Nullable String revokedBy();

  /**
   * Returns the name of the caller in requests with this token. For a personal token, this is the
   * ref of its user.
   */
  String subject();

  /** Returns the limits on the uses of the token. */
  default UseLimits limits() {
    return UseLimits.NONE;
  }

  /**
   * Returns the status of the token at an instant. The list queries of the stores must compute the
   * same status. A test compares the results.
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

  /** Returns the secrets of the token. */
  TokenSecrets secrets();

  /**
   * Returns a copy of this token with new values of the properties that a use, a rotation or a
   * revocation can change. The copy has the same class.
   */
  AccessToken copy(
      String newTokenPrefix,
      Instant newExpiresAt,
      @Nullable Instant newLastUsedAt,
      @Nullable Instant newRevokedAt,
      @Nullable String newRevokedBy,
      TokenSecrets newSecrets);

  /** Returns a copy of a token with another last use and other secrets. */
  static <T extends AccessToken> T used(
      T token, @Nullable Instant lastUsedAt, TokenSecrets secrets) {
    AccessToken copy =
        token.copy(
            token.tokenPrefix(),
            token.expiresAt(),
            lastUsedAt,
            token.revokedAt(),
            token.revokedBy(),
            secrets);
    return sameClass(token, copy);
  }

  /** Returns a revoked copy of a token. */
  static <T extends AccessToken> T revoked(T token, Instant at, String by) {
    AccessToken copy =
        token.copy(
            token.tokenPrefix(), token.expiresAt(), token.lastUsedAt(), at, by, token.secrets());
    return sameClass(token, copy);
  }

  /**
   * Returns a copy of a token with other secrets and another expiry.
   *
   * @param tokenPrefix the first twelve characters of the raw token with the current secret
   */
  static <T extends AccessToken> T withSecrets(
      T token, String tokenPrefix, Instant expiresAt, TokenSecrets secrets) {
    AccessToken copy =
        token.copy(
            tokenPrefix,
            expiresAt,
            token.lastUsedAt(),
            token.revokedAt(),
            token.revokedBy(),
            secrets);
    return sameClass(token, copy);
  }

  @SuppressWarnings("unchecked") // each class of tokens returns copies of its own class
  private static <T extends AccessToken> T sameClass(T token, AccessToken copy) {
    return (T) token.getClass().cast(copy);
  }

  /**
   * Returns the previous secret if it is valid at an instant. The {@code expiresAt} of the result
   * is not later than the expiry of the token.
   */
  default Optional<PreviousSecret> previousSecretAt(Instant now) {
    PreviousSecret previous = secrets().previous();
    return previous == null || revokedAt() != null
        ? Optional.empty()
        : Optional.of(previous.endingBy(expiresAt()))
            .filter(secret -> secret.expiresAt().isAfter(now));
  }

  /**
   * Returns a verdict that accepts the token with these scopes and its current secret. This method
   * does not check whether the token is expired or revoked.
   */
  default Verification.Accepted asAccepted(List<String> effectiveScopes) {
    PreviousSecret previous = secrets().previous();
    return asAccepted(
        effectiveScopes,
        expiresAt(),
        new PresentedSecret(
            new PresentedSecret.SecretId(id(), secrets().number()),
            false,
            previous != null && previous.endsOnFirstUse()));
  }

  /**
   * Returns a verdict that accepts the token with these scopes. This method does not check whether
   * the token is expired or revoked.
   *
   * @param secretExpiresAt the first instant at which the secret is no longer valid
   * @param secret the presented secret
   */
  default Verification.Accepted asAccepted(
      List<String> effectiveScopes, Instant secretExpiresAt, PresentedSecret secret) {
    return new Verification.Accepted(
        id(), subject(), owner(), effectiveScopes, createdAt(), secretExpiresAt, limits(), secret);
  }
}
