package io.accesstokens.store.hibernate;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code service_access_tokens}. Inserted and read as a whole, never updated so. */
@Entity(name = "TokenRow")
@Table(name = TokenRow.TABLE)
// Hibernate sets the fields of what it reads, and makes the rows by the constructor without
// arguments, which is why that one leaves them unset.
@SuppressWarnings("NullAway.Init")
class TokenRow {

  static final String TABLE = "service_access_tokens";

  /** The columns that are mapped, of the table called {@code t}. */
  static final String COLUMNS =
      "t.id, t.name, t.description, t.token_hash, t.token_prefix, t.group_entity_ref, t.scopes,"
          + " t.created_by, t.created_at, t.expires_at, t.last_used_at, t.revoked_at, t.revoked_by,"
          + " t.stage";

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "name")
  private String name;

  @Column(name = "description")
  private String description;

  @Column(name = "token_hash")
  private byte[] tokenHash;

  @Column(name = "token_prefix")
  private String tokenPrefix;

  @Column(name = "group_entity_ref")
  private String group;

  @Column(name = "scopes")
  private String scopes;

  @Column(name = "created_by")
  private String createdBy;

  @Column(name = "created_at")
  @Convert(converter = InstantConverter.class)
  private Instant createdAt;

  @Column(name = "expires_at")
  @Convert(converter = InstantConverter.class)
  private Instant expiresAt;

  @Column(name = "last_used_at")
  @Convert(converter = InstantConverter.class)
  private @Nullable Instant lastUsedAt;

  @Column(name = "revoked_at")
  @Convert(converter = InstantConverter.class)
  private @Nullable Instant revokedAt;

  @Column(name = "revoked_by")
  private @Nullable String revokedBy;

  @Column(name = "stage")
  private int stage;

  TokenRow() {}

  TokenRow(ServiceToken token, TokenDigest digest) {
    id = token.id().toString();
    name = token.name();
    description = token.description();
    tokenHash = digest.bytes();
    tokenPrefix = token.tokenPrefix();
    group = token.group().toString();
    scopes = JsonText.ofList(token.scopes());
    createdBy = token.createdBy();
    createdAt = token.createdAt();
    expiresAt = token.expiresAt();
    lastUsedAt = token.lastUsedAt();
    revokedAt = token.revokedAt();
    revokedBy = token.revokedBy();
    stage = stage(token);
  }

  private static int stage(ServiceToken token) {
    TokenStatus status = token.statusAt(token.createdAt());
    return status == TokenStatus.REVOKED ? Stage.ACTIVE : Stage.of(status);
  }

  ServiceToken token() {
    return new ServiceToken(
        UUID.fromString(id),
        name,
        description,
        tokenPrefix,
        ref(group),
        JsonText.list(scopes),
        createdBy,
        createdAt,
        expiresAt,
        lastUsedAt,
        revokedAt,
        revokedBy);
  }

  TokenDigest digest() {
    return TokenDigest.of(tokenHash);
  }

  private static EntityRef ref(String canonical) {
    return EntityRef.parseGroup(canonical)
        .orElseThrow(() -> new IllegalStateException("a row holds a group that is none"));
  }
}
