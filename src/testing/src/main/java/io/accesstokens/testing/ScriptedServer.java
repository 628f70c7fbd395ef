package io.accesstokens.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/** A server on a real socket. A test defines the bytes of each response. */
public final class ScriptedServer implements AutoCloseable {

  /** Writes the response to each request. */
  @FunctionalInterface
  public interface Script {
    /**
     * Writes the response. The method may wait before it writes. If the method throws an exception,
     * the server closes the connection.
     */
    void answer(OutputStream out) throws Exception;
  }

  /** Writes the response to each request. The response can depend on the request. */
  @FunctionalInterface
  public interface Conversation {
    /**
     * Writes the response. The method may wait before it writes. If the method throws an exception,
     * the server closes the connection.
     *
     * @param request the head and the body of the request
     */
    void answer(String request, OutputStream out) throws Exception;
  }

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final ServerSocket server;
  private static final Pattern LENGTH =
      Pattern.compile("^content-length: *(\\d+)", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private volatile Conversation script = (request, out) -> {};

  /** Starts the server on a free loopback port. */
  public ScriptedServer() throws IOException {
    this(ServerSocketFactory.getDefault());
  }

  /** Starts a server with TLS on a free loopback port. */
  public ScriptedServer(SSLContext tls) throws IOException {
    this(tls.getServerSocketFactory());
  }

  private ScriptedServer(ServerSocketFactory factory) throws IOException {
    server = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "scripted server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Sets the script that responds to all later requests. */
  public void answer(Script next) {
    script = (request, out) -> next.answer(out);
  }

  /**
   * Sets the script for the responses to all later requests. The script receives the head and the
   * body of each request.
   */
  public void converse(Conversation next) {
    script = next;
  }

  /**
   * Returns a script that writes a complete response with a Content-Length header.
   *
   * @param status the status code and the reason phrase, such as {@code 200 OK}
   * @param headers the other header lines, each with its line terminator; may be empty
   */
  public static Script whole(String status, String headers, String body) {
    return out ->
        write(
            out,
            "HTTP/1.1 "
                + status
                + "\r\n"
                + headers
                + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\n\r\n"
                + body);
  }

  /** Returns a script that writes a response with status 200 and a JSON body. */
  public static Script json(String body) {
    return whole("200 OK", "Content-Type: application/json\r\n", body);
  }

  /** Writes a text as UTF-8 and flushes the stream. */
  public static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Returns all requests so far. Each element consists of the head and the body of a request. */
  public List<String> requests() {
    return requests;
  }

  /** Closes all open connections. The server continues to accept new connections. */
  public void dropConnections() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    dropConnections();
  }

  private void serve() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread thread = new Thread(() -> converse(socket), "scripted connection");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException e) {
      // The server is closed because the test is over.
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      for (int c = in.read(); c >= 0; c = in.read()) {
        head.write(c);
        if (head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
          Matcher length = LENGTH.matcher(head.toString(StandardCharsets.ISO_8859_1));
          if (length.find()) {
            head.write(in.readNBytes(Integer.parseInt(length.group(1))));
          }
          String request = head.toString(StandardCharsets.ISO_8859_1);
          requests.add(request);
          head.reset();
          script.answer(request, socket.getOutputStream());
        }
      }
    } catch (Exception e) {
      // The client disconnected, or the script closed the connection on purpose.
    }
  }
}
