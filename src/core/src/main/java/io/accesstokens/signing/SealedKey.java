package io.accesstokens.signing;

import java.time.Instant;

/**
 * A signing key as a store keeps it. Without the operator's key it is worth nothing.
 *
 * @param id the {@code kid} (RFC 7515, section 4.1.4): at most 43 characters of base64url
 * @param generation 1 for the first; no two keys have the same
 * @param publicKey base64 of a SubjectPublicKeyInfo (RFC 5280, section 4.1)
 * @param sealedPrivateKey base64 of what {@link KeySeal} made of it
 * @param createdAt when it was made, with a precision of milliseconds
 * @param signsFrom from when on it signs, with a precision of milliseconds
 */
public record SealedKey(
    String id,
    long generation,
    String publicKey,
    String sealedPrivateKey,
    Instant createdAt,
    Instant signsFrom) {

  /** What must not be changed, as one text: no member can hold a line break. */
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

  SealedKey withSealed(String sealed) {
    return new SealedKey(id, generation, publicKey, sealed, createdAt, signsFrom);
  }
}
