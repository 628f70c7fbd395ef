package io.accesstokens.testing.fuzz;

import java.util.List;

/**
 * An identity that requests are sent with.
 *
 * @param name for findings and statistics
 * @param headers the lines that carry the credential
 * @param weight how often it is chosen, compared with the others
 * @param endsSessions false if its session must outlive the run, so that it never signs out
 */
record Caller(String name, List<String> headers, int weight, boolean endsSessions) {

  static Caller of(String name, int weight, String... headers) {
    return new Caller(name, List.of(headers), weight, true);
  }

  /** Without the credential. */
  @Override
  public String toString() {
    return name;
  }
}
