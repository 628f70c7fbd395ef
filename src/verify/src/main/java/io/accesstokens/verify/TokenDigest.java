package io.accesstokens.verify;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The SHA-256 of a raw token: the only trace of it that is stored.
 *
 * <p>A value with equality, fit as a key. Comparing two digests needs no constant time: to come
 * close to a stored digest, one would have to invert SHA-256.
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
   * @param bytes exactly {@value #LENGTH} of them
   * @throws IllegalArgumentException if there are more or fewer
   */
  public static TokenDigest of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a SHA-256 digest has 32 bytes, not " + bytes.length);
    }
    return new TokenDigest(bytes.clone());
  }

  /** Of bytes that nobody else will change. */
  static TokenDigest owning(byte[] bytes) {
    return new TokenDigest(bytes);
  }

  /** A copy of the {@value #LENGTH} bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenDigest that && Arrays.equals(bytes, that.bytes);
  }

  /** The first bytes: those of a good hash are one. */
  @Override
  public int hashCode() {
    return (int) INT.get(bytes, 0);
  }

  /** By unsigned bytes: an order keeps maps quick when somebody makes many hash codes collide. */
  @Override
  public int compareTo(TokenDigest that) {
    return Arrays.compareUnsigned(bytes, that.bytes);
  }

  /** The first four bytes in hexadecimal: enough to tell digests apart in a test's message. */
  @Override
  public String toString() {
    return "TokenDigest[" + HexFormat.of().formatHex(bytes, 0, 4) + "…]";
  }
}
