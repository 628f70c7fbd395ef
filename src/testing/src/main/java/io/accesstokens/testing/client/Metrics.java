package io.accesstokens.testing.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The series of one response of {@code /metrics}, in the Prometheus text format.
 *
 * @param values the values, by series; a series is a name with its labels in alphabetical order
 */
public record Metrics(Map<String, Double> values) {

  public static final String PATH = "/metrics";

  public Metrics {
    values = Map.copyOf(values);
  }

  /** Reads the metrics with the credentials of a client. Fails if the status is not 200. */
  public static Metrics read(Api api) {
    return of(api.get(PATH).expect(200).text());
  }

  /** Parses a response. */
  public static Metrics of(String text) {
    Map<String, Double> values = new TreeMap<>();
    text.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .forEach(
            line -> {
              int end = line.lastIndexOf(' ');
              String number = line.substring(end + 1).replace("Inf", "Infinity");
              values.put(line.substring(0, end), Double.parseDouble(number));
            });
    return new Metrics(values);
  }

  /** Returns the value of a series. Fails if there is no such series. */
  public double value(String series) {
    Double value = values.get(series);
    if (value == null) {
      throw new AssertionError("no " + series + " in " + values.keySet());
    }
    return value;
  }

  /** Asserts the value of a series. */
  public Metrics expect(double expected, String series) {
    assertEquals(expected, value(series), series);
    return this;
  }

  /**
   * Returns the increase of each value since an earlier response. A series that the earlier
   * response does not contain began with 0.
   */
  public Metrics since(Metrics earlier) {
    Map<String, Double> increases = new TreeMap<>();
    values.forEach(
        (series, value) -> increases.put(series, value - earlier.values.getOrDefault(series, 0.0)));
    return new Metrics(increases);
  }

  /** Returns the names of all series, with their labels. */
  public Set<String> series() {
    return values.keySet();
  }
}
