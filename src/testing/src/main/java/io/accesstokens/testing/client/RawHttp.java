package io.accesstokens.testing.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** Sends arbitrary bytes, which need not be valid HTTP, and reads the responses. */
public final class RawHttp {

  private static final int TIMEOUT_MILLIS = 60_000;

  private final int port;
  private final String contextPath;
  private final Exchanges exchanges;

  public RawHttp(int port, String contextPath, Exchanges exchanges) {
    this.port = port;
    this.contextPath = contextPath;
    this.exchanges = exchanges;
  }

  /** Returns the value of the Host header for the application. */
  public String host() {
    return "127.0.0.1:" + port;
  }

  /**
   * Sends a request and reads the first response.
   *
   * @param request the request, with {@code Connection: close}. The encoding is ISO 8859-1. If the
   *     first line contains a path, this method inserts the context path before that path
   */
  public ApiResult send(String request) {
    int slash = request.indexOf(" /");
    boolean inFirstLine = slash >= 0 && !request.substring(0, slash).contains("\r");
    String sent =
        inFirstLine
            ? request.substring(0, slash + 1) + contextPath + request.substring(slash + 1)
            : request;
    return send(sent.getBytes(StandardCharsets.ISO_8859_1));
  }

  private ApiResult send(byte[] request) {
    try (Socket socket = connect()) {
      writeAsFarAsItGoes(socket.getOutputStream(), request);
      return read(socket, firstLine(request));
    } catch (IOException e) {
      throw new UncheckedIOException(firstLine(request), e);
    }
  }

  /** Returns a request target, which consists of the context path and the given path. */
  public String target(String path) {
    return contextPath + path;
  }

  /** Sends a text, and returns all text that the server sends before the end of the connection. */
  public String exchange(String request) {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Sends a text and returns all text that the server sends. Returns when the server closes the
   * connection or sends nothing for the duration of the timeout.
   */
  public String exchangeWithin(Duration timeout, String request) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = connect()) {
      socket.setSoTimeout((int) timeout.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getInputStream().transferTo(answer);
    } catch (SocketTimeoutException e) {
      // The text that was received before the timeout is the response.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return answer.toString(StandardCharsets.UTF_8);
  }

  /** Opens a connection. The caller must close the connection. */
  public Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  /** Opens a connection from another loopback address. The caller must close the connection. */
  public Socket connectFrom(String address) throws IOException {
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(address), 0);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  /**
   * Opens connections that never complete a request. All connections come from one client address.
   */
  public SlowClients slowClients(int count) throws IOException {
    return SlowClients.connect(port, count, 1);
  }

  /**
   * Reads one response from a connection.
   *
   * @param requestLine a text for error messages. The first word is the HTTP method
   */
  public ApiResult read(Socket socket, String requestLine) throws IOException {
    return readIfAny(socket, requestLine)
        .orElseThrow(() -> new AssertionError("no response to " + requestLine));
  }

  /**
   * Reads one response. Returns empty if the server closes the connection without a response.
   *
   * @param requestLine a text for error messages. The first word is the HTTP method
   */
  public Optional<ApiResult> readIfAny(Socket socket, String requestLine) throws IOException {
    Optional<ApiResult> answer = ResponseReader.read(socket.getInputStream(), requestLine);
    answer.ifPresent(exchanges::record);
    return answer;
  }

  /**
   * Writes a request until the server stops reading. A server may respond and close the connection
   * before it has read the complete request. The caller can then read the response.
   */
  private static void writeAsFarAsItGoes(OutputStream out, byte[] request) throws IOException {
    int chunk = 8192;
    try {
      for (int from = 0; from < request.length; from += chunk) {
        out.write(Arrays.copyOfRange(request, from, Math.min(request.length, from + chunk)));
      }
      out.flush();
    } catch (SocketException e) {
      if (request.length <= chunk) {
        throw e;
      }
    }
  }

  private static String firstLine(byte[] request) {
    String text = new String(request, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\r');
    return end < 0 ? text.substring(0, Math.min(80, text.length())) : text.substring(0, end);
  }
}
