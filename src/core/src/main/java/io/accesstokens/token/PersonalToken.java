package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A personal token, as stored and as shown to users. The token acts as the user who created it.
 *
 * @param id the id of the token, which never changes
 * @param name the name, which matches {@code ^[A-Za-z0-9 _.:/-]{1,100}$}; unique among the user's
 *     unrevoked tokens
 * @param tokenPrefix the first twelve characters of the raw token
 * @param owner the user to whom the token belongs
 * @param scopes the ids of the scopes, in the order of the request; a token without scopes can only
 *     read
 * @param createdAt the instant of creation; all instants of a token have a precision of
 *     milliseconds
 * @param expiresAt the first instant at which the token is no longer valid
 * @param lastUsedAt the instant at which the token was last accepted as a credential; null if it
 *     was never accepted
 * @param revokedAt the instant of revocation; null if the token is not revoked
 * @param revokedBy the name of the actor who revoked the token; null if the token is not revoked
 * @param secrets the secrets of the token
 */
public record PersonalToken(
    UUID id,
    String name,
    String tokenPrefix,
    EntityRef owner,
    List<String> scopes,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant revokedAt,
    @Nullable String revokedBy,
    TokenSecrets secrets)
    implements AccessToken {

  /**
   * The expiring window of personal tokens: 7 days. The 30 days of {@link
   * ServiceToken#EXPIRING_WINDOW} would be too long, because the default lifetime of a personal
   * token is 30 days.
   */
  public static final Duration EXPIRING_WINDOW = Duration.ofDays(7);

  /**
   * Creates a personal token.
   *
   * @throws IllegalArgumentException if the owner is not a user
   */
  public PersonalToken {
    scopes = List.copyOf(scopes);
    if (!owner.kind().equals(EntityRef.USER)) {
      throw new IllegalArgumentException("a personal token must belong to a user");
    }
  }

  /** Creates a token with its first secret. */
  public PersonalToken(
      UUID id,
      String name,
      String tokenPrefix,
      EntityRef owner,
      List<String> scopes,
      Instant createdAt,
      Instant expiresAt,
      @Nullable Instant lastUsedAt,
      @Nullable Instant revokedAt,
      @Nullable String revokedBy) {
    this(
        id,
        name,
        tokenPrefix,
        owner,
        scopes,
        createdAt,
        expiresAt,
        lastUsedAt,
        revokedAt,
        revokedBy,
        TokenSecrets.first(createdAt, expiresAt));
  }

  @Override
  public PersonalToken copy(
      String newTokenPrefix,
      Instant newExpiresAt,
      @Nullable Instant newLastUsedAt,
      @Nullable Instant newRevokedAt,
      @Nullable String newRevokedBy,
      TokenSecrets newSecrets) {
    return new PersonalToken(
        id,
        name,
        newTokenPrefix,
        owner,
        scopes,
        createdAt,
        newExpiresAt,
        newLastUsedAt,
        newRevokedAt,
        newRevokedBy,
        newSecrets);
  }

  /** Returns the canonical ref of the user. The token acts as this user. */
  @Override
  public String subject() {
    return owner.toString();
  }

  @Override
  public Duration expiringWindow() {
    return EXPIRING_WINDOW;
  }
}
