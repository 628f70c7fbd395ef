package io.accesstokens.app;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body is read by its route, in blocking reads. The first read takes a permit and
 * fails with 503 if there is none; a read after the deadline fails with 408.
 *
 * <p>A single read can last until the container's own timeout. The own server closes the connection
 * at the deadline, see {@code BoundedHttpProtocol}.
 */
final class GuardedBody extends HttpServletRequestWrapper implements AutoCloseable {

  private final Semaphore permits;
  private final long end;
  private @Nullable Stream stream;
  private boolean holdsPermit;

  GuardedBody(HttpServletRequest request, Semaphore permits, Duration deadline) {
    super(request);
    this.permits = permits;
    this.end = System.nanoTime() + deadline.toNanos();
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    Stream known = stream;
    if (known == null) {
      known = new Stream(super.getInputStream());
      stream = known;
    }
    return known;
  }

  /** Returns true if the body was not read to its end. */
  boolean isUnread() throws IOException {
    return !getRequest().getInputStream().isFinished();
  }

  private void beforeRead() {
    if (!holdsPermit) {
      if (!permits.tryAcquire()) {
        throw new ServiceUnavailableException(1L);
      }
      holdsPermit = true;
    }
    if (System.nanoTime() - end > 0) {
      throw new ClientErrorException(Response.Status.REQUEST_TIMEOUT);
    }
  }

  @Override
  public void close() {
    if (holdsPermit) {
      holdsPermit = false;
      permits.release();
    }
  }

  private final class Stream extends ServletInputStream {

    private final ServletInputStream in;

    private Stream(ServletInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      beforeRead();
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      beforeRead();
      return in.read(bytes, offset, length);
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }
  }
}
