package io.accesstokens.app.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.metrics.ManagementPort;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.SettingsLoader;
import io.accesstokens.auth.AccessTokensFeature;
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

/** Tests how many requests without a credential are served at the same time. */
class MetricsServletTest {

  private static final HttpServletRequest MANAGEMENT = request(ManagementPort.ATTRIBUTE, true);

  private static final HttpServletRequest READER =
      request(AccessTokensFeature.CLIENT_ADDRESS, "192.0.2.1");

  @TempDir Path directory;

  /** Further clients must not occupy the threads that respond to health checks. */
  @Test
  void furtherScrapesAreRefused() throws Exception {
    CountDownLatch begun = new CountDownLatch(2 * MetricsServlet.MAX_SCRAPES);
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
          new SettingsLoader(
                  Map.of("accessTokens.metrics.allowedAddresses[0]", "192.0.2.1"),
                  Map.of(),
                  Map.of(),
                  directory)
              .load(),
          metrics);
      List<Future<List<String>>> scrapes = new ArrayList<>();
      for (HttpServletRequest request : List.of(MANAGEMENT, READER)) {
        for (int i = 0; i < MetricsServlet.MAX_SCRAPES; i++) {
          scrapes.add(threads.submit(() -> scrape(servlet, request)));
        }
      }
      assertTrue(begun.await(1, TimeUnit.MINUTES), "the scrapes of both kinds have begun");
      for (HttpServletRequest request : List.of(MANAGEMENT, READER)) {
        List<String> refused =
            threads.submit(() -> scrape(servlet, request)).get(1, TimeUnit.MINUTES);
        assertTrue(
            refused.containsAll(List.of("setStatus 503", "setHeader Retry-After")),
            () -> "" + refused);
      }
      value.complete(1.0);
      for (Future<List<String>> scrape : scrapes) {
        assertEquals(
            List.of(
                "setContentType text/plain; version=0.0.4; charset=utf-8",
                "setHeader Cache-Control"),
            scrape.get(1, TimeUnit.MINUTES));
      }
      assertEquals(2, scrape(servlet, MANAGEMENT).size(), "after the end of the others");
    } finally {
      value.complete(1.0);
      threads.shutdownNow();
    }
  }

  private static HttpServletRequest request(String attribute, Object value) {
    return TestDouble.of(
        HttpServletRequest.class,
        call ->
            switch (call.name()) {
              case "getMethod" -> "GET";
              case "getHeaders" -> Collections.emptyEnumeration();
              case "getAttribute" -> attribute.equals(call.argument(0)) ? value : null;
              default -> throw new AssertionError(call);
            });
  }

  /** Returns the calls that set the status and the header fields of the response. */
  private static List<String> scrape(MetricsServlet servlet, HttpServletRequest request)
      throws Exception {
    List<String> calls = new ArrayList<>();
    servlet.service(
        request,
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
