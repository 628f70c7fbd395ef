package io.accesstokens.signing;

import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;

/** A key pair that signs by ES256 (RFC 7518, section 3.4). It holds a secret. */
public final class SigningKey {

  private final SealedKey row;
  private final ECPublicKey publicKey;
  private final ECPrivateKey privateKey;

  SigningKey(SealedKey row, ECPublicKey publicKey, ECPrivateKey privateKey) {
    this.row = row;
    this.publicKey = publicKey;
    this.privateKey = privateKey;
  }

  /** The row that it was opened from. */
  SealedKey row() {
    return row;
  }

  /** The {@code kid} of what it signs. */
  public String id() {
    return row.id();
  }

  /** From when on it signs. */
  public Instant signsFrom() {
    return row.signsFrom();
  }

  /** What everybody may know. */
  public ECPublicKey publicKey() {
    return publicKey;
  }

  /** The secret, for whoever signs. */
  public ECPrivateKey privateKey() {
    return privateKey;
  }

  /** Redacted. */
  @Override
  public String toString() {
    return "SigningKey[" + id() + ", redacted]";
  }
}
