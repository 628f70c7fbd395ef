package io.accesstokens.oauth;

import io.accesstokens.auth.header.HeaderElement;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.core.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks the declared encoding of request bodies, and decodes forms and queries. */
public final class RequestEncoding {

  private static final String UTF_8 = "utf-8";
  private static final int HEXADECIMAL = 16;

  private RequestEncoding() {}

  /**
   * Checks that the headers declare a body with one of the given media types in UTF-8, and without
   * a content coding such as gzip.
   *
   * @param mediaTypes the media types in lower case
   * @throws NotSupportedException if the headers declare another media type or none, another
   *     character encoding, or a content coding
   */
  public static void requireType(HttpHeaders headers, String... mediaTypes) {
    requireType(
        orNone(headers.getRequestHeader(HttpHeaders.CONTENT_TYPE)),
        orNone(headers.getRequestHeader(HttpHeaders.CONTENT_ENCODING)),
        mediaTypes);
  }

  private static List<String> orNone(@Nullable List<String> values) {
    return values == null ? List.of() : values;
  }

  /**
   * Checks the headers of a body as {@link #requireType(HttpHeaders, String...)} does.
   *
   * @param types the values of {@code Content-Type}, one for each header line
   * @param codings the values of {@code Content-Encoding}, one for each header line
   */
  static void requireType(List<String> types, List<String> codings, String... mediaTypes) {
    if (types.size() != 1 || !isDeclared(types.get(0), Arrays.asList(mediaTypes))) {
      throw new NotSupportedException();
    }
    for (String coding : codings) {
      if (!coding.isBlank() && !coding.strip().toLowerCase(Locale.ROOT).equals("identity")) {
        throw new NotSupportedException();
      }
    }
  }

  private static boolean isDeclared(String contentType, List<String> mediaTypes) {
    return mediaTypes.contains(contentType) // the common case
        || HeaderElement.parse(contentType)
            .filter(type -> mediaTypes.contains(type.name()))
            .filter(type -> type.parameter("charset").orElse(UTF_8).equalsIgnoreCase(UTF_8))
            .isPresent();
  }

  /**
   * Decodes a form-encoded text. A percent sign and two hexadecimal digits represent one byte of
   * UTF-8. A plus sign represents a space. Characters outside ASCII stay unchanged.
   *
   * @return empty if the text is malformed
   */
  public static Optional<String> decode(String text) {
    return text.indexOf('%') < 0 && text.indexOf('+') < 0
        ? Optional.of(text) // the common case
        : decodeBytes(text);
  }

  /**
   * Decodes a form-encoded text as {@link #decode} does, but allows no character outside ASCII, no
   * space and no control character.
   *
   * @return empty if the text is malformed
   */
  static Optional<String> decodeAscii(String text) {
    return isPrintableAscii(text) ? decode(text) : Optional.empty();
  }

  private static Optional<String> decodeBytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      if (b == '%') {
        if (i + 2 >= bytes.length) {
          return Optional.empty();
        }
        int high = Character.digit(bytes[++i], HEXADECIMAL);
        int low = Character.digit(bytes[++i], HEXADECIMAL);
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        b = (byte) (high << 4 | low);
      } else if (b == '+') {
        b = ' ';
      }
      bytes[length++] = b; // length <= i, so no unread byte is lost
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns true if all characters are ASCII, and no character is a space or a control character.
   */
  private static boolean isPrintableAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > 0x7E) {
        return false;
      }
    }
    return true;
  }
}
