package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.UseLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A service token, as stored and as shown to users. An instance never holds a secret: neither the
 * raw token nor its digest.
 *
 * @param id the id of the token, which never changes
 * @param name the name, which matches {@code ^[a-z0-9-]{1,100}$}; unique among the group's
 *     unrevoked tokens
 * @param description the description, 1 to 500 code points
 * @param tokenPrefix the first twelve characters of the raw token
 * @param group the owning group
 * @param scopes the ids of the scopes in the scope catalog, in the order of the request
 * @param createdBy the creator: the canonical ref of a user, or the subject of a token
 * @param createdAt the instant of creation; all instants of a token have a precision of
 *     milliseconds
 * @param expiresAt the first instant at which the token is no longer valid
 * @param lastUsedAt the instant at which the token was last accepted as a credential; null if it
 *     was never accepted
 * @param revokedAt the instant of revocation; null if the token is not revoked
 * @param revokedBy the name of the actor who revoked the token; null if the token is not revoked
 * @param limits the limits on the uses of the token
 * @param secrets the secrets of the token
 */
public record ServiceToken(
    UUID id,
    String name,
    String description,
    String tokenPrefix,
    EntityRef group,
    List<String> scopes,
    String createdBy,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant revokedAt,
    @Nullable String revokedBy,
    UseLimits limits,
    TokenSecrets secrets)
    implements AccessToken {

  /**
   * The expiring window of service tokens: 30 days. This time is long enough for the owners to
   * replace a token.
   */
  public static final Duration EXPIRING_WINDOW = Duration.ofDays(30);

  public ServiceToken {
    scopes = List.copyOf(scopes);
  }

  /** Creates a token with its first secret and without limits on its uses. */
  public ServiceToken(
      UUID id,
      String name,
      String description,
      String tokenPrefix,
      EntityRef group,
      List<String> scopes,
      String createdBy,
      Instant createdAt,
      Instant expiresAt,
      @Nullable Instant lastUsedAt,
      @Nullable Instant revokedAt,
      @Nullable String revokedBy) {
    this(
        id,
        name,
        description,
        tokenPrefix,
        group,
        scopes,
        createdBy,
        createdAt,
        expiresAt,
        lastUsedAt,
        revokedAt,
        revokedBy,
        UseLimits.NONE,
        TokenSecrets.first(createdAt, expiresAt));
  }

  /** Returns a copy of this token with another description, and other scopes, expiry and limits. */
  public ServiceToken changed(
      String newDescription, List<String> newScopes, Instant newExpiresAt, UseLimits newLimits) {
    return new ServiceToken(
        id,
        name,
        newDescription,
        tokenPrefix,
        group,
        newScopes,
        createdBy,
        createdAt,
        newExpiresAt,
        lastUsedAt,
        revokedAt,
        revokedBy,
        newLimits,
        secrets.endingPreviousBy(newExpiresAt));
  }

  @Override
  public ServiceToken copy(
      String newTokenPrefix,
      Instant newExpiresAt,
      @Nullable Instant newLastUsedAt,
      @Nullable Instant newRevokedAt,
      @Nullable String newRevokedBy,
      TokenSecrets newSecrets) {
    return new ServiceToken(
        id,
        name,
        description,
        newTokenPrefix,
        group,
        scopes,
        createdBy,
        createdAt,
        newExpiresAt,
        newLastUsedAt,
        newRevokedAt,
        newRevokedBy,
        limits,
        newSecrets);
  }

  @Override
  public EntityRef owner() {
    return group;
  }

  /**
   * Returns the name of the caller in requests with this token: {@code
   * service-token:<groupEntityRef>:<name>}.
   */
  @Override
  public String subject() {
    return "service-token:" + group + ":" + name;
  }

  @Override
  public Duration expiringWindow() {
    return EXPIRING_WINDOW;
  }
}
