package io.accesstokens.app.metrics;

import io.accesstokens.transparency.LogMonitor;
import io.accesstokens.transparency.LogSequencer.Failure;
import io.accesstokens.transparency.LogStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Publishes the state of the transparency log. A scrape reads only the result of the last refresh,
 * and never accesses the store.
 */
public final class LogMetrics {

  private final LogMonitor monitor;
  private final ServerMetrics metrics;

  private LogMetrics(LogMonitor monitor, ServerMetrics metrics) {
    this.monitor = monitor;
    this.metrics = metrics;
  }

  /**
   * Creates the time series of the log. Their values are NaN or 0 until the first refresh of the
   * monitor.
   */
  public static LogMetrics create(LogMonitor monitor, ServerMetrics metrics) {
    LogMetrics log = new LogMetrics(monitor, metrics);
    metrics.gauge(
        "access.tokens.log.entries",
        "Entries of the transparency log",
        log,
        own -> own.value(LogStatus::size, Double.NaN));
    metrics.gauge(
        "access.tokens.log.first.index",
        "Index of the first entry of the transparency log that was not archived",
        log,
        own -> own.value(LogStatus::firstIndex, Double.NaN));
    metrics.gauge(
        "access.tokens.log.damaged",
        "1 if the stored log is damaged: it contradicts a signed checkpoint, so that nothing is"
            + " appended, or it does not record an archive",
        monitor,
        own -> own.isDamaged() ? 1 : 0);
    metrics.queue(
        "log",
        () -> (int) log.value(status -> status.backlog().events(), 0),
        () -> monitor.last().map(LogStatus::lag).orElse(Duration.ZERO));
    for (Failure kind : Failure.values()) {
      FunctionCounter.builder("access.tokens.log.failures", monitor, own -> own.failures(kind))
          .description("Failed runs of the thread that appends to the transparency log")
          .tag("reason", VerificationMetrics.label(kind))
          .register(metrics.registry());
    }
    return log;
  }

  /**
   * Publishes the numbers of succeeded and failed calls that send checkpoints to a kind of
   * receiver.
   *
   * @param receiver the value of the label {@code receiver}
   */
  public void calls(String receiver, LongSupplier succeeded, LongSupplier failed) {
    // The counter has only a weak reference to its object. Therefore the object is the registry,
    // which lives as long as the counter.
    MeterRegistry registry = metrics.registry();
    Map.of("succeeded", succeeded, "failed", failed)
        .forEach(
            (outcome, count) ->
                FunctionCounter.builder(
                        "access.tokens.log.publications", registry, any -> count.getAsLong())
                    .description("Checkpoints that were sent to receivers")
                    .tag("receiver", receiver)
                    .tag("outcome", outcome)
                    .register(registry));
  }

  /**
   * Publishes the number of witnesses that have seen another history of the log.
   *
   * @param forks returns the number as it was last read
   */
  public void forks(IntSupplier forks) {
    ServerMetrics.gauge(
            "access.tokens.log.forks",
            "Witnesses that have seen another history of the transparency log",
            forks::getAsInt)
        .register(metrics.registry());
  }

  /**
   * Publishes the lag of the slowest witness: how long it has cosigned no new entries although the
   * log has grown.
   *
   * @param lag returns the lag
   */
  public void witnessLag(Supplier<Duration> lag) {
    ServerMetrics.gauge(
            "access.tokens.log.witness.lag",
            "Longest time for which a witness has cosigned no further entries of a growing log",
            () -> lag.get().toMillis() / 1_000.0)
        .baseUnit("seconds")
        .register(metrics.registry());
  }

  private double value(ToDoubleFunction<LogStatus> value, double unknown) {
    return monitor.last().map(value::applyAsDouble).orElse(unknown);
  }
}
