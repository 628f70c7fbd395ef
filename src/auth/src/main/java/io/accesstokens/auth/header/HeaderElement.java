package io.accesstokens.auth.header;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An element of a header such as {@code Accept}, {@code Accept-Encoding} or {@code Content-Type}: a
 * name and its parameters (RFC 9110, sections 5.6.6, 8.3.1, 12.4.2 and 12.5.1).
 *
 * <p>Parsing takes time linear in the length of the text and uses no recursion, because anonymous
 * callers can send any header.
 *
 * @param name a token such as {@code gzip}, or two tokens with a slash such as {@code text/csv}, in
 *     lower case
 * @param parameters the parameters in the order of the text; a name may occur several times
 */
public record HeaderElement(String name, List<Parameter> parameters) {

  private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";
  private static final int MAX_DECIMALS = 3;

  /** Creates an element with a copy of the list. */
  public HeaderElement {
    parameters = List.copyOf(parameters);
  }

  /**
   * A parameter of an element.
   *
   * @param name the name in lower case
   * @param value the value without quotation marks and escapes
   * @param quoted true if the value was a quoted string
   */
  public record Parameter(String name, String value, boolean quoted) {}

  /**
   * Parses one element, with or without whitespace around it.
   *
   * @return the element; empty if the text is malformed
   */
  public static Optional<HeaderElement> parse(String text) {
    return new Reader(text.strip()).element();
  }

  /**
   * Splits the lines of a header at their commas, and parses the elements. The method also splits
   * at a comma in a quoted string, and then omits the malformed element. No header that this class
   * parses needs a comma in a quoted string.
   *
   * @return the well-formed elements, in order
   */
  public static List<HeaderElement> list(List<String> lines) {
    List<HeaderElement> elements = new ArrayList<>();
    for (String line : lines) {
      int from = 0;
      while (from <= line.length()) {
        int comma = line.indexOf(',', from);
        int end = comma < 0 ? line.length() : comma;
        parse(line.substring(from, end)).ifPresent(elements::add);
        from = end + 1;
      }
    }
    return elements;
  }

  /** Returns the part of the name after the slash, or an empty text if it has no slash. */
  public String subtype() {
    int slash = name.indexOf('/');
    return slash < 0 ? "" : name.substring(slash + 1);
  }

  /**
   * Returns the value of the first parameter with a name; empty if there is none.
   *
   * @param wanted the name in lower case
   */
  public Optional<String> parameter(String wanted) {
    return first(wanted).map(Parameter::value);
  }

  /**
   * Returns the weight of this element, from 0 to 1 (RFC 9110, section 12.4.2). The weight is the
   * value of the first parameter {@code q}. Returns 1 if there is no {@code q}, and a negative
   * number if {@code q} is malformed.
   */
  public double quality() {
    Parameter weight = first("q").orElse(null);
    if (weight == null) {
      return 1;
    }
    return !weight.quoted() && isQuality(weight.value()) ? Double.parseDouble(weight.value()) : -1;
  }

  private Optional<Parameter> first(String wanted) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equals(wanted)) {
        return Optional.of(parameter);
      }
    }
    return Optional.empty();
  }

  /**
   * Returns true for {@code 0} or {@code 1}, optionally with a decimal point and up to three
   * digits. After {@code 1}, these digits must be zeros.
   */
  private static boolean isQuality(String text) {
    if (text.isEmpty() || text.length() > 2 + MAX_DECIMALS) {
      return false;
    }
    char whole = text.charAt(0);
    if ((whole != '0' && whole != '1') || (text.length() > 1 && text.charAt(1) != '.')) {
      return false;
    }
    for (int i = 2; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > (whole == '0' ? '9' : '0')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isTokenCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || TOKEN_PUNCTUATION.indexOf(c) >= 0;
  }

  /** Reads a text from left to right, each character once. */
  private static final class Reader {

    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    Optional<HeaderElement> element() {
      String name = token();
      if (skip('/')) {
        String subtype = token();
        name = name.isEmpty() || subtype.isEmpty() ? "" : name + '/' + subtype;
      }
      List<Parameter> parameters = new ArrayList<>();
      boolean wellFormed = !name.isEmpty();
      while (wellFormed && at < text.length()) {
        skipSpace();
        wellFormed = skip(';');
        skipSpace();
        // An empty parameter is allowed (RFC 9110, section 5.6.6).
        if (wellFormed && at < text.length() && text.charAt(at) != ';') {
          wellFormed = parameter(parameters);
        }
      }
      return wellFormed
          ? Optional.of(new HeaderElement(name.toLowerCase(Locale.ROOT), parameters))
          : Optional.empty();
    }

    private boolean parameter(List<Parameter> parameters) {
      String name = token();
      if (name.isEmpty() || !skip('=')) {
        return false;
      }
      boolean quoted = skip('"');
      StringBuilder value = new StringBuilder();
      if (!quoted) {
        value.append(token());
      } else if (!quotedString(value)) {
        return false;
      }
      parameters.add(new Parameter(name.toLowerCase(Locale.ROOT), value.toString(), quoted));
      return quoted || !value.isEmpty();
    }

    /**
     * Reads the rest of a quoted string after its first quotation mark (RFC 9110, section 5.6.4).
     * Returns false if the last quotation mark is missing.
     */
    private boolean quotedString(StringBuilder value) {
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c == '"') {
          return true;
        }
        if (c == '\\') {
          if (at == text.length()) {
            return false;
          }
          c = text.charAt(at++);
        }
        value.append(c);
      }
      return false;
    }

    private String token() {
      int from = at;
      while (at < text.length() && isTokenCharacter(text.charAt(at))) {
        at++;
      }
      return text.substring(from, at);
    }

    private boolean skip(char expected) {
      boolean there = at < text.length() && text.charAt(at) == expected;
      if (there) {
        at++;
      }
      return there;
    }

    private void skipSpace() {
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
        at++;
      }
    }
  }
}
