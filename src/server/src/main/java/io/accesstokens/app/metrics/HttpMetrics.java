package io.accesstokens.app.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Measures the duration of HTTP requests, by route, method and status. The label {@code uri} is the
 * template of a route and never the path of a request. Thread-safe.
 */
public final class HttpMetrics {

  /** The value of the label {@code uri} for all paths that belong to no route. */
  public static final String UNKNOWN = "unknown";

  private static final String OTHER = "OTHER";

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private static final int MIN_STATUS = 100;
  private static final int MAX_STATUS = 599;

  private record Key(String uri, String method, int status) {}

  private final MeterRegistry registry;
  private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

  HttpMetrics(MeterRegistry registry) {
    this.registry = registry;
    series("/health/live", "GET", 200);
    series("/health/ready", "GET", 200);
    series("/metrics", "GET", 200);
    series(UNKNOWN, "GET", 404);
  }

  /**
   * Creates one time series for each method of each route of the API. The time series has the
   * lowest status that the OpenAPI description lists for the method.
   *
   * @param description the OpenAPI description
   * @param base the path of the API
   */
  public void createSeries(JsonObject description, String base) {
    description
        .getJsonObject("paths")
        .forEach((path, operations) -> createSeries(base + path, operations.asJsonObject()));
  }

  private void createSeries(String uri, JsonObject operations) {
    operations.forEach(
        (method, operation) ->
            statuses(operation).stream()
                .sorted()
                .findFirst()
                .ifPresent(
                    status ->
                        series(uri, method.toUpperCase(Locale.ROOT), Integer.parseInt(status))));
  }

  private static Set<String> statuses(JsonValue operation) {
    return operation.asJsonObject().getJsonObject("responses").keySet();
  }

  private Timer series(String uri, String method, int status) {
    Key key = new Key(uri, method, status);
    Timer known = timers.get(key); // unlike computeIfAbsent, takes no lock and creates no lambda
    return known != null ? known : timers.computeIfAbsent(key, this::timer);
  }

  private Timer timer(Key key) {
    return Timer.builder("http.server.requests")
        .description("Duration of HTTP requests")
        .tag("uri", key.uri())
        .tag("method", key.method())
        .tag("status", key.status() == 0 ? OTHER : String.valueOf(key.status()))
        .serviceLevelObjectives(
            Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1))
        .register(registry);
  }

  /** Returns the current value of the monotonic clock that measures requests, in nanoseconds. */
  public long nanoTime() {
    return registry.config().clock().monotonicTime();
  }

  /**
   * Records a request.
   *
   * @param uri the template of a route, or a constant for a group of paths, such as {@link
   *     #UNKNOWN}
   * @param method the method of the request, which can be any text
   * @param nanos the duration, measured with {@link #nanoTime}, in nanoseconds
   */
  public void record(String uri, String method, int status, long nanos) {
    series(
            uri,
            METHODS.contains(method) ? method : OTHER,
            status < MIN_STATUS || status > MAX_STATUS ? 0 : status)
        .record(nanos, TimeUnit.NANOSECONDS);
  }
}
