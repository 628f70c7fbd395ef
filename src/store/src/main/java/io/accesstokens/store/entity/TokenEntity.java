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
 * A row of {@code service_access_tokens}. A row is inserted and read as a whole. An update
 * statement names the columns that it changes.
 */
@Entity(name = "TokenEntity")
@Table(name = TokenEntity.TABLE)
// Hibernate sets the fields; see AccessTokenEntity.
@SuppressWarnings("NullAway.Init")
public class TokenEntity extends AccessTokenEntity<ServiceToken> {

  public static final String TABLE = "service_access_tokens";

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

  /**
   * Parses the ref of a group from a row.
   *
   * @throws IllegalStateException if the text is not a valid group ref
   */
  public static EntityRef ref(String canonical) {
    return EntityRef.parseGroup(canonical)
        .orElseThrow(() -> new IllegalStateException("a row holds an invalid group ref"));
  }
}
