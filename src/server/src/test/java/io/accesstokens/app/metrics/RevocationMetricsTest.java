package io.accesstokens.app.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.revocation.RevocationBarrier;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RevocationMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RevocationMetrics metrics = new RevocationMetrics(registry);

  private long count() {
    return registry.get("access.tokens.revocation.wait").timer().count();
  }

  @Test
  void waitIsTimedUntilItsEnd() {
    RevocationBarrier.WaitStrategy strategy = metrics.timing(end -> {});
    CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    assertEquals(Duration.ZERO, metrics.longestWait());
    strategy.until(end);
    assertEquals(1, metrics.waits());
    assertTrue(metrics.longestWait().toNanos() > 0, "the age of the wait");
    assertEquals(0, count());
    end.complete(null);
    assertEquals(0, metrics.waits());
    assertEquals(1, count());
  }

  @Test
  void waitBeforeACheckedResponseIsTimed() {
    CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    end.complete(null);
    List<String> sent = new ArrayList<>();
    metrics
        .timing(RevocationBarrier.WaitStrategy.IN_THREAD)
        .until(
            end,
            send -> {
              send.run();
              sent.add("sent");
            });
    assertEquals(List.of("sent"), sent);
    assertEquals(1, count());
  }

  @Test
  void failedWaitEndsToo() {
    RevocationBarrier.WaitStrategy strategy =
        metrics.timing(RevocationBarrier.WaitStrategy.IN_THREAD);
    CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    end.completeExceptionally(new IllegalStateException("closed"));
    assertThrows(IllegalStateException.class, () -> strategy.until(end));
    assertEquals(0, metrics.waits());
    assertEquals(1, count());
  }
}
