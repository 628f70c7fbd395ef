package io.accesstokens.app.page;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Computes short hashes of page files. A short hash is the first 10 bytes of a SHA-256 hash, in
 * hexadecimal. A short hash is not secret.
 */
final class ContentHash {

  private static final int BYTES = 10;

  private ContentHash() {}

  static String of(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
