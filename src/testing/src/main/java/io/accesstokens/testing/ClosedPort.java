package io.accesstokens.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A loopback port on which no server listens. The system refuses connections to this port. Until
 * this object is closed, the system does not choose the port for another socket.
 */
public final class ClosedPort implements AutoCloseable {

  private final Socket socket = new Socket();

  /** Reserves a free port. */
  public ClosedPort() {
    this(0);
  }

  /** Reserves the port of a server that has stopped. */
  public ClosedPort(int port) {
    try {
      socket.setReuseAddress(true); // former connections of the port can be in TIME_WAIT
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
