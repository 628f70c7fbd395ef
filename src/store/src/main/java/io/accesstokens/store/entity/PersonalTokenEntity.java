package io.accesstokens.store.entity;

import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code personal_access_tokens}. */
@Entity(name = "PersonalTokenEntity")
@Table(name = PersonalTokenEntity.TABLE)
// Hibernate sets the fields; see AccessTokenEntity.
@SuppressWarnings("NullAway.Init")
public class PersonalTokenEntity extends AccessTokenEntity<PersonalToken> {

  public static final String TABLE = "personal_access_tokens";

  public static final String NAME_CONSTRAINT = "personal_access_tokens_name_uq";

  @Column(name = "user_entity_ref")
  private String owner;

  @Column(name = "prefix")
  private String tokenPrefix;

  public PersonalTokenEntity() {}

  public PersonalTokenEntity(PersonalToken token, TokenDigest digest) {
    super(token, digest);
    owner = token.owner().toString();
    tokenPrefix = token.tokenPrefix();
  }

  @Override
  public PersonalToken token(@Nullable PreviousSecret previous) {
    return new PersonalToken(
        UUID.fromString(id),
        name,
        tokenPrefix,
        ref(owner),
        JsonText.list(scopes),
        createdAt,
        expiresAt,
        lastUsedAt,
        revokedAt,
        revokedBy,
        secrets(previous));
  }

  /**
   * Parses the ref of a user from a row.
   *
   * @throws IllegalStateException if the text is not a valid user ref
   */
  public static EntityRef ref(String canonical) {
    return EntityRef.parseUser(canonical)
        .orElseThrow(() -> new IllegalStateException("a row holds an invalid user ref"));
  }
}
