package io.accesstokens.http.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TraceContextTest {

  @Test
  void scopeRestoresTheIdBefore() {
    TraceContext.Scope outer = TraceContext.open("a");
    TraceContext.Scope inner = TraceContext.open("b");
    assertEquals("b", TraceContext.currentId());
    inner.close();
    assertEquals("a", TraceContext.currentId());
    TraceContext.Scope none = TraceContext.open(null);
    assertNull(TraceContext.currentId());
    none.close();
    assertEquals("a", TraceContext.currentId());
    outer.close();
    assertNull(TraceContext.currentId());
  }

  @Test
  void carriedActionHasTheIdAndLeavesNoneInAPooledThread() throws Exception {
    List<String> seen = new ArrayList<>();
    Runnable record = () -> seen.add(String.valueOf(TraceContext.currentId()));
    TraceContext.Scope scope = TraceContext.open("a");
    Runnable carried = TraceContext.carry(record);
    Runnable failing =
        TraceContext.carry(
            () -> {
              throw new IllegalStateException("expected");
            });
    scope.close();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      pool.submit(carried).get();
      pool.submit(record).get();
      assertThrows(ExecutionException.class, () -> pool.submit(failing).get());
      pool.submit(record).get();
    } finally {
      pool.shutdown();
      assertTrue(pool.awaitTermination(60, TimeUnit.SECONDS), "the pool did not end");
    }
    assertEquals(List.of("a", "null", "null"), seen);
  }

  @Test
  void problemHasTheIdOfItsThread() {
    TraceContext.Scope scope = TraceContext.open("4bf92f3577b34da6a3ce929d0e0e4736");
    String json = new String(Problem.ofStatus(404).toJson(), StandardCharsets.UTF_8);
    scope.close();
    assertTrue(json.endsWith(",\"traceId\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}"), json);
    String outside = new String(Problem.ofStatus(404).toJson(), StandardCharsets.UTF_8);
    assertFalse(outside.contains("traceId"), outside);
  }
}
