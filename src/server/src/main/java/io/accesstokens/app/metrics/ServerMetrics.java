package io.accesstokens.app.metrics;

import io.accesstokens.auth.header.HeaderElement;
import io.accesstokens.transparency.stream.LogStream;
import io.accesstokens.verify.Lease;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The metrics of this process. Thread-safe. */
public final class ServerMetrics implements AutoCloseable {

  /** The media type of the Prometheus text format. */
  public static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  /** The media type of the OpenMetrics text format. */
  public static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private static final String OPEN_METRICS_TYPE = "application/openmetrics-text";

  private static final String TEXT_TYPE = "text/plain";

  private static final double NANOS = 1e9;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(
          PrometheusConfig.DEFAULT, new PrometheusRegistry(), new MeterClock(Clock.SYSTEM));
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final VerificationMetrics verifications;
  private final EventMetrics events;
  private final HttpMetrics http;
  private final RevocationMetrics revocations;

  /**
   * Creates the metrics, and all time series whose labels are known at startup.
   *
   * @param version the version of this application
   */
  public ServerMetrics(String version) {
    // The unit of this metric is nanoseconds, and process_cpu_usage has the same information.
    registry.config().meterFilter(MeterFilter.deny(ServerMetrics::isCpuTime));
    registry.config().meterFilter(new CpuCountFilter());
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new JvmInfoMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    gauge("access.tokens.build", "The version of this process, always 1", () -> 1)
        .tag("version", version)
        .register(registry);
    verifications = new VerificationMetrics(registry);
    events = new EventMetrics(registry);
    http = new HttpMetrics(registry);
    revocations = new RevocationMetrics(registry);
    queue("revocations", revocations::waits, revocations::longestWait);
  }

  private static boolean isCpuTime(Meter.Id id) {
    return id.getName().equals("process.cpu.time");
  }

  /**
   * Renames the gauge {@code system.cpu.count}. In the Prometheus format, the suffix {@code _count}
   * is reserved for the number of samples of a histogram or summary.
   */
  private static final class CpuCountFilter implements MeterFilter {
    @Override
    public Meter.Id map(Meter.Id id) {
      return id.getName().equals("system.cpu.count") ? id.withName("system.cpus") : id;
    }
  }

  static Gauge.Builder<Supplier<Number>> gauge(
      String name, String description, Supplier<Number> value) {
    return Gauge.builder(name, value).description(description);
  }

  /** Returns the registry to which libraries add their metrics. */
  public MeterRegistry registry() {
    return registry;
  }

  public VerificationMetrics verifications() {
    return verifications;
  }

  public EventMetrics events() {
    return events;
  }

  public HttpMetrics http() {
    return http;
  }

  public RevocationMetrics revocations() {
    return revocations;
  }

  /**
   * Publishes the length of a queue and the age of its oldest entry.
   *
   * @param name the value of the label {@code queue}
   */
  public void queue(String name, IntSupplier length, Supplier<Duration> age) {
    gauge("access.tokens.queue.entries", "Entries in a queue", length::getAsInt)
        .tag("queue", name)
        .register(registry);
    gauge(
            "access.tokens.queue.age",
            "Age of the oldest entry of a queue",
            () -> age.get().toNanos() / NANOS)
        .tag("queue", name)
        .baseUnit("seconds")
        .register(registry);
  }

  /**
   * Publishes the lag of a target of the audit stream, the number of sent events, and the number of
   * failed attempts.
   *
   * @param target the value of the label {@code target}
   */
  public void stream(LogStream stream, String target) {
    gauge(
            "access.tokens.audit.stream.lag.entries",
            "Audit events that a target has not accepted yet",
            () -> stream.lag(target).entries())
        .tag("target", target)
        .register(registry);
    gauge(
            "access.tokens.audit.stream.lag",
            "Age of the oldest audit event that a target has not accepted yet",
            () -> stream.lag(target).age().toNanos() / NANOS)
        .tag("target", target)
        .baseUnit("seconds")
        .register(registry);
    FunctionCounter.builder(
            "access.tokens.audit.stream.sent", stream, same -> same.sentEntries(target))
        .description("Audit events that this process has sent to a target")
        .tag("target", target)
        .register(registry);
    FunctionCounter.builder(
            "access.tokens.audit.stream.failures", stream, same -> same.failures(target))
        .description("Failed attempts of this process to send audit events to a target")
        .tag("target", target)
        .register(registry);
  }

