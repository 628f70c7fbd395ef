package io.accesstokens.verify;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The form of raw tokens: {@code prefix + 37 random base62 characters + 6 checksum characters}.
 *
 * <p>The checksum is the CRC-32 (ISO 3309) of all characters before it. The checksum is written in
 * base62, with the most significant digit first, and padded with {@code 0} to six characters. The
 * digits of base62 are {@code 0-9}, then {@code A-Z}, then {@code a-z}.
 *
 * @param servicePrefix the prefix of every service token, such as {@code bsat_}
 * @param personalPrefix the prefix of every personal token, such as {@code bpat_}
 * @param acceptWithoutChecksum true to accept also tokens of the Backstage plugin: 43 base64url
 *     characters without a checksum
 */
public record RawTokenFormat(
    String servicePrefix, String personalPrefix, boolean acceptWithoutChecksum) {

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int BASE = ALPHABET.length();
  private static final int RANDOM_LENGTH = 37;
  private static final int CHECKSUM_LENGTH = 6;

  /** Number of characters in a raw token after the prefix. */
  static final int BODY_LENGTH = RANDOM_LENGTH + CHECKSUM_LENGTH;

  /**
   * Matches the prefix of a raw token: at most seven characters and an underscore. The limit
   * ensures that the display prefix of a token includes at least four random characters.
   */
  private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9]{0,6}_");

  private static final int MAX_PREFIX_LENGTH = 8;

  /** The default format: the prefixes of the Backstage plugin, and a checksum in every token. */
  public static final RawTokenFormat DEFAULT = new RawTokenFormat("bsat_", "bpat_", false);

  /**
   * Creates a format. A prefix must be a lower-case letter, up to six lower-case letters or digits,
   * and an underscore.
   *
   * @throws IllegalArgumentException if a prefix has another form, or if both prefixes are equal
   */
  public RawTokenFormat {
    requirePrefix("servicePrefix", servicePrefix);
    requirePrefix("personalPrefix", personalPrefix);
    if (servicePrefix.equals(personalPrefix)) {
      throw new IllegalArgumentException("servicePrefix and personalPrefix must differ");
    }
  }

  private static void requirePrefix(String name, String prefix) {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          name + " must be a lower-case letter, up to six letters or digits, and an underscore");
    }
  }

  /**
   * Creates a new raw token.
   *
   * @param random a cryptographically strong source of random numbers
   */
  public RawToken create(RawToken.Kind kind, RandomGenerator random) {
    byte[] prefix = prefixOf(kind).getBytes(StandardCharsets.US_ASCII);
    byte[] text = Arrays.copyOf(prefix, prefix.length + BODY_LENGTH);
    int end = text.length - CHECKSUM_LENGTH;
    for (int i = prefix.length; i < end; i++) {
      text[i] = (byte) ALPHABET.charAt(random.nextInt(BASE));
    }
    System.arraycopy(checksum(text), 0, text, end, CHECKSUM_LENGTH);
    return new RawToken(kind, text);
  }

  /**
   * Parses a raw token by its form alone, without I/O.
   *
   * @return the token; empty if the prefix is unknown, the length or a character is wrong, or the
   *     checksum does not match
   */
  public Optional<RawToken> parse(String text) {
    for (RawToken.Kind kind : RawToken.Kind.values()) {
      String prefix = prefixOf(kind);
      if (text.length() == prefix.length() + BODY_LENGTH && text.startsWith(prefix)) {
        // Other characters become question marks, which no raw token contains.
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        boolean known =
            hasChecksum(ascii, prefix.length())
                || (acceptWithoutChecksum && isBase64Url(ascii, prefix.length()));
        return known ? Optional.of(new RawToken(kind, ascii)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * Returns true if a text starts with one of the prefixes. Callers must then treat the text as a
   * raw token, even if it is malformed, and never as another kind of credential.
   */
  public boolean hasPrefix(String text) {
    return text.startsWith(servicePrefix) || text.startsWith(personalPrefix);
  }

  /**
   * Returns true if a text contains a raw token. Finds tokens with a checksum and any prefix, and
   * tokens of the Backstage plugin with the default prefixes.
   */
  public static boolean isContainedIn(String text) {
    for (int end = text.indexOf('_') + 1; end > 0; end = text.indexOf('_', end) + 1) {
      if (end + BODY_LENGTH > text.length()) {
        return false;
      }
      for (int from = end - 2; from >= Math.max(0, end - MAX_PREFIX_LENGTH); from--) {
        String prefix = text.substring(from, end);
        if (PREFIX.matcher(prefix).matches()) {
          byte[] token =
              text.substring(from, end + BODY_LENGTH).getBytes(StandardCharsets.US_ASCII);
          if (hasChecksum(token, prefix.length())
              || (DEFAULT.hasPrefix(prefix) && isBase64Url(token, prefix.length()))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private String prefixOf(RawToken.Kind kind) {
    return switch (kind) {
      case SERVICE -> servicePrefix;
      case PERSONAL -> personalPrefix;
    };
  }

  private static boolean hasChecksum(byte[] text, int from) {
    for (int i = from; i < text.length; i++) {
      if (!isBase62((char) text[i])) {
        return false;
      }
    }
    return Arrays.equals(
        text, text.length - CHECKSUM_LENGTH, text.length, checksum(text), 0, CHECKSUM_LENGTH);
  }

  /**
   * Computes the checksum of a raw token from all characters before the last {@value
   * #CHECKSUM_LENGTH}.
   */
  private static byte[] checksum(byte[] text) {
    CRC32 crc = new CRC32();
    crc.update(text, 0, text.length - CHECKSUM_LENGTH);
    long rest = crc.getValue();
    byte[] digits = new byte[CHECKSUM_LENGTH];
    for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
      digits[i] = (byte) ALPHABET.charAt((int) (rest % BASE));
      rest /= BASE;
    }
    return digits;
  }

  private static boolean isBase62(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  private static boolean isBase64Url(byte[] text, int from) {
    for (int i = from; i < text.length; i++) {
      if (!isBase64Url((char) text[i])) {
        return false;
      }
    }
    return true;
  }

  static boolean isBase64Url(char c) {
    return isBase62(c) || c == '-' || c == '_';
  }
}
