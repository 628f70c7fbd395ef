package io.accesstokens.store.entity;

import io.accesstokens.signing.SealedKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A row of {@code access_token_signing_keys}. */
@Entity(name = "SigningKeyEntity")
@Table(name = "access_token_signing_keys")
public class SigningKeyEntity extends KeyColumns {

  public SigningKeyEntity() {}

  public SigningKeyEntity(SealedKey key) {
    super(key);
  }
}
