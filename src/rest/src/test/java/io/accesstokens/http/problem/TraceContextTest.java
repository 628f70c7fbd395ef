package io.accesstokens.http.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TraceContextTest {

  @Test
  void scopeRestoresTheIdBefore() {
    try (TraceContext.Scope outer = TraceContext.open("a")) {
      try (TraceContext.Scope inner = TraceContext.open("b")) {
        assertEquals("b", TraceContext.currentId());
      }
      try (TraceContext.Scope none = TraceContext.open(null)) {
        assertNull(TraceContext.currentId());
      }
      assertEquals("a", TraceContext.currentId());
    }
    assertNull(TraceContext.currentId());
  }

  @Test
  void carriedActionHasTheIdAndLeavesNoneInAPooledThread() throws Exception {
    List<String> seen = new ArrayList<>();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (TraceContext.Scope scope = TraceContext.open("a")) {
      pool.submit(TraceContext.carry(() -> seen.add(String.valueOf(TraceContext.currentId()))))
          .get();
      pool.submit(() -> seen.add(String.valueOf(TraceContext.currentId()))).get();
      Runnable failing =
          TraceContext.carry(
              () -> {
                throw new IllegalStateException("expected");
              });
      pool.submit(failing);
      pool.submit(() -> seen.add(String.valueOf(TraceContext.currentId()))).get();
    } finally {
      pool.shutdown();
      assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS), "the pool did not end");
    }
    assertEquals(List.of("a", "null", "null"), seen);
  }

  @Test
  void problemHasTheIdOfItsThread() {
    try (TraceContext.Scope scope = TraceContext.open("4bf92f3577b34da6a3ce929d0e0e4736")) {
      String json = new String(Problem.ofStatus(404).toJson(), StandardCharsets.UTF_8);
      assertTrue(json.endsWith(",\"traceId\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}"), json);
    }
    String json = new String(Problem.ofStatus(404).toJson(), StandardCharsets.UTF_8);
    assertFalse(json.contains("traceId"), json);
  }
}
