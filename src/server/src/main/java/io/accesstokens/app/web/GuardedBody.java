package io.accesstokens.app.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request with a body that the resource reads with blocking reads. The first read acquires a
 * permit. The first read fails with 503 if no permit is available. A read after the deadline fails
 * with 408.
 *
 * <p>A single read can last until the timeout of the container. The server of {@code java -jar}
 * closes the connection at the deadline, see {@code BoundedHttpProtocol}.
 */
final class GuardedBody extends HttpServletRequestWrapper implements AutoCloseable {

  private final BlockingReadLimit permits;
  private final String address;
  private final long end;
  private @Nullable Stream stream;
  private boolean holdsPermit;
  private int failureStatus;

  GuardedBody(
      HttpServletRequest request, BlockingReadLimit permits, String address, Duration deadline) {
    super(request);
    this.permits = permits;
    this.address = address;
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

  /** Returns true if the body has not been read to the end. */
  boolean isUnread() throws IOException {
    return !getRequest().getInputStream().isFinished();
  }

  /**
   * Wraps the response to this request. If the body has not been read to the end when the output
   * begins, the response gets a header that closes the connection, except with HTTP/2.
   */
  HttpServletResponse closingUnlessRead(HttpServletResponse response) {
    return new HttpServletResponseWrapper(response) {
      @Override
      public ServletOutputStream getOutputStream() throws IOException {
        closeUnlessRead();
        return super.getOutputStream();
      }

      @Override
      public PrintWriter getWriter() throws IOException {
        closeUnlessRead();
        return super.getWriter();
      }

      private void closeUnlessRead() throws IOException {
        if (isUnread()) {
          RefusedRequests.closeAfter(GuardedBody.this, this);
        }
      }
    };
  }

  /**
   * Returns the HTTP status of the response if a read of the body has failed; 0 if no read failed.
   */
  int failureStatus() {
    return failureStatus;
  }

  private void beforeRead() {
    if (!holdsPermit) {
      if (!permits.tryAcquire(address)) {
        failureStatus = HttpServletResponse.SC_SERVICE_UNAVAILABLE;
        throw new ServiceUnavailableException(1L);
      }
      holdsPermit = true;
    }
    if (System.nanoTime() - end > 0) {
      failureStatus = HttpServletResponse.SC_REQUEST_TIMEOUT;
      throw new ClientErrorException(Response.Status.REQUEST_TIMEOUT);
    }
  }

  @Override
  public void close() {
    if (holdsPermit) {
      holdsPermit = false;
      permits.release(address);
    }
  }

  private final class Stream extends ServletInputStream {

    private final ServletInputStream in;

    private Stream(ServletInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      beforeRead();
      try {
        return in.read(bytes, offset, length);
      } catch (IOException e) {
        failureStatus = HttpServletResponse.SC_BAD_REQUEST;
        throw e;
      }
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
