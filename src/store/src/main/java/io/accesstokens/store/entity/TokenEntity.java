package io.accesstokens.store.entity;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.UUID;

/**
 * A row of {@code service_access_tokens}. Rows are inserted and read as a whole, but never updated
 * as a whole.
 */
@Entity(name = "TokenEntity")
@Table(name = TokenEntity.TABLE)
// Hibernate sets the fields; see AccessTokenEntity.
@SuppressWarnings("NullAway.Init")
public class TokenEntity extends AccessTokenEntity<ServiceToken> {

  public static final String TABLE = "service_access_tokens";

  /** The mapped columns, for a table with the alias {@code t}. */
  static final String COLUMNS =
      "t.id, t.name, t.description, t.token_hash, t.token_prefix, t.group_entity_ref, t.scopes,"
          + " t.created_by, t.created_at, t.expires_at, t.last_used_at, t.revoked_at, t.revoked_by,"
          + " t.stage";

  @Column(name = "description")
  private String description;

  @Column(name = "token_prefix")
  private String tokenPrefix;

  @Column(name = "group_entity_ref")
  private String group;

  @Column(name = "created_by")
  private String createdBy;

  @Column(name = "stage")
  private int stage;

  public TokenEntity() {}

  public TokenEntity(ServiceToken token, TokenDigest digest) {
    super(token, digest);
    description = token.description();
    tokenPrefix = token.tokenPrefix();
    group = token.group().toString();
    createdBy = token.createdBy();
    stage = stage(token);
  }

  private static int stage(ServiceToken token) {
    TokenStatus status = token.statusAt(token.createdAt());
    return status == TokenStatus.REVOKED ? StatusColumn.ACTIVE : StatusColumn.of(status);
  }

  @Override
  public ServiceToken token() {
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

  /** Parses the ref of a group from a row. */
  public static EntityRef ref(String canonical) {
    return EntityRef.parseGroup(canonical)
        .orElseThrow(() -> new IllegalStateException("a row holds an invalid group ref"));
  }
}
