package io.accesstokens.verify;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The SHA-256 of a raw token, and the only form in which a token is stored.
 *
 * <p>It is a value with equality and can be a map key. The comparison of two digests does not need
 * constant time: an attacker would have to invert SHA-256 to get close to a stored digest.
 */
public final class TokenDigest implements Comparable<TokenDigest> {

  /** The length in bytes. */
  public static final int LENGTH = 32;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;

  private TokenDigest(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param bytes exactly {@value #LENGTH} bytes
   * @throws IllegalArgumentException if there are more or fewer
   */
  public static TokenDigest of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a SHA-256 digest has 32 bytes, not " + bytes.length);
    }
    return new TokenDigest(bytes.clone());
  }

  /** Returns a digest without a copy. The caller must not change the bytes afterwards. */
  static TokenDigest owning(byte[] bytes) {
    return new TokenDigest(bytes);
  }

  /** Returns a copy of the {@value #LENGTH} bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenDigest that && Arrays.equals(bytes, that.bytes);
  }

  /** Returns the first four bytes. The bytes of a good hash already make a good hash code. */
  @Override
  public int hashCode() {
    return (int) INT.get(bytes, 0);
  }

  /**
   * Compares unsigned bytes. Hash maps use this order if many digests have the same hash code. So
   * they stay fast even if an attacker creates such digests.
   */
  @Override
  public int compareTo(TokenDigest that) {
    return Arrays.compareUnsigned(bytes, that.bytes);
  }

  /**
   * Returns the first four bytes in hexadecimal: enough to distinguish digests in a test message.
   */
  @Override
  public String toString() {
    return "TokenDigest[" + HexFormat.of().formatHex(bytes, 0, 4) + "…]";
  }
}
