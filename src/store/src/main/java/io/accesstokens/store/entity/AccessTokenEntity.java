package io.accesstokens.store.entity;

import io.accesstokens.token.AccessToken;
import io.accesstokens.verify.TokenDigest;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The columns that the rows of both kinds of token share. Rows are inserted and read as a whole,
 * but never updated as a whole.
 */
@MappedSuperclass
// Hibernate creates rows with the constructor without arguments, and then sets the fields. So that
// constructor leaves them unset.
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
  }

  /** Converts the row to a token of the domain. */
  public abstract T token();

  public TokenDigest digest() {
    return TokenDigest.of(tokenHash);
  }
}