  /**
   * Publishes the length and the remaining time of the lease, and the longest wait of a revocation.
   *
   * @param durations the length of the lease and the longest wait; empty if the lease never ends,
   *     because revocations then do not wait
   * @param remaining returns the remaining time; empty if the lease never ends
   */
  public void lease(Optional<Lease.Durations> durations, Supplier<Optional<Duration>> remaining) {
    gauge(
            "access.tokens.lease.length",
            "Length of the lease that a read of the change feed grants",
            () -> seconds(durations.map(Lease.Durations::length)))
        .baseUnit("seconds")
        .register(registry);
    gauge(
            "access.tokens.lease.remaining",
            "Time for which cached verdicts may be used without a read of the change feed",
            () -> seconds(remaining.get()))
        .baseUnit("seconds")
        .register(registry);
    Duration longestWait = durations.map(Lease.Durations::untilFinal).orElse(Duration.ZERO);
    gauge(
            "access.tokens.revocation.wait.limit",
            "Longest expected time from the commit of a revocation until it is final",
            () -> longestWait.toNanos() / NANOS)
        .baseUnit("seconds")
        .register(registry);
  }

  private static double seconds(Optional<Duration> time) {
    return time.map(known -> known.toNanos() / NANOS).orElse(Double.POSITIVE_INFINITY);
  }

  /**
   * Publishes the instant at which the TLS certificate of this server expires.
   *
   * @param expiry returns the instant; empty if this server uses no certificate. The supplier is
   *     called for each scrape
   */
  public void certificate(Supplier<Optional<Instant>> expiry) {
    gauge(
            "access.tokens.tls.certificate.expiry.timestamp",
            "Instant at which the TLS certificate expires, in seconds since 1970;"
                + " +Inf without TLS",
            () ->
                expiry
                    .get()
                    .map(instant -> (double) instant.getEpochSecond())
                    .orElse(Double.POSITIVE_INFINITY))
        .baseUnit("seconds")
        .register(registry);
  }

  /**
   * Publishes the state of a file that the service reads again after each change: 1 if the changed
   * file has errors, otherwise 0.
   *
   * @param setting the value of the label {@code setting}: the full name of the setting that names
   *     the file
   * @param isUsable called for each scrape; returns false if the changed file has errors. The last
   *     valid content is then still in use
   */
  public void file(String setting, BooleanSupplier isUsable) {
    gauge(
            "access.tokens.file.unusable",
            "1 if a changed file cannot be used, so that its former content stays in use",
            () -> isUsable.getAsBoolean() ? 0 : 1)
        .tag("setting", setting)
        .register(registry);
  }

  /** Publishes a gauge without labels. */
  public <T> void gauge(String name, String description, T source, ToDoubleFunction<T> value) {
    Gauge.builder(name, source, value)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /**
   * Returns the media type of the response to a request. Returns {@link #OPEN_METRICS} only if the
   * client names this format with a quality above zero. This quality must not be below the quality
   * of {@code text/plain} (RFC 9110, section 12.5.1).
   *
   * @param accept the values of the header {@code Accept}, one for each header line
   */
  public static String mediaType(List<String> accept) {
    double openMetrics = 0;
    double text = 0;
    for (HeaderElement range : HeaderElement.list(accept)) {
      if (range.name().equals(OPEN_METRICS_TYPE)) {
        openMetrics = Math.max(openMetrics, range.quality());
      } else if (range.name().equals(TEXT_TYPE)) {
        text = Math.max(text, range.quality());
      }
    }
    return openMetrics > 0 && openMetrics >= text ? OPEN_METRICS : TEXT;
  }

  /**
   * Writes all metrics.
   *
   * @param mediaType {@link #TEXT} or {@link #OPEN_METRICS}
   */
  public void write(OutputStream to, String mediaType) throws IOException {
    registry.config().clock().monotonicTime(); // ends the time windows that are over
    registry.scrape(to, mediaType);
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
