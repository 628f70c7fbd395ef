package io.accesstokens.app.page;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** Computes SHA-256 hashes of page files, which are not secret. */
final class ContentHash {

  private static final int BYTES = 10;

  private ContentHash() {}

  /** Returns a short hash: the first 10 bytes in hexadecimal. */
  static String of(byte[]... parts) {
    return HexFormat.of().formatHex(digest(parts), 0, BYTES);
  }

  /**
   * Returns the source expression that allows exactly this inline script or style (Content Security
   * Policy Level 3, section 2.3.1).
   *
   * @param text the characters between the tags of the element
   */
  static String source(String text) {
    byte[] digest = digest(text.getBytes(StandardCharsets.UTF_8));
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + '\'';
  }

  private static byte[] digest(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(
          "SHA-256 is not available, although every Java platform must provide it", e);
    }
  }
}
