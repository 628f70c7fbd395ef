package io.accesstokens.auth.enforcement;

import io.accesstokens.auth.DenialListener;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The strictness with which a resource method enforces the scopes that it requires. In all modes,
 * the {@link DenialListener} is called for a caller that lacks a scope. In all modes, a request
 * without an authenticated caller gets 401.
 */
public enum EnforcementMode {

  /** Only calls the listener. The caller gets the normal response. */
  MONITOR,

  /**
   * Serves the request, and adds the header {@value #WARNING_HEADER} to the response: {@code
   * missing="catalog:read catalog:write"}.
   */
  WARN,

  /** Denies the request with 403. */
  ENFORCE;

  /** The header that lists the missing scopes, in mode {@link #WARN}. */
  public static final String WARNING_HEADER = "X-Scope-Warning";

  /**
   * Parses a mode from a setting: its name, in any case.
   *
   * @throws IllegalArgumentException if there is no such mode; the message lists all modes
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

  /** Returns the name in lower case, as in settings and logs. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
