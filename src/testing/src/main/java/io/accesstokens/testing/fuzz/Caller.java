package io.accesstokens.testing.fuzz;

import java.util.List;

/**
 * An identity for requests.
 *
 * @param name used in findings and statistics
 * @param headers the lines with the credential
 * @param weight the relative frequency with which it is chosen
 * @param endsSessions false if its session must outlive the run, so that it never signs out
 */
record Caller(String name, List<String> headers, int weight, boolean endsSessions) {

  static Caller of(String name, int weight, String... headers) {
    return new Caller(name, List.of(headers), weight, true);
  }

  /** Omits the credential. */
  @Override
  public String toString() {
    return name;
  }
}
