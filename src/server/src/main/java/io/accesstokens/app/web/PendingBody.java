package io.accesstokens.app.web;

import io.accesstokens.http.problem.TraceContext;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A request body that has not arrived completely. The container calls this object when bytes
 * arrive. A timer ends the wait at the deadline. No thread is blocked while bytes are missing.
 */
final class PendingBody implements ReadListener, AsyncListener {

  static final int TOO_MANY_REQUESTS = 429;

  private static final Logger LOG = System.getLogger(PendingBody.class.getName());

  private final AsyncContext context;
  private final AsyncDispatcher dispatcher;
  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final BodyBuffer body;
  private final long length;
  private final int statusOnTimeout;
  private final RequestTimer timer;
  private final Runnable atEnd;
  private final ServletInputStream in;
  private final @Nullable String traceId = TraceContext.currentId();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable Future<?> timeout;

  /**
   * Creates a body that is not read yet.
   *
   * @param statusOnTimeout the HTTP status of the response if the body is incomplete at its
   *     deadline
   * @param timer ends the wait at the deadline
   * @param atEnd runs exactly once, when the body is complete or when reading has failed
   */
  PendingBody(
      AsyncContext context,
      HttpServletRequest request,
      HttpServletResponse response,
      BodyBuffer body,
      int statusOnTimeout,
      RequestTimer timer,
      Runnable atEnd)
      throws IOException {
    this.context = context;
    this.dispatcher =
        new AsyncDispatcher(
            context, request, () -> send(HttpServletResponse.SC_SERVICE_UNAVAILABLE), timer);
    this.request = request;
    this.response = response;
    this.body = body;
    this.length = request.getContentLengthLong();
    this.statusOnTimeout = statusOnTimeout;
    this.timer = timer;
    this.atEnd = atEnd;
    this.in = request.getInputStream();
  }

  /**
   * Starts to read the body. The calling thread has suspended the request, and must not use the
   * request later.
   *
   * @param millis the maximum time until the body is complete, in milliseconds
   */
  void start(long millis) {
    body.charge();
    request.setAttribute(RequestBodyFilter.BODY, body);
    context.addListener(this);
    timeout = timer.schedule(context, millis, () -> refuse(statusOnTimeout));
    in.setReadListener(this);
    dispatcher.completeSuspension();
  }

  /**
   * Reads the available bytes of the body. Works around two defects of Payara 6:
   *
   * <ul>
   *   <li>{@code isFinished} returns true as soon as all bytes have arrived, even if they were not
   *       read. The last bytes would then never be read. Therefore, this method does not call
   *       {@code isFinished}.
   *   <li>If {@code isReady} is called after the last byte, Payara calls {@link #onAllDataRead},
   *       and then uses the request object again. This object may already serve another request.
   *       Therefore, if the body has a {@code Content-Length}, this method does not call {@code
   *       isReady} after the last byte.
   * </ul>
   */
  @Override
  public void onDataAvailable() throws IOException {
    while (!ended.get() && !isComplete() && in.isReady()) {
      if (body.readFrom(in, Integer.MAX_VALUE) < 0) {
        break;
      }
      if (body.isOverBudget()) {
        refuse(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      }
    }
    if (isComplete()) {
      onAllDataRead();
    }
  }

  /** Returns true if the body has an announced length and all of its bytes were read. */
  private boolean isComplete() {
    return body.total() == length;
  }

  @Override
  public void onAllDataRead() {
    if (end()) {
      dispatcher.dispatch();
    }
  }

  @Override
  public void onError(Throwable failure) {
    LOG.log(Level.DEBUG, "a request body could not be read", failure);
    // The container closes the connection after this call, so the response is sent here.
    refuse(
        failure instanceof SocketTimeoutException
            ? HttpServletResponse.SC_REQUEST_TIMEOUT
            : HttpServletResponse.SC_BAD_REQUEST);
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    refuse(statusOnTimeout);
  }

  private void refuse(int status) {
    if (end()) {
      send(status);
    }
  }

  private void send(int status) {
    RefusedRequests.refuseSuspended(context, request, response, status, traceId);
  }

  private boolean end() {
    boolean first = ended.compareAndSet(false, true);
    if (first) {
      Future<?> scheduled = timeout;
      if (scheduled != null) {
        scheduled.cancel(false);
      }
      atEnd.run();
    }
    return first;
  }

  @Override
  public void onComplete(AsyncEvent event) {
    end();
    dispatcher.end();
    body.release();
  }

  @Override
  public void onError(AsyncEvent event) {
    if (end()) {
      RefusedRequests.complete(context);
    }
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this); // the body uses memory until the request ends
  }
}
