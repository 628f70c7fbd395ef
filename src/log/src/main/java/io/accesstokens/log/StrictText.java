package io.accesstokens.log;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Decodes texts of a log. There is exactly one accepted text for each value. For any other text,
 * each method throws a {@link LogFormatException}.
 */
final class StrictText {

  /** Maximum number of digits. A number with more digits can be higher than 2^62. */
  private static final int MAX_DIGITS = 18;

  private StrictText() {}

  /** Decodes UTF-8. */
  static String utf8(byte[] bytes, String what) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new LogFormatException(what + " is not UTF-8", e);
    }
  }

  /** Decodes base64 with padding (RFC 4648, section 4). */
  static byte[] base64(String text, String what) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new LogFormatException(what + " is not base64", e);
    }
    throw new LogFormatException(what + " is not base64 in its canonical form");
  }

  /** Parses a decimal number without sign and without leading zeros. */
  static long number(String text, String what) {
    boolean valid = !text.isEmpty() && text.length() <= MAX_DIGITS;
    for (int i = 0; valid && i < text.length(); i++) {
      valid = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    if (!valid || (text.length() > 1 && text.charAt(0) == '0')) {
      throw new LogFormatException(
          what + " must be a decimal number of at most " + MAX_DIGITS + " digits");
    }
    return Long.parseLong(text);
  }
}
