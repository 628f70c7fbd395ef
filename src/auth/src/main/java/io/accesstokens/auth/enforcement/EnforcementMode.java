package io.accesstokens.auth.enforcement;

import io.accesstokens.auth.MissingPermissionListener;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Determines how strictly a resource method enforces its required scopes. In all modes, the {@link
 * MissingPermissionListener} is called for a caller that lacks a scope, and a request without an
 * authenticated caller gets 401.
 */
public enum EnforcementMode {

  /** Serves the request normally, and only calls the listener. */
  MONITOR,

  /**
   * Serves the request, and adds the header {@value #WARNING_HEADER} to the response: {@code
   * missing="catalog:read catalog:write"}.
   */
  WARN,

  /** Denies the request with 403. */
  ENFORCE;

  /** The name of the response header that lists the missing scopes in mode {@link #WARN}. */
  public static final String WARNING_HEADER = "X-Scope-Warning";

  /**
   * Parses the name of a mode in a setting, in upper or lower case.
   *
   * @throws IllegalArgumentException if no mode has this name; the message lists all modes
   */
  public static EnforcementMode parse(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(mode -> mode.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a mode must be one of "
                        + Arrays.stream(values())
                            .map(EnforcementMode::toString)
                            .collect(Collectors.joining(", "))));
  }

  /** Returns the name of this mode in lower case, as in settings and logs. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
