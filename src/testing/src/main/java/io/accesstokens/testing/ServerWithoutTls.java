package io.accesstokens.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server that has no TLS and responds to the first bytes of a TLS handshake with a 400. */
public final class ServerWithoutTls implements AutoCloseable {

  private final ServerSocket socket;

  /** Starts the server on a free port of the loopback address. */
  public ServerWithoutTls() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::run, "server without TLS");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        client.getInputStream().readNBytes(5);
        client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
        client.shutdownOutput();
        client.getInputStream().readAllBytes();
      } catch (IOException e) {
        // The client or the test has closed the socket.
      }
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
