package io.accesstokens.app.web;

import io.accesstokens.testing.TestDouble;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A request of the API that can be suspended, with its response. Counts the dispatches, and
 * executes none.
 */
final class SuspendableRequest {

  final AtomicInteger dispatches = new AtomicInteger();
  private final List<AsyncListener> listeners = new CopyOnWriteArrayList<>();
  private final Map<Object, Object> attributes = new ConcurrentHashMap<>();
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private volatile int status;

  final AsyncContext context = TestDouble.of(AsyncContext.class, this::contextCall);
  final HttpServletRequest request;
  final HttpServletResponse response = TestDouble.of(HttpServletResponse.class, this::responseCall);

  /**
   * @param body the body of the request; null for none
   */
  SuspendableRequest(@Nullable ServletInputStream body) {
    request =
        TestDouble.of(
            HttpServletRequest.class,
            call ->
                switch (call.name()) {
                  case "getInputStream" -> body;
                  case "getContentLengthLong" -> -1L;
                  case "getProtocol" -> "HTTP/1.1";
                  case "getServletPath", "getRequestURI" -> "/api/access-tokens/service";
                  case "getPathInfo" -> null;
                  case "getDispatcherType" -> DispatcherType.REQUEST;
                  case "isAsyncSupported" -> true;
                  case "startAsync" -> context;
                  case "getAttribute" -> attributes.get(call.argument(0));
                  case "setAttribute" -> attributes.put(call.argument(0), call.argument(1));
                  default -> throw new AssertionError(call);
                });
  }

  /** Returns the status of the response; zero if there is none. */
  int status() {
    return status;
  }

  /** Returns the content of the response. */
  String content() {
    return content.toString(StandardCharsets.UTF_8);
  }

  /** Suspends the request again. The container then forgets the listeners. */
  void suspendAgain() throws IOException {
    List<AsyncListener> former = List.copyOf(listeners);
    listeners.clear();
    for (AsyncListener listener : former) {
      listener.onStartAsync(new AsyncEvent(context, request, response));
    }
  }

  /** Ends the request, for example because its client has disconnected. */
  void end() throws IOException {
    for (AsyncListener listener : listeners) {
      listener.onComplete(new AsyncEvent(context, request, response));
    }
  }

  private @Nullable Object contextCall(TestDouble.Call call) {
    switch (call.name()) {
      case "start" -> ((Runnable) call.argument(0)).run();
      case "dispatch" -> dispatches.incrementAndGet();
      case "addListener" -> listeners.add((AsyncListener) call.argument(0));
      case "setTimeout", "complete" -> {}
      default -> throw new AssertionError(call);
    }
    return null;
  }

  private @Nullable Object responseCall(TestDouble.Call call) {
    switch (call.name()) {
      case "setStatus" -> status = (int) call.argument(0);
      case "isCommitted" -> {
        return false;
      }
      case "getOutputStream" -> {
        return new Recorded();
      }
      default -> {} // all other calls set headers
    }
    return null;
  }

  private final class Recorded extends ServletOutputStream {
    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {}

    @Override
    public void write(int b) {
      content.write(b);
    }
  }
}
