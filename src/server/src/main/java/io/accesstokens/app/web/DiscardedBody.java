package io.accesstokens.app.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Discards the unread part of a request body after the response was sent, up to {@value #MAX_BYTES}
 * bytes. Does not block a thread. Without this class, the connection can close before the client
 * has read the response. The documentation of Tomcat's setting {@code maxSwallowSize} describes
 * this problem.
 */
final class DiscardedBody implements ReadListener, AsyncListener {

  private static final long MAX_BYTES = 2_097_152;

  private final AsyncContext context;
  private final ServletInputStream in;
  private final Runnable atEnd;
  private final AtomicBoolean ended = new AtomicBoolean();
  private long discarded;

  /**
   * Creates a body that is not discarded yet.
   *
   * @param atEnd runs exactly once, when the body was discarded or the request has ended
   */
  DiscardedBody(AsyncContext context, ServletInputStream in, Runnable atEnd) {
    this.context = context;
    this.in = in;
    this.atEnd = atEnd;
  }

  void start() {
    context.addListener(this);
    in.setReadListener(this);
  }

  @Override
  public void onDataAvailable() throws IOException {
    byte[] chunk = new byte[8_192];
    while (in.isReady()) { // see PendingBody.onDataAvailable
      int read = in.read(chunk);
      discarded += Math.max(read, 0);
      if (read < 0 || discarded > MAX_BYTES) {
        complete();
        return;
      }
    }
  }

  @Override
  public void onAllDataRead() {
    complete();
  }

  @Override
  public void onError(Throwable failure) {
    complete();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    complete();
  }

  @Override
  public void onError(AsyncEvent event) {
    complete();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    end();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // never called, because the request is not started again
  }

  private boolean end() {
    boolean first = ended.compareAndSet(false, true);
    if (first) {
      atEnd.run();
    }
    return first;
  }

  private void complete() {
    if (end()) {
      RefusedRequests.complete(context);
    }
  }
}
