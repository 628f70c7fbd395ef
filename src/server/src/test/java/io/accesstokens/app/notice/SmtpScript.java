package io.accesstokens.app.notice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** An SMTP server that accepts every command of one connection except a recipient. */
final class SmtpScript implements AutoCloseable {

  private final String recipient;
  private final ServerSocket server;

  /**
   * @param recipient the response to {@code RCPT}
   */
  SmtpScript(String recipient) throws IOException {
    this(recipient, null);
  }

  /**
   * @param recipient the response to {@code RCPT}
   * @param tls the context for {@code STARTTLS}; null for a server without TLS
   */
  SmtpScript(String recipient, @Nullable SSLContext tls) throws IOException {
    this.recipient = recipient;
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(
            () -> {
              try (Socket socket = server.accept()) {
                write(socket, "220 ready");
                serve(socket, tls);
              } catch (IOException e) {
                // The client or the test has closed the connection.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket socket, @Nullable SSLContext startTls) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    String line;
    while ((line = in.readLine()) != null) {
      String command = line.toUpperCase(Locale.ROOT);
      if (startTls != null && command.startsWith("EHLO")) {
        write(socket, "250-hello\r\n250 STARTTLS");
      } else if (startTls != null && command.startsWith("STARTTLS")) {
        write(socket, "220 begin");
        SSLSocket secured =
            (SSLSocket) startTls.getSocketFactory().createSocket(socket, null, -1, true);
        secured.setUseClientMode(false);
        serve(secured, null);
        return;
      } else {
        write(socket, command.startsWith("RCPT") ? recipient : "250 ok");
      }
    }
  }

  private static void write(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
