package io.accesstokens.store.entity;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.verify.TokenDigest;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The columns that the tables of service tokens and personal tokens share. A row is inserted and
 * read as a whole. An update statement names the columns that it changes.
 *
 * @param <T> the type of the token
 */
@MappedSuperclass
// Hibernate creates a row with the constructor without arguments, and then sets the fields.
// Therefore this constructor does not set the fields.
@SuppressWarnings("NullAway.Init")
public abstract class AccessTokenEntity<T extends AccessToken> {

  @Id
  @Column(name = "id")
  String id;

  @Column(name = "name")
  String name;

  @Column(name = "token_hash")
  byte[] tokenHash;

  @Column(name = "scopes")
  String scopes;

  @Column(name = "created_at")
  @Convert(converter = InstantConverter.class)
  Instant createdAt;

  @Column(name = "expires_at")
  @Convert(converter = InstantConverter.class)
  Instant expiresAt;

  @Column(name = "last_used_at")
  @Convert(converter = InstantConverter.class)
  @Nullable Instant lastUsedAt;

  @Column(name = "revoked_at")
  @Convert(converter = InstantConverter.class)
  @Nullable Instant revokedAt;

  @Column(name = "revoked_by")
  @Nullable String revokedBy;

  @Column(name = "secret_number")
  int secretNumber;

  @Column(name = "secret_created_at")
  @Convert(converter = InstantConverter.class)
  @Nullable Instant secretCreatedAt;

  @Column(name = "secret_used_at")
  @Convert(converter = InstantConverter.class)
  @Nullable Instant secretUsedAt;

  @Column(name = "lifetime_millis")
  @Nullable Long lifetimeMillis;

  AccessTokenEntity() {}

  AccessTokenEntity(T token, TokenDigest digest) {
    id = token.id().toString();
    name = token.name();
    tokenHash = digest.bytes();
    scopes = JsonText.ofList(token.scopes());
    createdAt = token.createdAt();
    expiresAt = token.expiresAt();
    lastUsedAt = token.lastUsedAt();
    revokedAt = token.revokedAt();
    revokedBy = token.revokedBy();
    secretNumber = token.secrets().number();
    secretCreatedAt = token.secrets().createdAt();
    secretUsedAt = token.secrets().usedAt();
    lifetimeMillis = token.secrets().lifetime().toMillis();
  }

  /**
   * Returns the token that this row contains. Previous secrets are in another table.
   *
   * @param previous the previous secret of the token; null if it has none
   */
  public abstract T token(@Nullable PreviousSecret previous);

  public String id() {
    return id;
  }

  /** Returns the number of the current secret; 1 if the token was never rotated. */
  public int secretNumber() {
    return secretNumber;
  }

  /** Returns true if the token had other secrets before its current secret. */
  public boolean isRotated() {
    return secretNumber > 1;
  }

  /** Returns true if the token is revoked. */
  public boolean isRevoked() {
    return revokedAt != null;
  }

  TokenSecrets secrets(@Nullable PreviousSecret previous) {
    return new TokenSecrets(
        secretNumber,
        secretCreatedAt == null ? createdAt : secretCreatedAt,
        secretUsedAt,
        lifetimeMillis == null
            ? Duration.between(createdAt, expiresAt)
            : Duration.ofMillis(lifetimeMillis),
        previous);
  }

  public TokenDigest digest() {
    return TokenDigest.of(tokenHash);
  }
}
