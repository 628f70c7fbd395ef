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

  /** Returns the token that this row contains. */
  public abstract T token();

  public TokenDigest digest() {
    return TokenDigest.of(tokenHash);
  }
}
