package io.accesstokens.http;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final String VALUE = "(?:" + TOKEN + "|\"[^\"]*\")";
  private static final Pattern MEDIA_TYPE =
      Pattern.compile(
          "(" + TOKEN + ")/(" + TOKEN + ")((?:[ \t]*;[ \t]*(?:" + TOKEN + "=" + VALUE + ")?)*)");
  private static final Pattern WEIGHT =
      Pattern.compile(";[ \t]*q=([^;]*)", Pattern.CASE_INSENSITIVE);

  /** RFC 9110, section 12.4.2. */
  private static final Pattern QUALITY = Pattern.compile("0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?");

  private Negotiation() {}

  /**
   * What {@code Accept} comes down to: {@code application/json} if the most specific range that
   * covers it has a quality above zero (RFC 9110, section 12.5.1); else, what exports are written
   * as, if that is named; else a type that nothing here has. 406 then is decided with the route.
   * Elements that are malformed do not count.
   *
   * @param values the lines of the header; none accepts everything
   */
  public static String accept(List<String> values) {
    String all = values.size() == 1 ? values.get(0).strip() : String.join(",", values).strip();
    if (all.isEmpty() || all.equals(ANYTHING) || all.equals(JSON)) {
      return JSON; // as most ask, at each request
    }
    List<String> elements = List.of(all.split(",", -1));
    if (admits(elements, JSON, 0)) {
      return JSON;
    }
    return EXPORTS.stream()
        .filter(type -> admits(elements, type, EXACT))
        .findFirst()
        .orElse(NOTHING_OF_OURS);
  }

  /**
   * @param least how specific the range must be that covers it
   */
  private static boolean admits(List<String> elements, String mediaType, int least) {
    String type = mediaType.substring(0, mediaType.indexOf('/'));
    String subtype = mediaType.substring(type.length() + 1);
    int best = least - 1;
    boolean admitted = false;
    for (String element : elements) {
      Matcher range = MEDIA_TYPE.matcher(element.strip());
      if (!range.matches()) {
        continue;
      }
      int specificity = specificity(range.group(1), range.group(2), type, subtype);
      double quality = quality(range.group(3));
      if (specificity > best && quality >= 0) {
        best = specificity;
        admitted = quality > 0;
      }
    }
    return admitted;
  }

  private static int specificity(
      String type, String subtype, String wantedType, String wantedSubtype) {
    if (type.equals("*")) {
      return subtype.equals("*") ? 0 : -1;
    }
    if (!type.equalsIgnoreCase(wantedType)) {
      return -1;
    }
    return subtype.equals("*") ? 1 : subtype.equalsIgnoreCase(wantedSubtype) ? EXACT : -1;
  }

  /** Negative if it is malformed; the first weight counts. */
  private static double quality(String parameters) {
    Matcher weight = WEIGHT.matcher(parameters);
    if (!weight.find()) {
      return 1;
    }
    String quality = weight.group(1).strip();
    return QUALITY.matcher(quality).matches() ? Double.parseDouble(quality) : -1;
  }

  /**
   * What {@code Content-Type} comes down to: a media type stays; what is malformed or sent twice
   * becomes {@code application/octet-stream}, which every route refuses with 415, in its turn.
   *
   * @param values the lines of the header
   * @return null if there is none
   */
  public static @Nullable String contentType(List<String> values) {
    if (values.isEmpty()) {
      return null;
    }
    String only = values.get(0).strip();
    return values.size() == 1 && MEDIA_TYPE.matcher(only).matches() ? only : NOT_UNDERSTOOD;
  }
}
