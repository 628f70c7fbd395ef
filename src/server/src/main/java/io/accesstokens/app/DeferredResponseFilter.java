package io.accesstokens.app;

import io.accesstokens.http.Problem;
import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.token.RevocationBarrier;
import io.accesstokens.verify.LogLimit;
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
import org.jspecify.annotations.Nullable;

/**
 * Holds an answer back until what it says is final, and no thread meanwhile. The answer is made at
 * once, as any other, and kept in memory; a thread of the container's sends it at the end.
 *
 * <ol>
 *   <li>It begins when the work of a request waits for a {@link RevocationBarrier}, see {@link
 *       #await}. Any other answer is passed on as it is written.
 *   <li>If the end fails, the answer is 503 instead: the application ends, so there is nobody to
 *       ask but this class.
 *   <li>A client that has gone away by then is none of anybody's concern: what it wanted is done.
 *   <li>The request lasts until its answer was sent, for {@link RequestsInFlight} as well.
 *   <li>What cannot be held, the thread waits for: where a filter of somebody else's does not let
 *       requests be suspended, if an exception leaves the chain, and of an answer that the
 *       container is to write itself.
 * </ol>
 *
 * <p>Decision: not by the asynchronous answers of Jakarta REST. A resource method has either those
 * or the other ones, and a runtime that cannot suspend a request fails at the former before the
 * method is called; the routes are mounted in such runtimes as well.
 */
public final class DeferredResponseFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = System.getLogger(DeferredResponseFilter.class.getName());
  private static final LogLimit OUTAGES = new LogLimit(1);

  /** What the requests have in common for which Weld begins no scope, see web.xml. */
  private static final String API = "/api/";

  private static final ThreadLocal<@Nullable Held> CURRENT = new ThreadLocal<>();

  /**
   * Waits for an end: by holding the answer to the request that the calling thread works on, or in
   * the thread if there is none that can be held. A {@link RevocationBarrier.Waiting}.
   */
  static void await(CompletionStage<@Nullable Void> end) {
    Held answer = CURRENT.get();
    if (answer == null || end.toCompletableFuture().isDone() || !answer.canBeHeld()) {
      RevocationBarrier.Waiting.IN_THREAD.until(end);
    } else {
      answer.holdUntil(end);
    }
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String api = request.getContextPath() + API;
    if (!request.isAsyncSupported() || !request.getRequestURI().startsWith(api)) {
      chain.doFilter(request, response);
      return;
    }
    Held answer = new Held(request, response);
    CURRENT.set(answer);
    try {
      chain.doFilter(request, answer);
    } catch (IOException | ServletException | RuntimeException | Error e) {
      answer.awaitEnd(); // it is an answer, too
      throw e;
    } finally {
      CURRENT.remove();
    }
    CompletionStage<@Nullable Void> end = answer.end;
    if (end != null) {
      String path = request.getRequestURI().substring(api.length());
      AsyncContext later = request.startAsync();
      later.setTimeout(0); // the end comes
      var unused =
          end.whenComplete(
              (nothing, failure) -> {
                if (failure == null) {
                  sendElsewhere(later, answer);
                } else {
                  // Here and now: nothing of the application is left when this has returned.
                  fail(later, response, path, failure);
                }
              });
    }
  }

  /** Not in the one thread that tells of all ends, where a slow client would keep up the others. */
  private static void sendElsewhere(AsyncContext later, Held answer) {
    try {
      later.start(() -> send(later, answer::send));
    } catch (RuntimeException | Error e) { // an Error where no thread can be made
      LOG.log(Level.DEBUG, "the container has no thread left", e);
      send(later, answer::send);
    }
  }

  private static void fail(
      AsyncContext later, HttpServletResponse response, String path, Throwable failure) {
    OUTAGES.log(LOG, Level.WARNING, "answered 503: " + failure.getMessage());
    Problem problem = Problem.unavailable();
    boolean oauth = AuthorizationServer.isAskedBy(path);
    byte[] body =
        oauth ? AuthorizationServer.error(problem.status(), problem.error()) : problem.toJson();
    send(
        later,
        () -> {
          response.setStatus(problem.status());
          response.setContentType(oauth ? "application/json" : Problem.MEDIA_TYPE);
          response.setHeader("Retry-After", Problem.RETRY_AFTER_SECONDS);
          response.setContentLength(body.length);
          response.getOutputStream().write(body);
          response.flushBuffer(); // the container may have no thread for it any more
        });
  }

  /** Writes an answer. */
  @FunctionalInterface
  private interface Sending {
    void send() throws IOException;
  }

  private static void send(AsyncContext later, Sending answer) {
    try {
      answer.send();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the client is gone", e);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "an answer could not be sent", e);
    } finally {
      complete(later);
    }
  }

  private static void complete(AsyncContext later) {
    try {
      later.complete();
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "the container has ended the request itself", e);
    }
  }

  /** An answer of which status and headers are noted by the container, and the rest here. */
  private static final class Held extends HttpServletResponseWrapper {

    private final HttpServletRequest request;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private @Nullable CompletionStage<@Nullable Void> end;

    Held(HttpServletRequest request, HttpServletResponse response) {
      super(response);
      this.request = request;
    }

    /**
     * Asked where the work is done: a container may know only then, from the filters on the way.
     */
    boolean canBeHeld() {
      return request.isAsyncSupported();
    }

    void holdUntil(CompletionStage<@Nullable Void> another) {
      CompletionStage<@Nullable Void> before = end;
      end = before == null ? another : before.thenCombine(another, (one, other) -> null);
    }

    void send() throws IOException {
      if (body.size() > 0) {
        body.writeTo(getResponse().getOutputStream());
      }
    }

    /** Waits in the thread; from then on, nothing is held. */
    void awaitEnd() {
      CompletionStage<@Nullable Void> waited = end;
      end = null;
      if (waited != null) {
        RevocationBarrier.Waiting.IN_THREAD.until(waited);
      }
    }

    /** The same before the container goes on with an answer; what was kept belongs to it. */
    private void letGo() throws IOException {
      awaitEnd();
      send();
      body.reset();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
      letGo();
      return super.getWriter();
    }

    @Override
    public void sendError(int status) throws IOException {
      body.reset();
      letGo();
      super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
      body.reset();
      letGo();
      super.sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
      body.reset();
      letGo();
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
      return end == null ? super.getOutputStream() : new Kept(body);
    }

    @Override
    public void flushBuffer() throws IOException {
      if (end == null) {
        super.flushBuffer();
      }
    }
  }

  private static final class Kept extends ServletOutputStream {

    private final ByteArrayOutputStream body;

    Kept(ByteArrayOutputStream body) {
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
      throw new IllegalStateException("not asynchronous");
    }
  }
}
