package io.accesstokens.app.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.metrics.ManagementPort;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.SettingsLoader;
import io.accesstokens.testing.TestDouble;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests how many requests of the management port are served at the same time. */
class MetricsServletTest {

  private static final HttpServletRequest REQUEST =
      TestDouble.of(
          HttpServletRequest.class,
          call ->
              switch (call.name()) {
                case "getMethod" -> "GET";
                case "getHeaders" -> Collections.emptyEnumeration();
                case "getAttribute" -> ManagementPort.ATTRIBUTE.equals(call.argument(0));
                default -> throw new AssertionError(call);
              });

  @TempDir Path directory;

  /** Further clients must not occupy the threads that respond to health checks. */
  @Test
  void furtherScrapesAreRefused() throws Exception {
    CountDownLatch begun = new CountDownLatch(MetricsServlet.MAX_SCRAPES);
    CompletableFuture<Double> value = new CompletableFuture<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServerMetrics metrics = new ServerMetrics("1")) {
      metrics.gauge(
          "slow",
          "a slow gauge",
          begun,
          latch -> {
            latch.countDown();
            return value.join();
          });
      MetricsServlet servlet = new MetricsServlet();
      servlet.configure(
          new SettingsLoader(Map.of(), Map.of(), Map.of(), directory).load(), metrics);
      List<Future<List<String>>> scrapes = new ArrayList<>();
      for (int i = 0; i < MetricsServlet.MAX_SCRAPES; i++) {
        scrapes.add(threads.submit(() -> scrape(servlet)));
      }
      assertTrue(begun.await(1, TimeUnit.MINUTES), "all scrapes have begun");
      List<String> refused = threads.submit(() -> scrape(servlet)).get(1, TimeUnit.MINUTES);
      assertTrue(
          refused.containsAll(List.of("setStatus 503", "setHeader Retry-After")),
          () -> "" + refused);
      value.complete(1.0);
      for (Future<List<String>> scrape : scrapes) {
        assertEquals(
            List.of(
                "setContentType text/plain; version=0.0.4; charset=utf-8",
                "setHeader Cache-Control"),
            scrape.get(1, TimeUnit.MINUTES));
      }
      assertEquals(2, scrape(servlet).size(), "after the end of the others");
    } finally {
      value.complete(1.0);
      threads.shutdownNow();
    }
  }

  /** Returns the calls that set the status and the header fields of the response. */
  private static List<String> scrape(MetricsServlet servlet) throws Exception {
    List<String> calls = new ArrayList<>();
    servlet.service(
        REQUEST,
        TestDouble.of(
            HttpServletResponse.class,
            call -> {
              if (call.name().equals("getOutputStream")) {
                return new Discarded();
              }
              calls.add(call.name() + " " + call.argument(0));
              return null;
            }));
    return calls;
  }

  private static final class Discarded extends ServletOutputStream {
    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new AssertionError();
    }

    @Override
    public void write(int b) {}
  }
}
