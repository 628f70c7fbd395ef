package io.accesstokens.verify;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The SHA-256 of a raw token: the only trace of it that is stored.
 *
 * <p>A value with equality, fit as a key. Comparing two digests needs no constant time: to come
 * close to a stored digest, one would have to invert SHA-256.
 */
public final class TokenDigest {

  /** The length in bytes. */
  public static final int LENGTH = 32;

  private final byte[] bytes;

  private TokenDigest(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param bytes exactly {@value #LENGTH} of them
   * @throws IllegalArgumentException if there are more or fewer
   */
  public static TokenDigest of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a SHA-256 digest has 32 bytes, not " + bytes.length);
    }
    return new TokenDigest(bytes.clone());
  }

  /** A copy of the {@value #LENGTH} bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenDigest that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The first four bytes in hexadecimal: enough to tell digests apart in a test's message. */
  @Override
  public String toString() {
    return "TokenDigest[" + HexFormat.of().formatHex(bytes, 0, 4) + "…]";
  }
}
