package io.accesstokens.app.client;

import io.accesstokens.verify.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the elements of a list header, from the last element to the first. Several header lines
 * form one list.
 *
 * <p>Every comma is a separator, even a comma within quotes, because no address contains a comma.
 * Otherwise, a client could send an opening quotation mark without a closing quotation mark. The
 * text that a proxy appends would then become a part of the quoted text.
 */
final class ForwardedHeaderParser {

  private static final Pattern PORT = Pattern.compile("|:(?:[0-9]{1,5}|_[0-9A-Za-z._-]{1,40})");
  private static final int MAX_LENGTH = 200;

  private final List<String> values;
  private int value;
  private int end;

  /**
   * Creates a parser that starts at the last element.
   *
   * @param values the lines of the header, in the order of the request
   */
  ForwardedHeaderParser(List<String> values) {
    this.values = values;
    this.value = values.size() - 1;
    this.end = value < 0 ? 0 : values.get(value).length();
  }

  /**
   * Returns the next element that is not empty, in the order from last to first. The element has no
   * surrounding white space. Returns null if there are no more elements.
   */
  @Nullable String next() {
    while (value >= 0) {
      if (end < 0) {
        value--;
        end = value < 0 ? 0 : values.get(value).length();
        continue;
      }
      String line = values.get(value);
      int comma = line.lastIndexOf(',', end - 1);
      String element = line.substring(comma + 1, end).strip();
      end = comma;
      if (!element.isEmpty()) {
        return element;
      }
    }
    return null;
  }

  /**
   * Returns the IP address of a node (RFC 7239, section 6). Brackets and a port are optional.
   *
   * @return the address; empty if the node has no IP address, such as {@code unknown} or a host
   *     name
   */
  static Optional<IpAddress> node(String text) {
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
   * Returns the IP address in the {@code for} parameter of an element (RFC 7239, section 5.2).
   * Ignores empty parameters.
   *
   * <p>An element with a stray quotation mark is malformed. Such an element can be a part of a
   * quoted value, because the parser also splits at commas within quotes. A client can choose this
   * value, for example the {@code host}.
   *
   * @return the address; empty if the element is malformed, or if it does not have exactly one
   *     {@code for} parameter with an IP address
   */
  static Optional<IpAddress> standard(String element) {
    Optional<IpAddress> found = Optional.empty();
    for (String pair : element.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (element.length() > MAX_LENGTH || (equals < 0 && !pair.isBlank())) {
        return Optional.empty();
      }
      String value = unquoted(pair.substring(equals + 1).strip());
      if (value.indexOf('"') >= 0) {
        return Optional.empty();
      }
      if (equals >= 0 && pair.substring(0, equals).strip().equalsIgnoreCase("for")) {
        Optional<IpAddress> address = node(value);
        if (address.isEmpty() || found.isPresent()) {
          return Optional.empty();
        }
        found = address;
      }
    }
    return found;
  }

  /**
   * Removes the surrounding quotation marks of a value. Returns a value with only one quotation
   * mark unchanged.
   */
  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
