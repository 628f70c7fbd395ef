package io.accesstokens.signing;

import java.time.Instant;

/**
 * A signing key as stored, with an encrypted private key. The private key cannot be decrypted
 * without the operator's key.
 *
 * @param id the {@code kid} (RFC 7515, section 4.1.4): at most 43 characters of base64url
 * @param generation the generation number: 1 for the first key, and one more for each new key
 * @param publicKey the public key: base64 of a SubjectPublicKeyInfo (RFC 5280, section 4.1)
 * @param sealedPrivateKey the encrypted private key: base64 of the output of {@link KeySeal}
 * @param createdAt the time of creation, with a precision of milliseconds
 * @param signsFrom the instant from which the key signs, with a precision of milliseconds
 */
public record SealedKey(
    String id,
    long generation,
    String publicKey,
    String sealedPrivateKey,
    Instant createdAt,
    Instant signsFrom) {

  /**
   * Returns all columns except the encrypted private key, joined to one text. The encryption
   * authenticates this text. The text is unambiguous, because no column of a valid row contains a
   * line break.
   */
  String associatedData() {
    return String.join(
        "\n",
        "access-tokens signing key 1",
        id,
        Long.toString(generation),
        publicKey,
        Long.toString(createdAt.toEpochMilli()),
        Long.toString(signsFrom.toEpochMilli()));
  }

  /** Returns a copy with another encrypted private key. */
  public SealedKey withSealed(String sealed) {
    return new SealedKey(id, generation, publicKey, sealed, createdAt, signsFrom);
  }
}
