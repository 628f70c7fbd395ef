package io.accesstokens.app.notice;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;
import javax.net.SocketFactory;

/**
 * Creates sockets that another thread can close. The thread that connects, reads or writes then
 * gets an exception at once.
 */
final class TrackedSockets extends SocketFactory {

  private static final Logger LOG = System.getLogger(TrackedSockets.class.getName());

  private final Set<Socket> open = new HashSet<>();
  private boolean closed;

  /**
   * Returns an unconnected socket. Jakarta Mail calls only this method.
   *
   * @throws SocketException if this factory is closed, or if the calling thread is interrupted
   */
  @Override
  public synchronized Socket createSocket() throws SocketException {
    if (closed || Thread.currentThread().isInterrupted()) {
      throw new SocketException("the attempt has ended");
    }
    open.removeIf(Socket::isClosed);
    Socket socket = new Socket();
    open.add(socket);
    return socket;
  }

  synchronized void closeAll() {
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "a connection to the mail server was not closed", e);
      }
    }
    open.clear();
  }

  /** Closes all sockets. Afterwards, no socket can be created. */
  synchronized void close() {
    closed = true;
    closeAll();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(
      InetAddress address, int port, InetAddress localAddress, int localPort) {
    throw new UnsupportedOperationException();
  }
}
