package io.accesstokens.app.logging;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parser of the header {@code traceparent} (W3C Trace Context, section 3.2). The levels 1 and 2 of
 * the specification have the same syntax.
 */
final class TraceParent {

  static final String HEADER = "traceparent";

  /**
   * Matches the fields that every version has: the version, the trace id, the parent id and the
   * flags. Versions after 00 may append fields after another hyphen.
   */
  private static final Pattern VALUE =
      Pattern.compile(
          "(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?",
          Pattern.DOTALL);

  private TraceParent() {}

  /**
   * Returns the trace id of a request: 32 lower-case hexadecimal digits. Returns empty if the
   * header is absent, malformed or repeated. An invalid header is ignored, as section 4.3 requires.
   *
   * @param values all values of the header
   */
  static Optional<String> traceId(List<String> values) {
    return values.size() == 1 ? traceId(values.get(0)) : Optional.empty();
  }

  private static Optional<String> traceId(String value) {
    Matcher matcher = VALUE.matcher(value);
    return matcher.matches() && (matcher.group(3) == null || !matcher.group(1).equals("00"))
        ? Optional.of(matcher.group(2))
        : Optional.empty();
  }
}
