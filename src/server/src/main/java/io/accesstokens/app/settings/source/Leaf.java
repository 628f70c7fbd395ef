package io.accesstokens.app.settings.source;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The type of a setting that is a single value.
 *
 * @param type {@code int}, {@code boolean}, {@code String}, {@code URI}, {@code Path}, {@link
 *     Secret}, or an enum
 * @param setting the bounds and the default of the setting; null if there are no bounds and no
 *     default
 * @param mandatory true if a setting without a default must be present
 */
public record Leaf(Class<?> type, @Nullable Setting setting, boolean mandatory) {

  /** Returns the default as text; null if there is no default. */
  public @Nullable String defaultValue() {
    return setting == null || setting.byDefault().isEmpty() ? null : setting.byDefault();
  }

  /** Returns true if the setting has no default and must be present. */
  boolean isRequired() {
    return mandatory && defaultValue() == null;
  }

  /**
   * Returns true if this is a list that must not be empty, or an element of that list. See {@link
   * Setting#absentMeansAll}.
   */
  boolean absentMeansAll() {
    return setting != null && setting.absentMeansAll();
  }

  /**
   * Returns the default, converted to the type of the setting.
   *
   * @throws NullPointerException if there is no default
   */
  Object defaultOrThrow() {
    return parse(Objects.requireNonNull(defaultValue(), "a default"));
  }

  /**
   * Converts a text to the type of the setting.
   *
   * @throws IllegalArgumentException if the text is invalid; the message contains the rule, but not
   *     the text
   */
  Object parse(String text) {
    if (type == int.class) {
      return wholeNumber(text);
    }
    if (type == boolean.class) {
      return oneOf(text.strip().toLowerCase(Locale.ROOT), true, false);
    }
    if (type.isEnum()) {
      return oneOf(text, type.getEnumConstants());
    }
    try {
      if (type == URI.class) {
        return new URI(text);
      }
      if (type == Path.class) {
        return Path.of(text);
      }
    } catch (URISyntaxException | InvalidPathException e) {
      throw new IllegalArgumentException(type == URI.class ? "must be a URL" : "must be a path", e);
    }
    return type == Secret.class ? Secret.of(text) : text;
  }

  private int wholeNumber(String text) {
    int min = setting == null ? Integer.MIN_VALUE : setting.min();
    int max = setting == null ? Integer.MAX_VALUE : setting.max();
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The error is the same as for a number out of bounds.
    }
    throw new IllegalArgumentException("must be a whole number from " + min + " to " + max);
  }

  /**
   * Returns the value with a name: a boolean, or an enum constant, for example {@code SERVE_CACHED}
   * for the name {@code serve-cached}. A constant that implements {@link SettingName} defines its
   * name itself.
   *
   * @throws IllegalArgumentException if no value has the name
   */
  private static Object oneOf(String name, Object... values) {
    for (Object value : values) {
      if (nameOf(value).equals(name)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        Arrays.stream(values)
            .map(Leaf::nameOf)
            .collect(Collectors.joining(" or ", "must be ", "")));
  }

  private static String nameOf(Object value) {
    return value instanceof SettingName named
        ? named.settingName()
        : value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
