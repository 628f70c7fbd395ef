package io.accesstokens.app.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.rotation.RotationConflictException;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests how the filter defers a response until its completion. */
class DeferredResponseFilterTest {

  private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final List<String> calls = new ArrayList<>();
  private boolean asyncSupported = true;
  private boolean noThreads;

  private final AsyncContext later =
      made(
          AsyncContext.class,
          Map.of(
              "setTimeout", call -> null,
              "start",
                  call -> {
                    if (noThreads) {
                      throw new OutOfMemoryError("unable to create native thread");
                    }
                    ((Runnable) call.argument(0)).run();
                    return null;
                  },
              "complete", call -> calls.add("complete")));

  private final HttpServletRequest request =
      made(
          HttpServletRequest.class,
          Map.of(
              "getRequestURI", call -> "/api/access-tokens/service/1",
              "getServletPath", call -> "/api",
              "getPathInfo", call -> "/access-tokens/service/1",
              "isAsyncSupported", call -> asyncSupported,
              "startAsync", call -> later));

  private final HttpServletResponse response =
      made(
          HttpServletResponse.class,
          Map.of(
              "getOutputStream", call -> new Sent(sent),
              "setStatus", call -> calls.add("status " + call.argument(0)),
              "setHeader", call -> calls.add("header " + call.argument(0)),
              "setContentType", call -> calls.add("type " + call.argument(0)),
              "setContentLength", call -> calls.add("length " + call.argument(0)),
              "flushBuffer", call -> calls.add("flush"),
              "sendError", call -> calls.add("error " + call.argument(0))));

  /** Returns an object that implements only these methods. A call of any other method fails. */
  private static <T> T made(Class<T> type, Map<String, TestDouble.Handler> methods) {
    return TestDouble.of(
        type, call -> Objects.requireNonNull(methods.get(call.name()), call::name).handle(call));
  }

  private static final class Sent extends ServletOutputStream {
    private final ByteArrayOutputStream sent;

    Sent(ByteArrayOutputStream sent) {
      this.sent = sent;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {}

    @Override
    public void write(int b) {
      sent.write(b);
    }
  }

  private void filter(FilterChain chain) throws IOException, ServletException {
    new DeferredResponseFilter().doFilter(request, response, chain);
  }

  private String sent() {
    return sent.toString(StandardCharsets.UTF_8);
  }

  /** Runs the filter in another thread, and asserts that it waits for the completion. */
  private CompletableFuture<@Nullable Void> runWaiting(FilterChain chain) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                filter(chain);
                done.complete(null);
              } catch (IOException | ServletException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
    thread.start();
    Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
    assertFalse(done.isDone(), "the filter has returned before the completion");
    assertTrue(calls.isEmpty(), calls::toString);
    end.complete(null);
    return done;
  }

  @Test
  void responseIsSentOnlyAfterCompletion() throws Exception {
    filter(
        (request, response) -> {
          DeferredResponseFilter.await(end);
          response.getOutputStream().write("dead".getBytes(StandardCharsets.UTF_8));
        });
    assertEquals("", sent());
    assertTrue(calls.isEmpty(), calls::toString);
    end.complete(null);
    assertEquals("dead", sent());
    assertEquals(List.of("complete"), calls);
  }

  @Test
  void responseIsSentEvenIfNoThreadCanBeCreated() throws Exception {
    noThreads = true;
    filter(
        (request, response) -> {
          DeferredResponseFilter.await(end);
          response.getOutputStream().write('a');
        });
    end.complete(null);
    assertEquals("a", sent());
    assertEquals(List.of("complete"), calls);
  }

  @Test
  void responseWithoutAPendingStageIsSentAtOnce() throws Exception {
    filter(
        (request, response) -> {
          DeferredResponseFilter.await(CompletableFuture.completedFuture(null));
          response.getOutputStream().write('a');
          assertEquals("a", sent());
        });
    assertTrue(calls.isEmpty(), calls::toString);
  }

