package io.accesstokens;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A long text that repeats a part and counts the reads of its characters. */
final class PumpedText implements CharSequence {

  /** Maximum number of reads per character, on average. */
  static final int MAX_READS = 40;

  /** Characters that separate, surround or end elements of headers, paths and files. */
  private static final String USUAL = "a0Z \t\n;,=/.\"\\-+:%_@&";

  private static final int MAX_PUMP = 7;

  /** A character that occurs in no expression. */
  private static final String UNEXPECTED = "\u0001";

  /** Thrown when the text is read more often than linear work can explain. */
  static final class TooManyReadsException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * The parts of a text. The text has two runs of {@code repeated}, separated by {@code middle}.
   */
  record Pump(String prefix, String repeated, String middle, String suffix) {
    @Override
    public String toString() {
      return quoted(prefix) + quoted(repeated) + "* " + quoted(middle + "…" + suffix);
    }

    private static String quoted(String text) {
      return '\''
          + text.replace("\n", "\\n").replace("\t", "\\t").replace(UNEXPECTED, "\\1")
          + '\'';
    }
  }

  private final char[] text;
  private final long maxReads;
  private long reads;

  /**
   * @param length the approximate number of characters
   */
  PumpedText(Pump pump, int length) {
    String run = pump.repeated().repeat(Math.max(1, length / 2 / pump.repeated().length()));
    this.text = (pump.prefix() + run + pump.middle() + run + pump.suffix()).toCharArray();
    this.maxReads = (long) MAX_READS * text.length;
  }

  /** Returns the number of character reads. */
  long reads() {
    return reads;
  }

  @Override
  public int length() {
    return text.length;
  }

  @Override
  public char charAt(int index) {
    reads++;
    if (reads > maxReads) {
      throw new TooManyReadsException();
    }
    return text[index];
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    reads += end - start;
    return new String(text, start, end - start);
  }

  /**
   * Derives texts from an expression. Each text repeats a short part of a text that the expression
   * may match. The context of that part is either the original one or an unexpected character.
   */
  static Set<Pump> pumps(Pattern pattern) {
    Set<Pump> pumps = new LinkedHashSet<>();
    for (String skeleton : skeletons(pattern.pattern())) {
      for (int from = 0; from < skeleton.length(); from++) {
        for (int end = from + 1; end <= Math.min(skeleton.length(), from + MAX_PUMP); end++) {
          add(pumps, skeleton, from, end, skeleton.substring(from, end));
        }
        for (char c : characters(pattern.pattern())) {
          add(pumps, skeleton, from, from, String.valueOf(c));
        }
      }
      for (char c : characters(pattern.pattern())) {
        add(pumps, skeleton, skeleton.length(), skeleton.length(), String.valueOf(c));
      }
    }
    return pumps;
  }

  private static void add(Set<Pump> pumps, String skeleton, int from, int end, String repeated) {
    String prefix = skeleton.substring(0, from);
    String before = from > 0 ? skeleton.substring(from - 1, from) : "";
    for (String start : distinct(prefix, UNEXPECTED)) {
      // A single character from elsewhere does not separate two runs.
      for (String middle : from == end ? List.of("") : distinct("", before)) {
        for (String rest : distinct(skeleton.substring(end), UNEXPECTED)) {
          pumps.add(new Pump(start, repeated, middle, rest));
        }
      }
    }
  }

  private static List<String> distinct(String one, String other) {
    return one.equals(other) ? List.of(one) : List.of(one, other);
  }

  private static Set<Character> characters(String expression) {
    Set<Character> characters = new TreeSet<>();
    (expression + USUAL).chars().filter(c -> c < 0x80).forEach(c -> characters.add((char) c));
    // A few letters and digits represent all of them.
    characters.removeIf(c -> Character.isLetterOrDigit(c) && "a0Zxfzq1".indexOf(c) < 0);
    return characters;
  }

  /**
   * Returns texts that an expression without look-around may match.
   *
   * <ul>
   *   <li>Each character class contributes one of two members.
   *   <li>Each group occurs once.
   *   <li>All alternatives follow one another.
   * </ul>
   */
  private static List<String> skeletons(String expression) {
    List<String> skeletons = new ArrayList<>();
    for (int choice = 0; choice < 2; choice++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < expression.length(); i++) {
        char c = expression.charAt(i);
        switch (c) {
          case '[' -> {
            int end = endOfClass(expression, i);
            text.append(member(expression.substring(i, end), choice));
            i = end - 1;
          }
          case '\\' -> {
            i++;
            char escaped = expression.charAt(i);
            if (escaped == 'p') {
              i = expression.indexOf('}', i);
              text.append(' ');
            } else if (escaped == 'x') {
              i += 2;
              text.append('a');
            } else {
              text.append(ofEscape(escaped));
            }
          }
          case '(' -> {
            while (i + 1 < expression.length() && "?:=!<".indexOf(expression.charAt(i + 1)) >= 0) {
              i++;
            }
          }
          case '{' -> i = expression.indexOf('}', i);
          case '.' -> text.append('a');
          case ')', '*', '+', '?', '|', '^', '$' -> {
            // matches no character
          }
          default -> text.append(c);
        }
      }
      skeletons.add(text.toString());
    }
    return skeletons.stream().distinct().toList();
  }

  private static String ofEscape(char c) {
    return switch (c) {
      case 'd' -> "0";
      case 's' -> " ";
      case 'w' -> "a";
      case 'n', 'R' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case 'z', 'A', 'b' -> "";
      default -> String.valueOf(c);
    };
  }

  private static int endOfClass(String expression, int start) {
    int depth = 0;
    for (int i = start; i < expression.length(); i++) {
      switch (expression.charAt(i)) {
        case '\\' -> i++;
        case '[' -> depth++;
        case ']' -> {
          depth--;
          if (depth == 0) {
            return i + 1;
          }
        }
        default -> {
          // inside the class
        }
      }
    }
    throw new IllegalArgumentException(expression);
  }

  /**
   * Returns a member of a character class. The choice selects the order in which candidates are
   * tried.
   */
  private static String member(String characterClass, int choice) {
    Pattern members = Pattern.compile(characterClass);
    String candidates = choice == 0 ? "a1A. -/!" : "!/-_ .A1a";
    for (int i = 0; i < candidates.length(); i++) {
      String candidate = candidates.substring(i, i + 1);
      if (members.matcher(candidate).matches()) {
        return candidate;
      }
    }
    for (char c = 0; c < 0x80; c++) {
      if (members.matcher(String.valueOf(c)).matches()) {
        return String.valueOf(c);
      }
    }
    return "\u00A0";
  }
}
