package io.accesstokens.testing.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;

/**
 * Sends arbitrary bytes as requests over one connection. If the server closes the connection, the
 * next request opens a new connection. Not thread-safe.
 */
public final class OpenConnection implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 60_000;
  private static final int CHUNK = 8_192;

  private final int port;
  private Socket socket = new Socket();
  private InputStream in = InputStream.nullInputStream();

  /**
   * Creates a client. The first exchange opens the connection.
   *
   * @param port the port of the server on the loopback interface
   */
  public OpenConnection(int port) {
    this.port = port;
  }

  /** Returns the value of the Host header for this server. */
  public String host() {
    return "127.0.0.1:" + port;
  }

  /**
   * Sends a request and reads its response.
   *
   * @param requestLine a text for error messages. The first word is the HTTP method
   * @return the response, or empty if the server closed the connection without a response
   * @throws IOException if the server accepts no connection, or sends nothing for one minute
   */
  public Optional<ApiResult> exchange(String requestLine, byte[] request) throws IOException {
    boolean reused = socket.isConnected() && !socket.isClosed();
    Optional<ApiResult> answer = attempt(requestLine, request);
    // A server may close an idle connection at any time (RFC 9112, section 9.3). The request is
    // repeated on a new connection.
    return answer.isEmpty() && reused ? attempt(requestLine, request) : answer;
  }

  private Optional<ApiResult> attempt(String requestLine, byte[] request) throws IOException {
    open();
    boolean whole = write(request);
    Optional<ApiResult> answer;
    try {
      answer = ResponseReader.read(in, requestLine);
    } catch (java.net.SocketException e) {
      close();
      return Optional.empty();
    }
    if (!whole
        || answer.isEmpty()
        || answer.get().headerLine("Connection").equalsIgnoreCase("close")) {
      close();
    }
    return answer;
  }

  private void open() throws IOException {
    if (socket.isConnected() && !socket.isClosed()) {
      return;
    }
    socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /**
   * Writes a request. Returns false if the server stops reading. A server may stop reading after a
   * response.
   */
  private boolean write(byte[] request) {
    try {
      for (int from = 0; from < request.length; from += CHUNK) {
        int length = Math.min(CHUNK, request.length - from);
        socket.getOutputStream().write(request, from, length);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // The connection is no longer needed.
    }
  }
}
