package io.accesstokens.app.settings.source;

import io.accesstokens.token.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects the errors and warnings about settings, each as one line. */
public final class ValidationErrors {

  private static final int MAX_NAME = 100;

  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Set<String> wrongKeys = new HashSet<>();

  /** Adds an error for a setting that is absent or has no known location. */
  void add(String key, String errorMessage) {
    wrongKeys.add(key);
    errors.add(printable(key) + ": " + errorMessage);
  }

  /** Adds an error for a setting at a known location. */
  public void add(String key, String errorMessage, String location) {
    add(key, errorMessage + " (" + location + ")");
  }

  /**
   * Adds an error for an unknown setting.
   *
   * @param similar the name of a similar setting, which the message suggests; empty if there is
   *     none
   */
  void addUnknown(String key, Optional<String> similar, String location) {
    add(key, "unknown setting" + suggestion(similar), location);
  }

  void warnOfUnknown(String name, Optional<String> similar) {
    warnings.add(printable(name) + ": unknown setting, ignored" + suggestion(similar));
  }

  /** Adds a warning for a setting with an unusual value, which may be intended. */
  void warn(String key, String remark) {
    warnings.add(printable(key) + ": " + remark);
  }

  private static String suggestion(Optional<String> similar) {
    return similar.map(text -> "; did you mean " + text + "?").orElse("");
  }

  /** Returns true if there is no error for a key, and no error for a key below it. */
  boolean isClean(String key) {
    return wrongKeys.stream()
        .noneMatch(
            wrong ->
                wrong.equals(key) || wrong.startsWith(key + '.') || wrong.startsWith(key + '['));
  }

  /** Returns the warnings. Each warning is one line. */
  public List<String> warnings() {
    return warnings;
  }

  /** Returns the errors. Each error is one line. */
  public List<String> errors() {
    return errors;
  }

  /**
   * Converts an untrusted name to one line of limited length. Replaces each character that is not
   * printable by a question mark.
   */
  static String printable(String name) {
    StringBuilder text = new StringBuilder();
    name.codePoints()
        .limit(MAX_NAME)
        .forEach(c -> text.appendCodePoint(Text.isPrintable(c) ? c : '?'));
    return text.toString();
  }
}
