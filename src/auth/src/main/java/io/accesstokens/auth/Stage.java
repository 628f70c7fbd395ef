package io.accesstokens.auth;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The strictness with which a resource method enforces the scopes that it requires. In all stages,
 * the {@link DenialListener} is called for a caller that lacks a scope. In all stages, a request
 * without an authenticated caller gets 401.
 */
public enum Stage {

  /** Only calls the listener. The caller gets the normal response. */
  MONITOR,

  /**
   * Serves the request, and adds the header {@value #WARNING_HEADER} to the response: {@code
   * missing="catalog:read catalog:write"}.
   */
  WARN,

  /** Denies the request with 403. */
  ENFORCE;

  /** The header that lists the missing scopes, in stage {@link #WARN}. */
  public static final String WARNING_HEADER = "X-Scope-Warning";

  /**
   * Parses a stage from a setting: its name, in any case.
   *
   * @throws IllegalArgumentException if there is no such stage; the message lists all stages
   */
  public static Stage parse(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(stage -> stage.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a stage must be one of "
                        + Arrays.stream(values())
                            .map(Stage::toString)
                            .collect(Collectors.joining(", "))));
  }

  /** Returns the name in lower case, as in settings and logs. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
