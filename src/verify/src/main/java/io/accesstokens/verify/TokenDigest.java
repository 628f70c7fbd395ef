package io.accesstokens.verify;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The SHA-256 digest of a raw token. A store holds this digest, never the raw token.
 *
 * <p>A digest can be a map key, because digests with the same bytes are equal. The comparison of
 * digests does not run in constant time. This is safe, because an attacker cannot find a token with
 * a chosen digest.
 */
public final class TokenDigest implements Comparable<TokenDigest> {

  /** Length of a digest, in bytes. */
  public static final int LENGTH = 32;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;

  private TokenDigest(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns a digest with a copy of these bytes.
   *
   * @param bytes exactly {@value #LENGTH} bytes
   * @throws IllegalArgumentException if the array has another length
   */
  public static TokenDigest of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "a SHA-256 digest must have 32 bytes, but has " + bytes.length);
    }
    return new TokenDigest(bytes.clone());
  }

  /**
   * Returns a digest that uses this array without copying it. The caller must not change the array
   * afterwards.
   */
  static TokenDigest owning(byte[] bytes) {
    return new TokenDigest(bytes);
  }

  /** Returns a copy of the {@value #LENGTH} bytes of this digest. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenDigest that && Arrays.equals(bytes, that.bytes);
  }

  /**
   * Returns the first four bytes of this digest as a number. The bytes of a SHA-256 digest are
   * evenly distributed.
   */
  @Override
  public int hashCode() {
    return (int) INT.get(bytes, 0);
  }

  /**
   * Compares the digests as unsigned bytes. A hash map uses this order if many of its keys have the
   * same hash code. Therefore, a hash map stays fast even if an attacker creates many keys with the
   * same hash code.
   */
  @Override
  public int compareTo(TokenDigest that) {
    return Arrays.compareUnsigned(bytes, that.bytes);
  }

  /** Returns a text with the first four bytes in hexadecimal. */
  @Override
  public String toString() {
    return "TokenDigest[" + HexFormat.of().formatHex(bytes, 0, 4) + "…]";
  }
}
