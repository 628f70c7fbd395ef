package io.accesstokens.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Forwards connections from its own loopback port to another loopback port. A test can use the
 * proxy to simulate network faults.
 */
public final class TcpProxy implements AutoCloseable {

  private enum Mode {
    FORWARD,
    CUT,
    STALL,
    DELAY,
    HOLD_ANSWERS
  }

  private static final int CONNECT_MILLIS = 2_000;

  private final ServerSocket listener;
  private volatile int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong forwarded = new AtomicLong();
  private final Object changed = new Object();
  private volatile Mode mode = Mode.FORWARD;
  private volatile long delayMillis;

  private TcpProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /**
   * Starts a proxy on a free loopback port.
   *
   * @param target the loopback port to which the proxy forwards
   */
  public static TcpProxy to(int target) throws IOException {
    TcpProxy proxy =
        new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    start("proxy", proxy::accept);
    return proxy;
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Returns the total number of bytes that were forwarded in both directions. */
  public long forwarded() {
    return forwarded.get();
  }

  /** Forwards new connections to another loopback port. Open connections stay open. */
  public void redirect(int port) {
    target = port;
  }

  /** Resets all open connections. Also resets all new connections until {@link #restore}. */
  public void cut() {
    set(Mode.CUT);
    sockets.forEach(TcpProxy::reset);
  }

  /** Stops forwarding in both directions. The proxy keeps received bytes until {@link #restore}. */
  public void stall() {
    set(Mode.STALL);
  }

  /**
   * Forwards requests, but keeps responses until {@link #restore}. For example, a commit succeeds,
   * but the client does not receive the result.
   */
  public void holdAnswers() {
    set(Mode.HOLD_ANSWERS);
  }

  /** Forwards all bytes, and delays each chunk by this duration. */
  public void delay(Duration time) {
    delayMillis = time.toMillis();
    set(Mode.DELAY);
  }

  /** Resumes normal forwarding. The proxy first forwards the bytes that it has kept. */
  public void restore() {
    set(Mode.FORWARD);
  }

  private void set(Mode next) {
    synchronized (changed) {
      mode = next;
      changed.notifyAll();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        if (mode == Mode.CUT) {
          reset(client);
        } else {
          start("proxy connection", () -> connect(client));
        }
      }
    } catch (IOException e) {
      // The listener is closed because the test is over.
    }
  }

  private void connect(Socket client) {
    Socket server = new Socket();
    sockets.add(client);
    sockets.add(server);
    try {
      server.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      if (mode == Mode.CUT) {
        throw new IOException("the proxy cuts all connections");
      }
      start("proxy responses", () -> forward(server, client, true));
      forward(client, server, false);
    } catch (IOException e) {
      hangUp(client, server);
    }
  }

  private void forward(Socket from, Socket to, boolean answers) {
    byte[] buffer = new byte[16_384];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitPassage(answers);
        out.write(buffer, 0, read);
        forwarded.addAndGet(read);
      }
    } catch (IOException e) {
      // One connection has ended. The finally block closes the other connection.
    } finally {
      hangUp(from, to);
    }
  }

  private void awaitPassage(boolean answers) throws IOException {
    try {
      synchronized (changed) {
        while (mode == Mode.STALL || (answers && mode == Mode.HOLD_ANSWERS)) {
          changed.wait();
        }
      }
      if (mode == Mode.DELAY) {
        TimeUnit.MILLISECONDS.sleep(delayMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void hangUp(Socket one, Socket other) {
    for (Socket socket : new Socket[] {one, other}) {
      sockets.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        // The socket is already closed.
      }
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // The socket is already closed.
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
