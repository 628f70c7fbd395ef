package io.accesstokens.signing;

import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;

/** A key pair that signs with ES256 (RFC 7518, section 3.4). The private key is a secret. */
public final class SigningKey {

  private final SealedKey row;
  private final ECPublicKey publicKey;
  private final ECPrivateKey privateKey;

  SigningKey(SealedKey row, ECPublicKey publicKey, ECPrivateKey privateKey) {
    this.row = row;
    this.publicKey = publicKey;
    this.privateKey = privateKey;
  }

  /** Returns the stored row from which this key was decrypted. */
  SealedKey row() {
    return row;
  }

  /** Returns the {@code kid} of the tokens that this key signs. */
  public String id() {
    return row.id();
  }

  /** Returns the instant from which this key signs. */
  public Instant signsFrom() {
    return row.signsFrom();
  }

  /** Returns the public key of the key pair. */
  public ECPublicKey publicKey() {
    return publicKey;
  }

  /**
   * Returns the private key of the key pair, which is a secret. Only the code that signs may call
   * this method.
   */
  public ECPrivateKey privateKey() {
    return privateKey;
  }

  /** Returns a redacted text. */
  @Override
  public String toString() {
    return "SigningKey[" + id() + ", redacted]";
  }
}
