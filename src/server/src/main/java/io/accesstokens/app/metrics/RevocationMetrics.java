package io.accesstokens.app.metrics;

import io.accesstokens.token.revocation.RevocationBarrier;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures the time from the commit of each revocation until the revocation is final, see {@link
 * RevocationBarrier}. Thread-safe.
 */
public final class RevocationMetrics {

  private final Clock clock;
  private final Timer duration;

  /** Maps each wait that has not ended to its start, in nanoseconds of the monotonic clock. */
  private final Map<Object, Long> waits = new ConcurrentHashMap<>();

  RevocationMetrics(MeterRegistry registry) {
    clock = registry.config().clock();
    duration =
        Timer.builder("access.tokens.revocation.wait")
            .description("Time from the commit of a revocation until it is final")
            .serviceLevelObjectives(
                Duration.ofMillis(100),
                Duration.ofMillis(600),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60))
            .register(registry);
  }

  /** Returns a wait strategy that measures the duration of each wait. */
  public RevocationBarrier.WaitStrategy timing(RevocationBarrier.WaitStrategy strategy) {
    return new RevocationBarrier.WaitStrategy() {
      @Override
      public void until(CompletionStage<@Nullable Void> end) {
        startTimer(end);
        strategy.until(end);
      }

      @Override
      public void until(CompletionStage<@Nullable Void> end, Consumer<Runnable> sender) {
        startTimer(end);
        strategy.until(end, sender);
      }
    };
  }

  private void startTimer(CompletionStage<@Nullable Void> end) {
    long begun = clock.monotonicTime();
    Object wait = new Object();
    waits.put(wait, begun);
    var unused =
        end.whenComplete(
            (done, failure) -> {
              waits.remove(wait);
              duration.record(clock.monotonicTime() - begun, TimeUnit.NANOSECONDS);
            });
  }

  int waits() {
    return waits.size();
  }

  Duration longestWait() {
    long now = clock.monotonicTime();
    return waits.values().stream()
        .map(begun -> Duration.ofNanos(now - begun))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }
}
