package io.accesstokens.app.client;

import io.accesstokens.verify.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a list header, from the last one backwards, whichever proxy wrote them in a line
 * of its own.
 *
 * <p>Commas separate, also within quotes: no address has one there. Otherwise a client could open a
 * quotation mark that swallows what a proxy appends.
 */
final class ForwardedHeaderParser {

  private static final Pattern PORT = Pattern.compile("|:(?:[0-9]{1,5}|_[0-9A-Za-z._-]{1,40})");
  private static final int LONGEST = 200;

  private final List<String> values;
  private int value;
  private int end;

  /**
   * @param values the header's lines, in their order
   */
  ForwardedHeaderParser(List<String> values) {
    this.values = values;
    this.value = values.size() - 1;
    this.end = value < 0 ? 0 : values.get(value).length();
  }

  /** The next element to the left that is not empty, without the space around it; null at last. */
  @Nullable String next() {
    while (value >= 0) {
      if (end < 0) {
        value--;
        end = value < 0 ? 0 : values.get(value).length();
        continue;
      }
      String line = values.get(value);
      int comma = end == 0 ? -1 : line.lastIndexOf(',', end - 1);
      String element = line.substring(comma + 1, end).strip();
      end = comma;
      if (!element.isEmpty()) {
        return element;
      }
    }
    return null;
  }

  /**
   * The address of a node (RFC 7239, section 6): in brackets or not, with a port or without.
   *
   * @return empty if it is none, {@code unknown} for instance, or the name of a host
   */
  static Optional<IpAddress> node(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    int colon = text.indexOf(':');
    String address = text;
    String port = "";
    if (text.startsWith("[")) {
      int bracket = text.indexOf(']');
      if (bracket < 0 || colon < 0 || colon > bracket) {
        return Optional.empty();
      }
      address = text.substring(1, bracket);
      port = text.substring(bracket + 1);
    } else if (colon >= 0 && colon == text.lastIndexOf(':')) {
      address = text.substring(0, colon);
      port = text.substring(colon);
    }
    return PORT.matcher(port).matches() ? IpAddress.parse(address) : Optional.empty();
  }

  /**
   * The address in the {@code for} of an element (RFC 7239, section 4).
   *
   * @return empty if it has not exactly one, or is malformed
   */
  static Optional<IpAddress> standard(String element) {
    Optional<IpAddress> found = Optional.empty();
    for (String pair : element.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (element.length() > LONGEST || equals < 0) {
        return Optional.empty();
      }
      if (pair.substring(0, equals).strip().equalsIgnoreCase("for")) {
        Optional<IpAddress> address = node(unquoted(pair.substring(equals + 1).strip()));
        if (address.isEmpty() || found.isPresent()) {
          return Optional.empty();
        }
        found = address;
      }
    }
    return found;
  }

  /** Without quotes around it; what is quoted by halves is no address afterwards, either. */
  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
