package io.accesstokens.app.notice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** An SMTP server that accepts every command except a recipient. */
final class SmtpScript implements AutoCloseable {

  private final ServerSocket server;

  /**
   * @param recipient the response to {@code RCPT}
   */
  SmtpScript(String recipient) throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(
            () -> {
              try (Socket socket = server.accept();
                  BufferedReader in =
                      new BufferedReader(
                          new InputStreamReader(
                              socket.getInputStream(), StandardCharsets.US_ASCII))) {
                write(socket, "220 ready");
                String line;
                while ((line = in.readLine()) != null) {
                  boolean isRecipient = line.toUpperCase(Locale.ROOT).startsWith("RCPT");
                  write(socket, isRecipient ? recipient : "250 ok");
                }
              } catch (IOException e) {
                // The client or the test has closed the connection.
              }
            });
    thread.setDaemon(true);
    thread.start();
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
