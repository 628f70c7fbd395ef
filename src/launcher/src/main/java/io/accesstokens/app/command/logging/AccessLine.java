package io.accesstokens.app.command.logging;

import io.accesstokens.verify.IpAddress;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object that describes a request in the access log. The object contains no query string,
 * no path parameter, no cookie and no credential.
 *
 * <p>Clients can send credentials in wrong places, such as the path. Therefore an asterisk replaces
 * each of these parts:
 *
 * <ul>
 *   <li>a path segment, or a word of the user agent, of more than {@value #MAX_WORD} characters.
 *       Every raw token is longer;
 *   <li>a path segment that contains a reserved or percent-encoded character (RFC 3986, section 2);
 *   <li>the end of a path with many segments.
 * </ul>
 */
final class AccessLine {

  static final int MAX_WORD = 40;

  private static final int MAX_SEGMENTS = 20;
  private static final int MAX_USER_AGENT = 200;

  private static final String HIDDEN = "*";

  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}+");
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._~-]{0,40}+");
  private static final Pattern LONG_WORD = Pattern.compile("[^ /;,()]{41,}+");
  private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");

  private AccessLine() {}

  /**
   * Returns the JSON object for a request, as one line.
   *
   * @param method the method as received; null if the request line could not be read
   * @param target the request target as received; null if the request line could not be read
   * @param clientAddress the client address; its canonical form is written
   */
  static String of(
      @Nullable String method,
      @Nullable String target,
      int status,
      long durationMillis,
      long responseBytes,
      @Nullable String clientAddress,
      @Nullable String userAgent) {
    JsonLine line =
        new JsonLine()
            .add("method", method != null && METHOD.matcher(method).matches() ? method : HIDDEN)
            .add("path", target == null ? HIDDEN : path(target))
            .add("status", status)
            .add("durationMillis", durationMillis)
            .add("responseBytes", Math.max(0, responseBytes));
    if (clientAddress != null) {
      line.add(
          "clientAddress",
          IpAddress.parse(clientAddress).map(IpAddress::toString).orElse(clientAddress));
    }
    if (userAgent != null) {
      line.add("userAgent", userAgent(userAgent));
    }
    return line.toString();
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    String[] segments = path.split("/", MAX_SEGMENTS + 1);
    StringJoiner safe = new StringJoiner("/");
    for (int i = 0; i < segments.length; i++) {
      int parameters = segments[i].indexOf(';');
      String segment = parameters < 0 ? segments[i] : segments[i].substring(0, parameters);
      safe.add(i < MAX_SEGMENTS && SEGMENT.matcher(segment).matches() ? segment : HIDDEN);
    }
    return safe.toString();
  }

  private static String userAgent(String value) {
    String words = LONG_WORD.matcher(value).replaceAll(HIDDEN); // before a word can be cut
    String bounded = words.length() <= MAX_USER_AGENT ? words : words.substring(0, MAX_USER_AGENT);
    return UNPRINTABLE.matcher(bounded).replaceAll("?");
  }
}
