package io.accesstokens.app.web;

import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.TraceContext;
import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.token.revocation.RevocationBarrier;
import io.accesstokens.token.rotation.RotationConflictException;
import io.accesstokens.verify.limit.LogLimit;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Defers the response to a change until the change is final. No thread is blocked during this time.
 * The resource writes the response into memory immediately. A thread of the container sends the
 * response when the change is final.
 *
 * <ol>
 *   <li>A response is deferred if its request waits for a {@link RevocationBarrier}, see {@link
 *       #await}. Any other response passes through unchanged.
 *   <li>If the wait fails, the client gets 503. This class uses no CDI bean to write this response,
 *       because a wait can fail while the application stops.
 *   <li>A request can set a function that checks the response before it is sent. If the function
 *       refuses the response, the client gets 409 or 503.
 *   <li>If the client disconnects before the change is final, no response is sent. The change stays
 *       committed.
 *   <li>A request ends when its response has been sent. {@link RequestsInFlight} counts the request
 *       until this time.
 *   <li>If the response cannot be deferred, the thread waits. For example, another filter does not
 *       support asynchronous requests, an exception leaves the filter chain, or the container
 *       itself writes the response.
 * </ol>
 *
 * <p>This class does not use the asynchronous responses of Jakarta REST. The reasons are in {@code
 * src/docs/decisions/0002-deferred-responses.md}.
 */
public final class DeferredResponseFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = System.getLogger(DeferredResponseFilter.class.getName());
  private static final LogLimit LOG_LIMIT = new LogLimit(1);

  private static final ThreadLocal<@Nullable DeferredResponse> CURRENT = new ThreadLocal<>();

  /**
   * Delays the response to the current request until a change is final. If the response can be
   * deferred, the methods of this strategy return immediately. Otherwise they block the calling
   * thread.
   */
  public static final RevocationBarrier.WaitStrategy WAITS =
      new RevocationBarrier.WaitStrategy() {
        @Override
        public void until(CompletionStage<@Nullable Void> end) {
          await(end);
        }

        @Override
        public void until(CompletionStage<@Nullable Void> end, Consumer<Runnable> sender) {
          DeferredResponse deferred = CURRENT.get();
          if (deferred == null || !deferred.canBeDeferred()) {
            await(end);
            sender.accept(() -> {}); // the container sends the response
          } else {
            deferred.deferUntil(end);
            deferred.sender = sender;
          }
        }
      };

  /**
   * Delays the response to the current request until {@code end} is complete, as {@link #WAITS}
   * describes.
   */
  static void await(CompletionStage<@Nullable Void> end) {
    DeferredResponse deferred = CURRENT.get();
    if (deferred == null || end.toCompletableFuture().isDone() || !deferred.canBeDeferred()) {
      RevocationBarrier.WaitStrategy.IN_THREAD.until(end);
    } else {
      deferred.deferUntil(end);
    }
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!request.isAsyncSupported()) {
      chain.doFilter(request, response);
      return;
    }
    DeferredResponse deferred = new DeferredResponse(request, response);
    CURRENT.set(deferred);
    try {
      chain.doFilter(request, deferred);
    } catch (IOException | ServletException | RuntimeException | Error e) {
      deferred.awaitEnd(); // the container turns the exception into a response
      throw e;
    } finally {
      CURRENT.remove();
    }
    CompletionStage<@Nullable Void> end = deferred.end;
    if (end != null) {
      sendAfter(end, deferred, request, response);
    }
  }

  /**
   * Sends the deferred response when the change is final. Sends an error if the wait fails, or if
   * the {@code sender} of the response throws an exception.
   */
  private static void sendAfter(
      CompletionStage<@Nullable Void> end,
      DeferredResponse deferred,
      HttpServletRequest request,
      HttpServletResponse response) {
    boolean oauth = RefusedRequests.isOAuth(request);
    AsyncContext later = request.startAsync();
    later.setTimeout(0); // no timeout, because the wait always ends
    // Other threads end the request. Their log lines have the trace id of the request.
    Runnable sending =
        TraceContext.carry(
            () -> {
              try {
                deferred.sendBy(send -> send(later, send));
              } catch (RuntimeException | Error e) {
                fail(later, response, oauth, e);
              }
            });
    String traceId = TraceContext.currentId();
    var unused =
        end.whenComplete(
            (nothing, failure) -> {
              if (failure == null) {
                // Another thread sends the response, because a slow client would block the single
                // thread that completes all waits.
                RequestTimer.start(later, sending);
                return;
              }
              // This thread sends the response, because the application may end after this call
              // returns.
              TraceContext.Scope scope = TraceContext.open(traceId);
              try {
                fail(later, response, oauth, failure);
              } finally {
                scope.close();
              }
            });
  }

  private static void fail(
      AsyncContext later, HttpServletResponse response, boolean oauth, Throwable failure) {
    send(
        later,
        () -> {
          int status =
              failure instanceof RotationConflictException
                  ? HttpServletResponse.SC_CONFLICT
                  : HttpServletResponse.SC_SERVICE_UNAVAILABLE;
          // First, because the response still has the status of a successful change. The container
          // would send that status if a later line fails, for example in the logger.
          response.setStatus(status);
          Problem problem = problem(failure);
          byte[] body =
              oauth ? AuthorizationServer.error(status, problem.error()) : problem.toJson();
          response.setContentType(oauth ? "application/json" : Problem.MEDIA_TYPE);
          if (status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            response.setHeader("Retry-After", Problem.RETRY_AFTER_SECONDS);
          }
          response.setContentLength(body.length);
          response.getOutputStream().write(body);
          response.flushBuffer(); // the container may have no thread left to flush it
        });
  }

  private static Problem problem(Throwable failure) {
    if (failure instanceof RotationConflictException conflict) {
      return Problem.rotationConflict(conflict);
    }
    if (failure instanceof Error) {
      LOG.log(Level.ERROR, "responded with 503", failure);
    } else {
      LOG_LIMIT.log(LOG, Level.WARNING, "responded with 503: " + failure.getMessage());
    }
    return Problem.unavailable();
  }

  /** Like {@link Runnable}, but can throw an {@link IOException}. */
  @FunctionalInterface
  private interface SendAction {
    void send() throws IOException;
  }

  private static void send(AsyncContext later, SendAction deferred) {
    try {
      deferred.send();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the client has disconnected", e);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "a response could not be sent", e);
    } finally {
      RefusedRequests.complete(later);
    }
  }

  /**
   * A response that buffers the body while the request waits. The status and headers go to the
   * container immediately.
   */
  private static final class DeferredResponse extends HttpServletResponseWrapper {

    private final HttpServletRequest request;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private @Nullable CompletionStage<@Nullable Void> end;
    private @Nullable Consumer<Runnable> sender;

    DeferredResponse(HttpServletRequest request, HttpServletResponse response) {
      super(response);
      this.request = request;
    }

    /**
     * Returns true if the response can be deferred. Call this method while the resource handles the
     * request. In some containers, the result is correct only after all filters have been called.
     */
    boolean canBeDeferred() {
      return request.isAsyncSupported();
    }

    void deferUntil(CompletionStage<@Nullable Void> another) {
      CompletionStage<@Nullable Void> before = end;
      end = before == null ? another : before.thenCombine(another, (one, other) -> null);
    }

    private void send() throws IOException {
      if (body.size() > 0) {
        body.writeTo(getResponse().getOutputStream());
      }
    }

    /**
     * Sends the whole response. Without this method, the container would send the response later,
     * in another thread.
     */
    private void sendWhole() throws IOException {
      getResponse().setContentLength(body.size());
      send();
      getResponse().flushBuffer();
    }

    /**
     * Runs {@code action}, which receives the method that sends the response. If the request has
     * set a function that checks the response, this function decides whether {@code action} runs.
     */
    void sendBy(Consumer<SendAction> action) {
      Consumer<Runnable> checked = sender;
      if (checked == null) {
        action.accept(this::send);
      } else {
        checked.accept(() -> action.accept(this::sendWhole));
      }
    }

    /**
     * Blocks the calling thread until the change is final. Output after this call is not buffered.
     */
    void awaitEnd() {
      CompletionStage<@Nullable Void> waited = end;
      end = null;
      if (waited != null) {
        RevocationBarrier.WaitStrategy.IN_THREAD.until(waited);
      }
    }

    /**
     * Blocks the calling thread until the change is final, and sends the buffered body. Later
     * output follows the buffered body in the response.
     */
    private void sendBlocking() throws IOException {
      awaitEnd();
      send();
      body.reset();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
      sendBlocking();
      return super.getWriter();
    }

    @Override
    public void sendError(int status) throws IOException {
      body.reset();
      sendBlocking();
      super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
      body.reset();
      sendBlocking();
      super.sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
      body.reset();
      sendBlocking();
      super.sendRedirect(location);
    }

    @Override
    public void reset() {
      body.reset();
      super.reset();
    }

    @Override
    public void resetBuffer() {
      body.reset();
      super.resetBuffer();
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
      return end == null ? super.getOutputStream() : new BodyOutputStream(body);
    }

    @Override
    public void flushBuffer() throws IOException {
      if (end == null) {
        super.flushBuffer();
      }
    }
  }

  private static final class BodyOutputStream extends ServletOutputStream {

    private final ByteArrayOutputStream body;

    BodyOutputStream(ByteArrayOutputStream body) {
      this.body = body;
    }

    @Override
    public void write(int b) {
      body.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      body.write(bytes, offset, length);
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new IllegalStateException(
          "a WriteListener is not supported, because the body is buffered in memory");
    }
  }
}
