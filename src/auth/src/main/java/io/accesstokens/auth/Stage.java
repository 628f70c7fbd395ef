package io.accesstokens.auth;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How far a route holds its callers to the scopes that it requires. All stages tell the {@link
 * DenialListener} of a caller that lacks one, and no stage lets a request in that nobody
 * authenticated.
 */
public enum Stage {

  /** Only that: the caller notices nothing. */
  MONITOR,

  /**
   * The request is served, and the answer carries {@value #WARNING_HEADER}: {@code
   * missing="catalog:read catalog:write"}.
   */
  WARN,

  /** The request is answered 403. */
  ENFORCE;

  /** The header that names the missing scopes, in {@link #WARN}. */
  public static final String WARNING_HEADER = "X-Scope-Warning";

  /**
   * Reads a stage from a setting: its name, in any case.
   *
   * @throws IllegalArgumentException if it is none; the message lists those that there are
   */
  public static Stage parse(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(stage -> stage.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a stage is one of "
                        + Arrays.stream(values())
                            .map(Stage::toString)
                            .collect(Collectors.joining(", "))));
  }

  /** The name in lower case, as settings and logs spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
