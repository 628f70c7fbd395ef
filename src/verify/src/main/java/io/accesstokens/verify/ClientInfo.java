package io.accesstokens.verify;

import org.jspecify.annotations.Nullable;

/**
 * The client that used a token, as the service sees it. The client chooses its product freely. The
 * product can help to find a client, but proves nothing.
 *
 * @param address the client's network address; null if it is not known
 * @param product the first product of the header {@code User-Agent} (RFC 9110, section 10.1.5),
 *     such as {@code curl/8.5.0}; null if the header is missing, does not begin with a product, or
 *     has a raw token in the product. At most {@value #MAX_PRODUCT_LENGTH} characters: characters
 *     of RFC 9110 tokens, and at most one slash.
 */
public record ClientInfo(@Nullable String address, @Nullable String product) {

  /** Maximum length of a product, in characters. */
  public static final int MAX_PRODUCT_LENGTH = 64;

  /**
   * Contains true at the code of each ASCII character that is allowed in a product name or version.
   * These are the characters of a token of RFC 9110, section 5.6.2.
   */
  private static final boolean[] TOKEN = new boolean[128];

  static {
    for (int c = 0; c < TOKEN.length; c++) {
      TOKEN[c] =
          (c >= '0' && c <= '9')
              || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
  }

  /** A client of which nothing is known. */
  public static final ClientInfo UNKNOWN = new ClientInfo(null, null);

  /**
   * Creates a description of a client.
   *
   * @param product the value of the header {@code User-Agent}. Only the first product is kept, with
   *     at most {@value #MAX_PRODUCT_LENGTH} characters. The cost does not depend on the length of
   *     the value.
   */
  public ClientInfo {
    product = firstProduct(product);
  }

  /** Creates a description of a client whose product is not known. */
  public static ClientInfo at(@Nullable String address) {
    return address == null ? UNKNOWN : new ClientInfo(address, null);
  }

  private static @Nullable String firstProduct(@Nullable String userAgent) {
    if (userAgent == null) {
      return null;
    }
    int length = Math.min(userAgent.length(), MAX_PRODUCT_LENGTH);
    int slash = -1;
    int end = 0;
    for (; end < length; end++) {
      char c = userAgent.charAt(end);
      if (c == ' ' || c == '\t') {
        break;
      }
      if (c == '/' && slash < 0) {
        slash = end;
      } else if (c >= TOKEN.length || !TOKEN[c]) {
        return null;
      }
    }
    if (end == 0 || slash == 0) {
      return null; // an empty name
    }
    if (slash == end - 1) {
      if (end < MAX_PRODUCT_LENGTH) {
        return null; // an empty version
      }
      end--; // the version was cut
    }
    return containsRawToken(userAgent, end) ? null : userAgent.substring(0, end);
  }

  /**
   * Returns true if a raw token begins in the first {@code end} characters of a text. A client can
   * send its token in the wrong header by mistake.
   */
  private static boolean containsRawToken(String text, int end) {
    int i = 0;
    while (i < end) {
      if (text.charAt(i++) == '_') {
        int last = Math.min(text.length(), i + RawTokenFormat.BODY_LENGTH);
        int next = i;
        while (next < last && RawTokenFormat.isBase64Url(text.charAt(next))) {
          next++;
        }
        if (next == i + RawTokenFormat.BODY_LENGTH) {
          return true;
        }
        i = next;
      }
    }
    return false;
  }
}
