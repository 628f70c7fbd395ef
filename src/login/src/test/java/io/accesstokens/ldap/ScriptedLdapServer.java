package io.accesstokens.ldap;

import com.unboundid.asn1.ASN1StreamReader;
import com.unboundid.ldap.protocol.LDAPMessage;
import com.unboundid.ldap.protocol.ProtocolOp;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An LDAP server on a real socket. A test defines the bytes of each response. */
final class ScriptedLdapServer implements AutoCloseable {

  /** Writes the response to each request. */
  @FunctionalInterface
  interface Script {
    /**
     * Writes the response. The method may wait before it writes. If the method throws an exception,
     * the server closes the connection.
     *
     * @param in the bytes after the request
     */
    void answer(LDAPMessage request, InputStream in, OutputStream out) throws Exception;
  }

  private final ServerSocket server;
  private final Script script;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /** Starts a server on a free loopback port. */
  ScriptedLdapServer(Script script) throws IOException {
    this.script = script;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  static byte[] response(LDAPMessage request, ProtocolOp content) {
    return new LDAPMessage(request.getMessageID(), content).encode().encode();
  }

  int port() {
    return server.getLocalPort();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "scripted LDAP server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      // The server is closed because the test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      ASN1StreamReader requests = new ASN1StreamReader(in);
      LDAPMessage request = LDAPMessage.readFrom(requests, false);
      while (request != null) {
        script.answer(request, in, socket.getOutputStream());
        request = LDAPMessage.readFrom(requests, false);
      }
    } catch (Exception e) {
      // The client disconnected, or the script closed the connection on purpose.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
