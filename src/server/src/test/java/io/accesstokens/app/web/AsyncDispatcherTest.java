package io.accesstokens.app.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests when a suspended request is dispatched, with a context that behaves like Payara's. */
class AsyncDispatcherTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger dispatches = new AtomicInteger();
  private volatile boolean returned;
  private volatile boolean stopping;

  private final AsyncContext context =
      (AsyncContext)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {AsyncContext.class},
              (proxy, method, arguments) -> {
                switch (method.getName()) {
                  case "setTimeout" -> {
                    attempts.incrementAndGet();
                    if (returned) {
                      throw new IllegalStateException("the thread has returned");
                    }
                  }
                  case "dispatch" -> {
                    if (stopping) {
                      throw new UnsupportedOperationException("no dispatcher");
                    }
                    dispatches.incrementAndGet();
                  }
                  default -> throw new AssertionError(method);
                }
                return null;
              });

  @Test
  void otherThreadWaitsUntilSuspenderHasReturned() throws Exception {
    AsyncDispatcher dispatcher = new AsyncDispatcher(context, true);
    CompletableFuture<Boolean> dispatched = CompletableFuture.supplyAsync(dispatcher::dispatch);
    Awaitility.await().atMost(TIMEOUT).until(() -> attempts.get() > 3);
    assertEquals(0, dispatches.get(), "dispatches before the suspending thread has returned");
    returned = true;
    assertTrue(dispatched.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS), "was not dispatched");
    assertEquals(1, dispatches.get(), "dispatches");
  }

  @Test
  void suspenderDispatchesImmediately() {
    assertTrue(new AsyncDispatcher(context, true).dispatch(), "was not dispatched");
    assertEquals(0, attempts.get(), "attempts to set the timeout");
    assertEquals(1, dispatches.get(), "dispatches");
  }

  @Test
  void otherContainersDispatchImmediately() throws Exception {
    AsyncDispatcher dispatcher = new AsyncDispatcher(context);
    assertTrue(
        CompletableFuture.supplyAsync(dispatcher::dispatch)
            .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS),
        "was not dispatched");
    assertEquals(0, attempts.get(), "attempts to set the timeout");
  }

  @Test
  void stoppingContainerDispatchesNothing() {
    stopping = true;
    assertFalse(new AsyncDispatcher(context).dispatch(), "was dispatched");
  }
}
