package io.accesstokens.store.entity;

import io.accesstokens.signing.SealedKey;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.time.Instant;

/**
 * The columns that the tables of signing keys and of log keys share. A row is inserted and read as
 * a whole.
 */
@MappedSuperclass
// Hibernate sets the fields; see AccessTokenEntity.
@SuppressWarnings("NullAway.Init")
public abstract class KeyColumns {

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "generation")
  private long generation;

  @Column(name = "public_key")
  private String publicKey;

  @Column(name = "sealed_private_key")
  private String sealedPrivateKey;

  @Column(name = "created_at")
  @Convert(converter = InstantConverter.class)
  private Instant createdAt;

  @Column(name = "signs_from")
  @Convert(converter = InstantConverter.class)
  private Instant signsFrom;

  KeyColumns() {}

  KeyColumns(SealedKey key) {
    id = key.id();
    generation = key.generation();
    publicKey = key.publicKey();
    sealedPrivateKey = key.sealedPrivateKey();
    createdAt = key.createdAt();
    signsFrom = key.signsFrom();
  }

  public SealedKey key() {
    return new SealedKey(id, generation, publicKey, sealedPrivateKey, createdAt, signsFrom);
  }
}
