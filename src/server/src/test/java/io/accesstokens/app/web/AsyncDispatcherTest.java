package io.accesstokens.app.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TestDouble;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests which thread dispatches a suspended request, and when. */
class AsyncDispatcherTest {

  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final Duration SHORT = Duration.ofMillis(20);

  private final AtomicInteger attempts = new AtomicInteger();
  private final List<Thread> dispatches = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final Map<Object, Object> attributes = new ConcurrentHashMap<>();
  private final RequestTimer timer = new RequestTimer();
  private volatile boolean returned;
  private volatile boolean stopping;

  private final AsyncContext context =
      TestDouble.of(
          AsyncContext.class,
          call -> {
            switch (call.name()) {
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
                dispatches.add(Thread.currentThread());
              }
              case "start" -> ((Runnable) call.argument(0)).run();
              default -> throw new AssertionError(call);
            }
            return null;
          });

  private final ServletRequest request =
      TestDouble.of(
          ServletRequest.class,
          call ->
              switch (call.name()) {
                case "setAttribute" -> attributes.put(call.argument(0), call.argument(1));
                case "getAttribute" -> attributes.get(call.argument(0));
                default -> throw new AssertionError(call);
              });

  @AfterEach
  void stop() {
    timer.close();
  }

  private AsyncDispatcher onPayara(Duration maxWait, Duration maxDispatch) {
    return new AsyncDispatcher(
        context, request, refusals::incrementAndGet, timer, true, maxWait, maxDispatch);
  }

  private AsyncDispatcher onPayara() {
    return onPayara(TIMEOUT, TIMEOUT);
  }

  private AsyncDispatcher elsewhere() {
    return new AsyncDispatcher(context, request, refusals::incrementAndGet, timer);
  }

  private static void inOtherThread(Runnable call) throws Exception {
    CompletableFuture.runAsync(call).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void suspendingThreadDispatchesBeforeItReturns() throws Exception {
    AsyncDispatcher dispatcher = onPayara();
    inOtherThread(dispatcher::dispatch);
    assertEquals(List.of(), dispatches);
    dispatcher.completeSuspension();
    assertEquals(List.of(Thread.currentThread()), dispatches);
    assertEquals(0, attempts.get(), "attempts to set the timeout");
  }

  @Test
  void requestIsDispatchedOnlyOnDemand() {
    onPayara().completeSuspension();
    assertEquals(List.of(), dispatches);
  }

  @Test
  void otherThreadWaitsUntilSuspendingThreadHasReturned() throws Exception {
    AsyncDispatcher dispatcher = onPayara();
    dispatcher.completeSuspension();
    CompletableFuture<Void> dispatched = CompletableFuture.runAsync(dispatcher::dispatch);
    Awaitility.await().atMost(TIMEOUT).until(() -> attempts.get() > 3);
    assertEquals(List.of(), dispatches);
    returned = true;
    dispatched.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    assertEquals(1, dispatches.size(), "dispatches");
  }

  @Test
  void waitHasLimit() throws Exception {
    AsyncDispatcher dispatcher = onPayara(SHORT, TIMEOUT);
    dispatcher.completeSuspension();
    inOtherThread(dispatcher::dispatch);
    assertEquals(1, dispatches.size(), "dispatches");
  }

  @Test
  void otherContainersNeedNoWait() throws Exception {
    AsyncDispatcher dispatcher = elsewhere();
    dispatcher.completeSuspension();
    inOtherThread(dispatcher::dispatch);
    assertEquals(1, dispatches.size(), "dispatches");
    assertEquals(0, attempts.get(), "attempts to set the timeout");
    assertTrue(AsyncDispatcher.canDispatch(request), "the request cannot be dispatched again");
  }

  @Test
  void payaraDispatchesOnlyOnce() {
    assertTrue(AsyncDispatcher.canDispatch(request), "the request cannot be dispatched");
    onPayara();
    assertFalse(AsyncDispatcher.canDispatch(request), "the request can be dispatched again");
  }

  @Test
  void requestIsRefusedIfContainerCannotDispatch() {
    stopping = true;
    AsyncDispatcher dispatcher = elsewhere();
    dispatcher.completeSuspension();
    dispatcher.dispatch();
    assertEquals(1, refusals.get(), "refusals");
  }

  @Test
  void requestIsRefusedIfPayaraLosesDispatch() {
    returned = true;
    AsyncDispatcher dispatcher = onPayara(TIMEOUT, SHORT);
    dispatcher.completeSuspension();
    dispatcher.dispatch();
    Awaitility.await().atMost(TIMEOUT).until(() -> refusals.get() == 1);
    assertFalse(AsyncDispatcher.arrive(request), "the refused request passes the filters");
  }

  @Test
  void requestIsRefusedIfTimerHasStopped() {
    AsyncDispatcher dispatcher = onPayara();
    dispatcher.completeSuspension();
    returned = true;
    timer.close();
    dispatcher.dispatch();
    assertEquals(List.of(), dispatches);
    assertEquals(1, refusals.get(), "refusals");
  }

  @Test
  void requestThatArrivesIsNotRefused() throws Exception {
    returned = true;
    AsyncDispatcher dispatcher = onPayara(TIMEOUT, SHORT);
    dispatcher.completeSuspension();
    assertTrue(AsyncDispatcher.arrive(request), "the request cannot pass the filters");
    dispatcher.dispatch();
    // the only thread of the timer runs this action after the check
    Future<?> afterCheck = timer.schedule(context, SHORT.toMillis() + 1, () -> {});
    afterCheck.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    assertEquals(0, refusals.get(), "refusals");
  }

  @Test
  void requestThatEndsWhileItIsSuspendedIsNotDispatched() {
    AsyncDispatcher dispatcher = elsewhere();
    dispatcher.dispatch(); // is due when the suspending thread returns
    dispatcher.end();
    dispatcher.completeSuspension();
    assertEquals(List.of(), dispatches);
  }
}
