package io.accesstokens.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Sends bytes that no HTTP client would send, and reads what comes back. */
public final class RawHttp {

  private static final int PATIENCE_MILLIS = 20_000;

  private final int port;
  private final String contextPath;
  private final Exchanges exchanges;

  RawHttp(int port, String contextPath, Exchanges exchanges) {
    this.port = port;
    this.contextPath = contextPath;
    this.exchanges = exchanges;
  }

  /** The value of a Host header that names the application. */
  public String host() {
    return "127.0.0.1:" + port;
  }

  /**
   * Sends a request and reads the first answer.
   *
   * @param request ISO 8859-1; should ask for {@code Connection: close}. A path in its first line
   *     is one of the application: the context path is put before it.
   */
  public Answer send(String request) {
    int slash = request.indexOf(" /");
    boolean inFirstLine = slash >= 0 && !request.substring(0, slash).contains("\r");
    String sent =
        inFirstLine
            ? request.substring(0, slash + 1) + contextPath + request.substring(slash + 1)
            : request;
    return send(sent.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Answer send(byte[] request) {
    try (Socket socket = connect()) {
      writeAsFarAsItGoes(socket.getOutputStream(), request);
      return read(socket, firstLine(request));
    } catch (IOException e) {
      throw new UncheckedIOException(firstLine(request), e);
    }
  }

  /** A path of the application as a request line has it: with the context path before it. */
  public String target(String path) {
    return contextPath + path;
  }

  /** Sends text and gives back all text that comes until the server hangs up. */
  public String exchange(String request) {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends text and gives back all text that comes within a time. */
  public String exchangeWithin(Duration patience, String request) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = connect()) {
      socket.setSoTimeout((int) patience.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getInputStream().transferTo(answer);
    } catch (SocketTimeoutException e) {
      // What came until then is the answer.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return answer.toString(StandardCharsets.UTF_8);
  }

  /** A connection that the test drives itself. */
  public Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Reads one answer. */
  public Answer read(Socket socket, String requestLine) throws IOException {
    return readIfAny(socket, requestLine)
        .orElseThrow(() -> new AssertionError("no answer to " + requestLine));
  }

  /** Reads one answer, unless the server hangs up without any. */
  public Optional<Answer> readIfAny(Socket socket, String requestLine) throws IOException {
    InputStream in = socket.getInputStream();
    List<String> head = new ArrayList<>();
    String line = readLine(in);
    while (!line.isEmpty()) {
      head.add(line);
      line = readLine(in);
    }
    if (head.isEmpty()) {
      return Optional.empty();
    }
    if (!head.get(0).startsWith("HTTP/1.1 ")) {
      throw new AssertionError("no answer to " + requestLine + ", but: " + head);
    }
    int status = Integer.parseInt(head.get(0).substring(9, 12));
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String header : head.subList(1, head.size())) {
      int colon = header.indexOf(':');
      headers
          .computeIfAbsent(header.substring(0, colon), name -> new ArrayList<>())
          .add(header.substring(colon + 1).strip());
    }
    boolean bodiless = requestLine.startsWith("HEAD ") || status == 204 || status < 200;
    byte[] body = bodiless ? new byte[0] : readBody(in, headers);
    String method = requestLine.replaceFirst(" .*", "");
    Answer answer = new Answer(method, requestLine, status, headers, body);
    exchanges.record(answer);
    return Optional.of(answer);
  }

  private static byte[] readBody(InputStream in, Map<String, List<String>> headers)
      throws IOException {
    if (headers.containsKey("Transfer-Encoding")) {
      return readChunks(in);
    }
    List<String> length = headers.get("Content-Length");
    return length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length.get(0)));
  }

  private static byte[] readChunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int size = Integer.parseInt(readLine(in), 16);
    while (size > 0) {
      body.write(in.readNBytes(size));
      readLine(in);
      size = Integer.parseInt(readLine(in), 16);
    }
    readLine(in);
    return body.toByteArray();
  }

  /** A line without its end; empty at the end of the stream. */
  private static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next != '\n' && next != -1) {
      line.write(next);
      next = in.read();
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  /** A server may answer and hang up before it has read everything; its answer still counts. */
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
