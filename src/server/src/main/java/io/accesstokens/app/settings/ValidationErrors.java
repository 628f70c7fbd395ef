package io.accesstokens.app.settings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is wrong with the settings, and what is merely odd; one line each. */
final class ValidationErrors {

  private static final int MAX_NAME = 100;

  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Set<String> wrongKeys = new HashSet<>();

  /** Something is wrong with a setting that stands nowhere or whose place is not known. */
  void add(String key, String complaint) {
    wrongKeys.add(key);
    errors.add(printable(key) + ": " + complaint);
  }

  /** Something is wrong with a setting. */
  void add(String key, String complaint, String place) {
    add(key, complaint + " (" + place + ")");
  }

  /** There is no such setting. */
  void addUnknown(String key, Optional<String> similar, String place) {
    add(key, "unknown setting" + suggestion(similar), place);
  }

  void warnOfUnknown(String name, Optional<String> similar) {
    warnings.add(printable(name) + ": unknown setting, ignored" + suggestion(similar));
  }

  /** Something is odd about a setting, but can be meant. */
  void warn(String key, String remark) {
    warnings.add(printable(key) + ": " + remark);
  }

  private static String suggestion(Optional<String> similar) {
    return similar.map(text -> "; did you mean " + text + "?").orElse("");
  }

  /** Whether nothing was found on that key and nothing below it. */
  boolean isClean(String key) {
    return wrongKeys.stream()
        .noneMatch(
            wrong ->
                wrong.equals(key) || wrong.startsWith(key + '.') || wrong.startsWith(key + '['));
  }

  List<String> warnings() {
    return warnings;
  }

  /**
   * @throws InvalidSettingsException if anything is wrong
   */
  void throwIfAny() {
    if (!errors.isEmpty()) {
      throw new InvalidSettingsException(errors);
    }
  }

  /** A name from outside, on one line and of bounded length. */
  static String printable(String name) {
    StringBuilder text = new StringBuilder();
    name.codePoints().limit(MAX_NAME).forEach(c -> text.appendCodePoint(isPrintable(c) ? c : '?'));
    return text.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
