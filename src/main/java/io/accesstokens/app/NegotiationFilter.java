package io.accesstokens.app;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of content negotiation before Jakarta REST does, which takes too much from
 * them: parameters of {@code Accept} would decide the answer's character encoding, {@code q=0}
 * would not count, and a malformed header would be answered before it is known who calls.
 *
 * <ol>
 *   <li>{@code Accept} becomes {@code application/json} if it admits that by the most specific
 *       range with a quality above zero (RFC 9110, section 12.5.1), else a type that nothing here
 *       has: 406 then is decided with the route. Elements that are malformed do not count.
 *   <li>A {@code Content-Type} that is malformed or sent twice becomes {@code
 *       application/octet-stream}, which every route refuses with 415, in its turn.
 * </ol>
 */
public final class NegotiationFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String JSON = "application/json";
  private static final String NOTHING_OF_OURS = "application/x-none";
  private static final String NOT_UNDERSTOOD = "application/octet-stream";

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final String VALUE = "(?:" + TOKEN + "|\"[^\"]*\")";
  private static final Pattern MEDIA_TYPE =
      Pattern.compile(
          "(" + TOKEN + ")/(" + TOKEN + ")((?:[ \t]*;[ \t]*(?:" + TOKEN + "=" + VALUE + ")?)*)");
  private static final Pattern QUALITY =
      Pattern.compile(";[ \t]*q=([01](?:\\.[0-9]{0,3})?)[ \t]*(?:;|$)", Pattern.CASE_INSENSITIVE);

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(new Tidied(request), response);
  }

  /** What {@code Accept} comes down to; {@code values} are the lines of the header. */
  static String accepted(List<String> values) {
    String all = String.join(",", values).strip();
    if (all.isEmpty()) {
      return JSON;
    }
    int best = -1;
    boolean admitted = false;
    for (String element : all.split(",", -1)) {
      Matcher range = MEDIA_TYPE.matcher(element.strip());
      int specificity = range.matches() ? specificity(range.group(1), range.group(2)) : -1;
      if (specificity > best) {
        best = specificity;
        admitted = quality(range.group(3)) > 0;
      }
    }
    return admitted ? JSON : NOTHING_OF_OURS;
  }

  private static int specificity(String type, String subtype) {
    if (type.equals("*")) {
      return subtype.equals("*") ? 0 : -1;
    }
    if (!type.equalsIgnoreCase("application")) {
      return -1;
    }
    return subtype.equals("*") ? 1 : subtype.equalsIgnoreCase("json") ? 2 : -1;
  }

  private static double quality(String parameters) {
    Matcher quality = QUALITY.matcher(parameters);
    return quality.find() ? Double.parseDouble(quality.group(1)) : 1;
  }

  /** What {@code Content-Type} comes down to; null if there is none. */
  static @Nullable String contentType(List<String> values) {
    if (values.isEmpty()) {
      return null;
    }
    String only = values.get(0).strip();
    return values.size() == 1 && MEDIA_TYPE.matcher(only).matches() ? only : NOT_UNDERSTOOD;
  }

  private static final class Tidied extends HttpServletRequestWrapper {

    private final Map<String, String> replaced;

    Tidied(HttpServletRequest request) {
      super(request);
      String contentType = NegotiationFilter.contentType(list(request, "Content-Type"));
      String accept = accepted(list(request, "Accept"));
      replaced =
          contentType == null
              ? Map.of("accept", accept)
              : Map.of("accept", accept, "content-type", contentType);
    }

    private static List<String> list(HttpServletRequest request, String name) {
      return Collections.list(request.getHeaders(name));
    }

    @Override
    public @Nullable String getHeader(String name) {
      String value = replaced.get(name.toLowerCase(Locale.ROOT));
      return value == null ? super.getHeader(name) : value;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      String value = replaced.get(name.toLowerCase(Locale.ROOT));
      return value == null ? super.getHeaders(name) : Collections.enumeration(List.of(value));
    }

    @Override
    public @Nullable String getContentType() {
      return getHeader("Content-Type");
    }
  }
}
