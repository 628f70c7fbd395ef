package io.accesstokens.testing.client;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls one server on this machine over persistent connections. A test can send millions of
 * requests, because the client does not store responses. Each concurrent caller has its own
 * connection.
 *
 * <p>A server may close an idle connection at any time, for example when the clock of the server is
 * set forward. In this case, the client repeats a GET request on a new connection (RFC 9112,
 * section 9.3.1), and measures only the second attempt. The client never repeats requests with
 * other methods.
 */
public final class KeepAliveClient implements AutoCloseable {

  /**
   * Maximum idle time of a connection before its next use, in nanoseconds. Servers close idle
   * connections after 20 seconds or more.
   */
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long NEVER = Long.MIN_VALUE;

  private static final int CONNECT_MILLIS = 5_000;

  /**
   * A response and the times of its request. The times are values of {@link System#nanoTime()}.
   *
   * @param beganAt the time before the first byte of the request was written
   * @param endedAt the time after the last byte of the response was read
   */
  public record Timed(long beganAt, long endedAt, ApiResult answer) {}

  private final IntSupplier port;
  private final Duration timeout;
  private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

  /**
   * Creates a client without a connection.
   *
   * @param port supplies the port of the server, for each request. A restarted server may have
   *     another port
   * @param timeout the timeout of each read
   */
  public KeepAliveClient(IntSupplier port, Duration timeout) {
    this.port = port;
    this.timeout = timeout;
  }

  /**
   * Sends a request and reads its response.
   *
   * @param authorization the value of the Authorization header, or null for none
   * @param json the body, or null for none
   * @throws IOException if the response is missing or incomplete. The server may have executed the
   *     request
   */
  public Timed call(
      String method, String path, @Nullable String authorization, @Nullable String json)
      throws IOException {
    return callWith(authorization(authorization), method, path, json);
  }

  private static Map<String, String> authorization(@Nullable String value) {
    return value == null ? Map.of() : Map.of("Authorization", value);
  }

  /**
   * Sends a request and reads its response.
   *
   * @param headers the header fields of the request
   * @param json the body, or null for none
   * @throws IOException if the response is missing or incomplete. The server may have executed the
   *     request
   */
  public Timed callWith(
      Map<String, String> headers, String method, String path, @Nullable String json)
      throws IOException {
    Connection connection = take();
    if (connection.usedAt == NEVER || !method.equals("GET")) {
      return call(connection, method, path, headers, json);
    }
    try {
      return call(connection, method, path, headers, json);
    } catch (EOFException | SocketException e) {
      return call(new Connection(port.getAsInt()), method, path, headers, json);
    }
  }

  private Timed call(
      Connection connection,
      String method,
      String path,
      Map<String, String> headers,
      @Nullable String json)
      throws IOException {
    try {
      Timed timed = connection.exchange(method, path, headers, json);
      connection.usedAt = System.nanoTime();
      if (timed.answer().headerLine("Connection").equalsIgnoreCase("close")) {
        connection.close();
      } else {
        idle.push(connection);
      }
      return timed;
    } catch (IOException | RuntimeException | Error e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Sends a request, and closes the connection without reading the response. This method simulates
   * a client that crashes.
   *
   * @param authorization the value of the Authorization header, or null for none
   * @param wait the time for which the connection stays open after the request was written
   */
  public void callAndHangUp(
      String method, String path, @Nullable String authorization, String json, Duration wait)
      throws IOException, InterruptedException {
    Connection connection = take();
    try {
      connection.write(method, path, authorization(authorization), json);
      Thread.sleep(wait.toMillis());
    } finally {
      connection.close();
    }
  }

  private Connection take() throws IOException {
    int now = port.getAsInt();
    for (Connection next = idle.poll(); next != null; next = idle.poll()) {
      if (next.port == now && System.nanoTime() - next.usedAt < IDLE_NANOS) {
        return next;
      }
      next.close();
    }
    return new Connection(now);
  }

  @Override
  public void close() {
    for (Connection next = idle.poll(); next != null; next = idle.poll()) {
      next.close();
    }
  }

  private final class Connection {

    private final int port;
    private final Socket socket = new Socket();
    private final InputStream in;
    private long usedAt = NEVER;

    private Connection(int port) throws IOException {
      this.port = port;
      try {
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) timeout.toMillis());
        in = new BufferedInputStream(new Unending(socket.getInputStream()));
      } catch (IOException e) {
        close();
        throw e;
      }
    }

    private Timed exchange(
        String method, String path, Map<String, String> headers, @Nullable String json)
        throws IOException {
      long beganAt = System.nanoTime();
      write(method, path, headers, json);
      ApiResult answer =
          ResponseReader.read(in, method + ' ' + path)
              .orElseThrow(() -> new IOException("an empty response to " + method + ' ' + path));
      return new Timed(beganAt, System.nanoTime(), answer);
    }

    private void write(
        String method, String path, Map<String, String> headers, @Nullable String json)
        throws IOException {
      byte[] body = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
      StringBuilder head = new StringBuilder(method).append(' ').append(path);
      head.append(" HTTP/1.1\r\nHost: 127.0.0.1:").append(port).append("\r\n");
      headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
      if (json != null) {
        head.append("Content-Type: application/json\r\nContent-Length: ");
        head.append(body.length).append("\r\n");
      }
      byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
      byte[] request = new byte[start.length + body.length];
      System.arraycopy(start, 0, request, 0, start.length);
      System.arraycopy(body, 0, request, start.length, body.length);
      socket.getOutputStream().write(request);
    }

    private void close() {
      try {
        socket.close();
      } catch (IOException e) {
        // The connection is no longer needed.
      }
    }
  }

  /**
   * A stream that throws an {@link EOFException} at its end. Therefore a truncated response is
   * never treated as a complete response.
   */
  private static final class Unending extends FilterInputStream {

    private Unending(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      return orEnd(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return orEnd(super.read(bytes, offset, length));
    }

    private static int orEnd(int read) throws IOException {
      if (read < 0) {
        throw new EOFException("the server hung up");
      }
      return read;
    }
  }
}
