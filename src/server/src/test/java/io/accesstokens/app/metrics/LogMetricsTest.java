package io.accesstokens.app.metrics;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogMonitor;
import io.accesstokens.transparency.LogSequencer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LogMetricsTest {

  private final InMemoryTokenStore tokens = new InMemoryTokenStore();

  private LogMonitor monitor() {
    String origin = tokens.log().setOriginIfAbsent("example.com/log");
    LogKeys keys =
        LogKeys.open(
            tokens.log(),
            KeySeal.random(new SecureRandom()),
            origin,
            Clock.systemUTC(),
            new SecureRandom());
    return new LogMonitor(
        tokens.log(), LogSequencer.of(tokens.log(), keys, origin), Clock.systemUTC());
  }

  @Test
  void seriesExistAndHaveTheStateOfTheLastRefresh() throws IOException {
    LogMonitor monitor = monitor();
    try (ServerMetrics metrics = new ServerMetrics("1")) {
      LogMetrics.create(monitor, metrics);
      expect(metrics, "access_tokens_log_entries NaN");
      monitor.refresh();
      expect(metrics, "access_tokens_log_entries 0.0");
      expect(metrics, "access_tokens_log_damaged 0.0");
      expect(metrics, "access_tokens_queue_entries{queue=\"log\"} 0.0");
      expect(metrics, "access_tokens_queue_age_seconds{queue=\"log\"} 0.0");
      for (String reason : List.of("store", "damage", "error")) {
        expect(metrics, "access_tokens_log_failures_total{reason=\"" + reason + "\"} 0.0");
      }
    }
  }

  @Test
  void publicationsAreCountedAfterAGarbageCollection() throws IOException {
    AtomicLong succeeded = new AtomicLong();
    AtomicLong failed = new AtomicLong();
    try (ServerMetrics metrics = new ServerMetrics("1")) {
      LogMetrics.create(monitor(), metrics).calls("webhook", succeeded::get, failed::get);
      collectGarbage();
      succeeded.set(3);
      failed.set(2);
      String series =
          "access_tokens_log_publications_total{outcome=\"%s\",receiver=\"webhook\"} %s";
      expect(metrics, String.format(series, "succeeded", "3.0"));
      expect(metrics, String.format(series, "failed", "2.0"));
    }
  }

  /** Waits for a collection that clears weak references. */
  private static void collectGarbage() {
    WeakReference<Object> reference = new WeakReference<>(new Object());
    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return reference.get() == null;
            });
  }

  private static void expect(ServerMetrics metrics, String line) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    metrics.write(bytes, ServerMetrics.TEXT);
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains(line + "\n"), () -> "expected " + line + ", saw " + text);
  }
}
