package io.accesstokens.store.entity;

import io.accesstokens.signing.SealedKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A row of {@code access_token_log_keys}. */
@Entity(name = "LogKeyEntity")
@Table(name = "access_token_log_keys")
public class LogKeyEntity extends KeyColumns {

  public LogKeyEntity() {}

  public LogKeyEntity(SealedKey key) {
    super(key);
  }
}
