package io.accesstokens.testing.fuzz;

import java.util.List;

/**
 * A caller of the API.
 *
 * @param name the name of the caller in findings and statistics
 * @param headers the header lines that contain the credential
 * @param weight how often this caller is chosen, relative to the other callers
 * @param endsSessions false if the caller must not send requests that can end a session
 */
record Caller(String name, List<String> headers, int weight, boolean endsSessions) {

  static Caller of(String name, int weight, String... headers) {
    return new Caller(name, List.of(headers), weight, true);
  }

  /** Returns the name of the caller, without the credential. */
  @Override
  public String toString() {
    return name;
  }
}
