package io.accesstokens.http.input;

import io.accesstokens.auth.header.HeaderElement;
import io.accesstokens.http.RoutesFeature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Normalizes the request headers {@code Accept} and {@code Content-Type}.
 *
 * <p>Implementations of Jakarta REST process these headers in different ways. Without this class,
 * some implementations would behave as follows:
 *
 * <ul>
 *   <li>a parameter in {@code Accept} changes the character encoding of the response;
 *   <li>{@code q=0} has no effect;
 *   <li>a malformed header causes an error before the caller is authenticated.
 * </ul>
 *
 * <p>{@link RoutesFeature} applies this class to each request. Some containers read {@code
 * Content-Type} before the filters of Jakarta REST. In such a container, a servlet filter can apply
 * this class earlier.
 */
public final class Negotiation {

  private static final String JSON = "application/json";
  private static final String ANYTHING = "*/*";

  /**
   * The {@code Accept} header that {@code HttpURLConnection} sends by default in Java 8, Java 11
   * and older releases of Java 17. The last two ranges are malformed.
   */
  private static final String JAVA_DEFAULT = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2";

  private static final String FORM = "application/x-www-form-urlencoded";
  public static final String CSV = "text/csv";
  public static final String NDJSON = "application/x-ndjson";

  /** The media types of exported audit logs. */
  private static final List<String> EXPORTS = List.of(NDJSON, CSV);

  private static final String UNSUPPORTED_TYPE = "application/x-none";
  private static final String NOT_UNDERSTOOD = "application/octet-stream";

  /** Maximum length of a {@code Content-Type} that is parsed, in characters. */
  private static final int MAX_CONTENT_TYPE = 1_000;

  private Negotiation() {}

  /**
   * Reduces {@code Accept} to one media type.
   *
   * <p>The result is the first of these:
   *
   * <ul>
   *   <li>{@code application/json}, if the most specific range that covers this type has a quality
   *       above zero (RFC 9110, section 12.5.1);
   *   <li>the first export type that {@code Accept} allows in the same way;
   *   <li>a type that no resource produces, so that the resource responds with 406.
   * </ul>
   *
   * <p>Malformed elements are ignored.
   *
   * @param values the values of the header, one for each header line. An empty list means that the
   *     client accepts every type
   */
  public static String accept(List<String> values) {
    if (values.isEmpty()) {
      return JSON;
    }
    if (values.size() == 1) {
      String only = values.get(0).strip();
      if (only.equals(ANYTHING) || only.equals(JSON) || only.equals(JAVA_DEFAULT)) {
        return JSON; // the usual values, handled without parsing
      }
    }
    if (values.stream().allMatch(String::isBlank)) {
      return JSON;
    }
    List<HeaderElement> ranges = HeaderElement.list(values);
    if (admits(ranges, JSON)) {
      return JSON;
    }
    for (String type : EXPORTS) {
      if (admits(ranges, type)) {
        return type;
      }
    }
    return UNSUPPORTED_TYPE;
  }

  /**
   * Returns true if the header accepts a media type. The most specific range that covers the media
   * type decides: its quality must be above zero.
   */
  private static boolean admits(List<HeaderElement> ranges, String mediaType) {
    String anySubtype = mediaType.substring(0, mediaType.indexOf('/') + 1) + '*';
    int best = -1;
    boolean admitted = false;
    for (HeaderElement range : ranges) {
      int specificity = specificity(range.name(), mediaType, anySubtype);
      if (specificity > best) {
        double quality = range.quality();
        if (quality >= 0) {
          best = specificity;
          admitted = quality > 0;
        }
      }
    }
    return admitted;
  }

  private static int specificity(String range, String mediaType, String anySubtype) {
    if (range.equals(ANYTHING)) {
      return 0;
    }
    return range.equals(mediaType) ? 2 : range.equals(anySubtype) ? 1 : -1;
  }

  /**
   * Reduces {@code Content-Type} to one media type.
   *
   * <p>If the header is malformed, occurs twice, or is longer than {@value #MAX_CONTENT_TYPE}
   * characters, the result is {@code application/octet-stream}. A resource that reads a body
   * rejects this media type with 415, after the caller was authorized. The limit on the length
   * bounds the CPU time of a request, because the Jakarta REST runtime parses the header several
   * times.
   *
   * @param values the values of the header, one for each header line
   * @return the media type; null if there is no such header
   */
  public static @Nullable String contentType(List<String> values) {
    if (values.isEmpty()) {
      return null;
    }
    String only = values.get(0).strip();
    return values.size() == 1
            && only.length() <= MAX_CONTENT_TYPE
            && (only.equals(FORM) // the usual value of introspection, handled without parsing
                || HeaderElement.parse(only).filter(type -> !type.subtype().isEmpty()).isPresent())
        ? only
        : NOT_UNDERSTOOD;
  }
}