  @Test
  void threadWaitsIfAsyncIsNotSupported() throws Exception {
    CompletableFuture<@Nullable Void> done =
        runWaiting(
            (request, response) -> {
              asyncSupported = false; // as a later filter would set it
              DeferredResponseFilter.await(end);
              response.getOutputStream().write('a');
            });
    done.get(60, TimeUnit.SECONDS);
    assertEquals("a", sent());
    assertTrue(calls.isEmpty(), calls::toString);
  }

  @Test
  void exceptionIsThrownAfterCompletion() {
    CompletableFuture<@Nullable Void> done =
        runWaiting(
            (request, response) -> {
              DeferredResponseFilter.await(end);
              throw new ServletException("of the test");
            });
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> done.get(60, TimeUnit.SECONDS));
    assertInstanceOf(ServletException.class, failure.getCause());
  }

  @Test
  void containerErrorIsSentAfterCompletion() throws Exception {
    CompletableFuture<@Nullable Void> done =
        runWaiting(
            (request, response) -> {
              DeferredResponseFilter.await(end);
              response.getOutputStream().write('a');
              ((HttpServletResponse) response).sendError(500);
            });
    done.get(60, TimeUnit.SECONDS);
    assertEquals(List.of("error 500"), calls);
    assertEquals("", sent(), "the error replaces the written response");
  }

  @Test
  void responseIsSentByTheFunction() throws Exception {
    filter(
        (request, response) -> {
          DeferredResponseFilter.WAITS.until(
              end,
              send -> {
                calls.add("before");
                send.run();
                calls.add("after");
              });
          response.getOutputStream().write("new".getBytes(StandardCharsets.UTF_8));
        });
    assertEquals("", sent());
    end.complete(null);
    assertEquals("new", sent());
    assertEquals(List.of("before", "length 3", "flush", "complete", "after"), calls);
  }

  /** Even if the change is final at once, the function runs when the response is complete. */
  @Test
  void functionRefusesTheResponse() throws Exception {
    end.complete(null);
    filter(
        (request, response) -> {
          DeferredResponseFilter.WAITS.until(
              end,
              send -> {
                throw new RotationConflictException("replaced");
              });
          response.getOutputStream().write("bsat_raw".getBytes(StandardCharsets.UTF_8));
        });
    assertTrue(sent().contains("\"error\":\"replaced\""), sent());
    assertFalse(sent().contains("bsat_raw"), sent());
    assertEquals(
        List.of(
            "status 409",
            "type application/problem+json",
            "length " + sent.size(),
            "flush",
            "complete"),
        calls);
  }

  /** The status of a successful change is already set. The response must not confirm the change. */
  @Test
  void failedWaitIsNotConfirmedIfTheLoggerFails() throws Exception {
    try (RecordedLog log = new RecordedLog(DeferredResponseFilter.class)) {
      log.failOnce();
      filter((request, response) -> DeferredResponseFilter.await(end));
      end.completeExceptionally(new Error("of the test"));
      assertEquals(List.of("status 503", "complete"), calls);
    }
  }

  @Test
  void errorOfTheFunctionEndsTheRequest() throws Exception {
    filter(
        (request, response) ->
            DeferredResponseFilter.WAITS.until(
                end,
                send -> {
                  throw new NoClassDefFoundError("of the test");
                }));
    end.complete(null);
    assertEquals(
        List.of(
            "status 503",
            "type application/problem+json",
            "header Retry-After",
            "length " + sent.size(),
            "flush",
            "complete"),
        calls);
  }

  @Test
  void functionRunsInTheThreadIfAsyncIsNotSupported() throws Exception {
    asyncSupported = false;
    end.complete(null);
    filter(
        (request, response) -> {
          DeferredResponseFilter.WAITS.until(end, send -> calls.add("checked"));
          response.getOutputStream().write('a');
        });
    assertEquals("a", sent());
    assertEquals(List.of("checked"), calls);
  }
}
