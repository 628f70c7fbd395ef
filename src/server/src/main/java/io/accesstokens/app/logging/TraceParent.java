package io.accesstokens.app.logging;

import java.util.List;
import java.util.Optional;

/**
 * Parser of the header {@code traceparent} (W3C Trace Context, section 3.2). The levels 1 and 2 of
 * the specification have the same syntax.
 */
final class TraceParent {

  static final String HEADER = "traceparent";

  /**
   * Length of the fields that every version has, including three hyphens. The fields have 2, 32, 16
   * and 2 digits.
   */
  private static final int LENGTH = 55;

  private static final int TRACE_ID = 3;
  private static final int PARENT_ID = 36;
  private static final int FLAGS = 53;

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
    if (value.length() < LENGTH
        || !areHexDigits(value, 0, 2)
        || value.startsWith("ff")
        || value.charAt(TRACE_ID - 1) != '-'
        || !isId(value, TRACE_ID, PARENT_ID - 1)
        || value.charAt(PARENT_ID - 1) != '-'
        || !isId(value, PARENT_ID, FLAGS - 1)
        || value.charAt(FLAGS - 1) != '-'
        || !areHexDigits(value, FLAGS, LENGTH)) {
      return Optional.empty();
    }
    // Later versions may append fields after another hyphen.
    boolean ends =
        value.length() == LENGTH || (!value.startsWith("00") && value.charAt(LENGTH) == '-');
    return ends ? Optional.of(value.substring(TRACE_ID, PARENT_ID - 1)) : Optional.empty();
  }

  /** Returns true if the part of the value consists of hexadecimal digits that are not all zero. */
  private static boolean isId(String value, int from, int to) {
    return areHexDigits(value, from, to)
        && value.chars().skip(from).limit(to - from).anyMatch(c -> c != '0');
  }

  private static boolean areHexDigits(String value, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = value.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }
}
