package io.accesstokens.app.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HttpMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final HttpMetrics metrics = new HttpMetrics(registry);

  /** Returns the labels of all series. */
  private Set<String> series() {
    Set<String> series = new TreeSet<>();
    registry
        .find("http.server.requests")
        .timers()
        .forEach(
            timer ->
                series.add(
                    timer.getId().getTag("method")
                        + ' '
                        + timer.getId().getTag("uri")
                        + ' '
                        + timer.getId().getTag("status")));
    return series;
  }

  @Test
  void routesOfTheDescriptionHaveSeriesAtStart() {
    JsonObject description;
    try (JsonReader reader =
        Json.createReader(
            new StringReader(
                "{'paths':{'/t':{'get':{'responses':{'401':{},'200':{}}},".replace('\'', '"')
                    + "'post':{'responses':{'422':{},'201':{}}}}}}".replace('\'', '"')))) {
      description = reader.readObject();
    }
    metrics.createSeries(description, "/api");
    assertEquals(
        new TreeSet<>(
            Set.of(
                "GET /api/t 200",
                "POST /api/t 201",
                "GET /health/live 200",
                "GET /health/ready 200",
                "GET /metrics 200",
                "GET unknown 404")),
        series());
  }

  @Test
  void requestIsRecordedWithItsDuration() {
    metrics.record("/api/t/{id}", "GET", 200, 5_000_000);
    metrics.record("/api/t/{id}", "GET", 200, 7_000_000);
    assertEquals(
        12,
        registry
            .get("http.server.requests")
            .tags("uri", "/api/t/{id}", "method", "GET", "status", "200")
            .timer()
            .totalTime(TimeUnit.MILLISECONDS));
  }

  @Test
  void unusualMethodsAndStatusesShareOneValue() {
    int before = series().size();
    for (String method : Set.of("FOO", "TRACE", "get", "PROPFIND")) {
      metrics.record("/x", method, 405, 1);
    }
    metrics.record("/x", "GET", 0, 1);
    metrics.record("/x", "GET", 999, 1);
    Set<String> after = series();
    assertEquals(before + 2, after.size(), after::toString);
    assertEquals(
        true, after.contains("OTHER /x 405") && after.contains("GET /x OTHER"), "" + after);
  }
}
