package io.accesstokens.ldap;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;

/**
 * A socket that limits the time and the length of each response. A response begins after the last
 * write.
 *
 * <p>The read timeout of this socket is the maximum time of a complete response. The read timeout
 * of other sockets applies to each single read. With other sockets, a server could therefore delay
 * a response without limit, if it sends one byte before each timeout.
 */
final class LdapSocket extends Socket {

  /** Maximum length of a response with all its entries, in bytes. */
  private static final long MAX_BYTES = 8L << 20;

  private volatile int timeoutMillis;

  /** The time of the last write, in nanoseconds of {@link System#nanoTime}. */
  private volatile long begin = System.nanoTime();

  /** The number of bytes received since the last write. */
  private final AtomicLong received = new AtomicLong();

  @Override
  public synchronized void setSoTimeout(int millis) throws SocketException {
    super.setSoTimeout(millis);
    timeoutMillis = millis;
  }

  @Override
  public synchronized int getSoTimeout() {
    return timeoutMillis;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        limitNextRead();
        int count = in.read(bytes, offset, length);
        if (received.addAndGet(Math.max(0, count)) > MAX_BYTES) {
          throw new IOException("the response has more than " + MAX_BYTES + " bytes");
        }
        return count;
      }
    };
  }

  private synchronized void limitNextRead() throws IOException {
    if (timeoutMillis == 0) {
      return;
    }
    long rest = timeoutMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    // The first read is always tried. The process can have been stopped after the write, and the
    // response can have arrived in the meantime.
    if (rest <= 0 && received.get() > 0) {
      throw new SocketTimeoutException("the response is not complete in time");
    }
    super.setSoTimeout((int) Math.max(1, rest));
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new FilterOutputStream(super.getOutputStream()) {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        begin = System.nanoTime();
        received.set(0);
      }
    };
  }

  /** Creates unconnected sockets. The LDAP library calls only {@link #createSocket()}. */
  static final class Factory extends SocketFactory {

    @Override
    public Socket createSocket() {
      return new LdapSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
      throw new UnsupportedOperationException();
    }
  }
}
