package io.accesstokens.signing;

import java.time.Instant;

/**
 * A signing key as a store keeps it. It is useless without the operator's key.
 *
 * @param id the {@code kid} (RFC 7515, section 4.1.4): at most 43 characters of base64url
 * @param generation 1 for the first key; unique among all keys
 * @param publicKey base64 of a SubjectPublicKeyInfo (RFC 5280, section 4.1)
 * @param sealedPrivateKey base64 of the output of {@link KeySeal}
 * @param createdAt the time of creation, with a precision of milliseconds
 * @param signsFrom the instant from which it signs, with a precision of milliseconds
 */
public record SealedKey(
    String id,
    long generation,
    String publicKey,
    String sealedPrivateKey,
    Instant createdAt,
    Instant signsFrom) {

  /**
   * Returns the columns that must not change, as one text. No column can contain a line break, so
   * that the text is unambiguous.
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

  SealedKey withSealed(String sealed) {
    return new SealedKey(id, generation, publicKey, sealed, createdAt, signsFrom);
  }
}
