package io.accesstokens.app.metrics;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogMonitor;
import io.accesstokens.transparency.LogSequencer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogMetricsTest {

  @Test
  void seriesExistAndHaveTheStateOfTheLastRefresh() throws IOException {
    InMemoryTokenStore tokens = new InMemoryTokenStore();
    String origin = tokens.log().open("example.com/log");
    LogKeys keys =
        LogKeys.open(
            tokens.log(),
            KeySeal.random(new SecureRandom()),
            origin,
            Clock.systemUTC(),
            new SecureRandom());
    LogMonitor monitor =
        new LogMonitor(
            tokens.log(), LogSequencer.of(tokens.log(), keys, origin), Clock.systemUTC());
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

  private static void expect(ServerMetrics metrics, String line) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    metrics.write(bytes, ServerMetrics.TEXT);
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains(line + "\n"), () -> "expected " + line + ", saw " + text);
  }
}
