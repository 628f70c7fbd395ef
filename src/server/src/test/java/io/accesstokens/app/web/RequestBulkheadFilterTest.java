package io.accesstokens.app.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.FilterChain;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the queue of requests that wait for a slot. */
class RequestBulkheadFilterTest {

  private static final long LONG_MILLIS = 600_000;

  private static final FilterChain NO_SLOT =
      (request, response) -> {
        throw new AssertionError("the request has no slot");
      };

  private final RequestTimer timer = new RequestTimer();
  private final List<SuspendableRequest> requests =
      Stream.generate(() -> new SuspendableRequest(null)).limit(4).toList();

  @AfterEach
  void stop() {
    timer.close();
  }

  private void filter(RequestBulkheadFilter filter, int index, FilterChain chain) {
    SuspendableRequest one = requests.get(index);
    try {
      filter.doFilter(one.request, one.response, chain);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void requestBeyondTheQueueIsRefused() {
    RequestBulkheadFilter filter = new RequestBulkheadFilter(1, 2, LONG_MILLIS, timer);
    filter(
        filter,
        0,
        (request, response) -> {
          for (int i = 1; i < requests.size(); i++) {
            filter(filter, i, NO_SLOT);
          }
        });
    assertEquals(List.of(0, 0, 0, 503), requests.stream().map(SuspendableRequest::status).toList());
    assertEquals(List.of(0, 1, 0, 0), requests.stream().map(one -> one.dispatches.get()).toList());
    assertTrue(
        requests.get(3).content().contains("the service has too many requests"),
        requests.get(3)::content);
  }

  @Test
  void requestThatWaitsTooLongIsRefused() {
    RequestBulkheadFilter filter = new RequestBulkheadFilter(1, 2, 1, timer);
    filter(
        filter,
        0,
        (request, response) -> {
          filter(filter, 1, NO_SLOT);
          Awaitility.await().until(() -> requests.get(1).status() == 503);
        });
    assertEquals(0, requests.get(1).dispatches.get(), "dispatches");
  }

  @Test
  void endedRequestLeavesTheQueueAndReleasesItsSlot() throws Exception {
    RequestBulkheadFilter filter = new RequestBulkheadFilter(1, 1, LONG_MILLIS, timer);
    filter(
        filter,
        0,
        (request, response) -> {
          filter(filter, 1, NO_SLOT);
          requests.get(1).end();
          filter(filter, 2, NO_SLOT);
        });
    assertEquals(List.of(0, 0, 1, 0), requests.stream().map(one -> one.dispatches.get()).toList());
    requests.get(2).end(); // before it reaches the filter with its slot
    AtomicInteger processed = new AtomicInteger();
    filter(filter, 3, (request, response) -> processed.incrementAndGet());
    assertEquals(1, processed.get(), "processed requests");
  }

  /** Payara can start a dispatch that it seemed to have lost. */
  @Test
  void requestWithLateDispatchIsNotProcessed() {
    SuspendableRequest late = requests.get(0);
    AtomicInteger refusals = new AtomicInteger();
    Duration none = Duration.ZERO;
    AsyncDispatcher dispatcher =
        new AsyncDispatcher(
            late.context, late.request, refusals::incrementAndGet, timer, true, none, none);
    dispatcher.completeSuspension();
    dispatcher.dispatch();
    Awaitility.await().until(() -> refusals.get() == 1);
    filter(new RequestBulkheadFilter(1, 2, LONG_MILLIS, timer), 0, NO_SLOT);
    assertEquals(0, late.status(), "status");
  }
}
