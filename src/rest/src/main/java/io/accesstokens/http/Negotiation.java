package io.accesstokens.http;

import io.accesstokens.auth.HeaderElement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of content negotiation come down to here. Jakarta REST takes too much from them:
 * parameters of {@code Accept} would decide the answer's character encoding, {@code q=0} would not
 * count, and a malformed header would be answered before it is known who calls.
 *
 * <p>{@link RoutesFeature} applies this to each request. Some containers read {@code Content-Type}
 * before any filter of Jakarta REST can: a servlet filter can apply it earlier.
 */
public final class Negotiation {

  private static final String JSON = "application/json";
  private static final String ANYTHING = "*/*";
  static final String CSV = "text/csv";
  static final String NDJSON = "application/x-ndjson";

  /** What exports are written as, too, for those who ask for it by name. */
  private static final List<String> EXPORTS = List.of(NDJSON, CSV);

  private static final int EXACT = 2;

  private static final String NOTHING_OF_OURS = "application/x-none";
  private static final String NOT_UNDERSTOOD = "application/octet-stream";

  /** The longest {@code Content-Type} that is looked at, in characters. */
  private static final int MAX_CONTENT_TYPE = 1_000;

  private Negotiation() {}

  /**
   * Reduces {@code Accept} to one type. It is {@code application/json} if the most specific range
   * that covers it has a quality above zero (RFC 9110, section 12.5.1); else the first export type
   * that is named with one; else a type that no route has, so that the route decides about 406.
   * Malformed elements do not count.
   *
   * @param values the lines of the header; none accepts everything
   */
  public static String accept(List<String> values) {
    if (values.isEmpty()) {
      return JSON;
    }
    if (values.size() == 1) {
      String only = values.get(0).strip();
      if (only.equals(ANYTHING) || only.equals(JSON)) {
        return JSON; // the usual values, at each request
      }
    }
    if (values.stream().allMatch(String::isBlank)) {
      return JSON;
    }
    List<HeaderElement> ranges = HeaderElement.list(values);
    if (admits(ranges, JSON, 0)) {
      return JSON;
    }
    for (String type : EXPORTS) {
      if (admits(ranges, type, EXACT)) {
        return type;
      }
    }
    return NOTHING_OF_OURS;
  }

  /**
   * @param least how specific the range must be that covers it
   */
  private static boolean admits(List<HeaderElement> ranges, String mediaType, int least) {
    String anySubtype = mediaType.substring(0, mediaType.indexOf('/') + 1) + '*';
    int best = least - 1;
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
    return range.equals(mediaType) ? EXACT : range.equals(anySubtype) ? 1 : -1;
  }

  /**
   * Reduces {@code Content-Type} to a media type. One that is malformed or sent twice becomes
   * {@code application/octet-stream}, which every route refuses with 415, after it has checked the
   * caller. So does one of more than {@value #MAX_CONTENT_TYPE} characters: no type that a route
   * accepts needs them, and a runtime parses them several times.
   *
   * @param values the lines of the header
   * @return null if there is none
   */
  public static @Nullable String contentType(List<String> values) {
    if (values.isEmpty()) {
      return null;
    }
    String only = values.get(0).strip();
    return values.size() == 1
            && only.length() <= MAX_CONTENT_TYPE
            && HeaderElement.parse(only).filter(type -> !type.subtype().isEmpty()).isPresent()
        ? only
        : NOT_UNDERSTOOD;
  }
}
