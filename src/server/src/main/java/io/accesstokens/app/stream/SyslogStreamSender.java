package io.accesstokens.app.stream;

import io.accesstokens.transparency.stream.StreamBatch;
import io.accesstokens.transparency.stream.StreamException;
import io.accesstokens.transparency.stream.StreamFormat;
import io.accesstokens.transparency.stream.StreamSender;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.limit.FailureReason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches to a syslog server over TLS (RFC 5425). Verifies the certificate of the server and
 * its name.
 *
 * <p>Syslog has no acknowledgements. Therefore each batch has its own connection. After the batch,
 * the sender closes its direction of the connection, and waits until the server closes the other
 * direction. A server does this only after it has read everything (RFC 5425, section 4.4). If the
 * server does not close its direction, the batch is sent again.
 */
final class SyslogStreamSender implements StreamSender {

  /**
   * Maximum time to connect to the server, in milliseconds. All addresses of the server share this
   * time.
   */
  private static final int CONNECT_MILLIS = 5_000;

  /**
   * Number of bytes from the server after which an attempt fails. A syslog server sends no bytes.
   */
  private static final int MAX_RESPONSE = 1_024;

  private static final Logger LOG = System.getLogger(SyslogStreamSender.class.getName());

  private final StreamTargetConfiguration.Syslog server;
  private final DnsResolver names;
  private final StreamFormat format;
  private final Duration deadline;
  private final DaemonThreads threads = new DaemonThreads("access-tokens-syslog-deadline");
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, threads);
  private @Nullable Socket open;
  private boolean late;
  private boolean closed;

  /**
   * Creates a sender.
   *
   * @param deadline the maximum time of an attempt; a slow name look-up can exceed this time
   */
  SyslogStreamSender(
      StreamTargetConfiguration.Syslog server,
      DnsResolver names,
      StreamFormat format,
      Duration deadline) {
    this.server = server;
    this.names = names;
    this.format = format;
    this.deadline = deadline;
  }

  @Override
  public void send(StreamBatch batch) throws StreamException {
    byte[] frames = SyslogMessages.frames(batch, format);
    try {
      startAttempt();
      Future<?> end = timer.schedule(this::expire, deadline.toMillis(), TimeUnit.MILLISECONDS);
      try (Socket plain = connected()) {
        send(plain, frames);
      } finally {
        end.cancel(false);
      }
    } catch (IOException e) {
      throw new StreamException(reason(e));
    }
  }

  private synchronized String reason(IOException e) {
    if (late) {
      return "the syslog server did not accept the events within " + deadline.toSeconds() + " s";
    }
    if (e instanceof UnknownHostException) {
      return "the name of the syslog server cannot be resolved";
    }
    return e instanceof SSLException
        ? "the syslog server has no trusted certificate for its name, or TLS failed ("
            + FailureReason.of(e)
            + ')'
        : "the syslog server cannot be reached, or it closed the connection early";
  }

  /** Returns a connection to the first address of the server that accepts a connection. */
  private Socket connected() throws IOException {
    InetAddress[] addresses = names.resolve(server.host());
    int timeoutMillis = Math.max(1, CONNECT_MILLIS / Math.max(1, addresses.length));
    IOException failure = new UnknownHostException(server.host());
    for (InetAddress address : addresses) {
      Socket socket = new Socket();
      try {
        track(socket);
        socket.connect(new InetSocketAddress(address, server.port()), timeoutMillis);
        return socket;
      } catch (IOException e) {
        socket.close();
        failure = e;
      }
    }
    throw failure;
  }

  private void send(Socket plain, byte[] frames) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            server
                .authorities()
                .socketFactory()
                .createSocket(plain, server.host(), server.port(), true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 5425, section 5.2
      socket.setSSLParameters(parameters);
      OutputStream out = socket.getOutputStream();
      out.write(frames);
      out.flush();
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      if (in.readNBytes(MAX_RESPONSE).length == MAX_RESPONSE) {
        throw new IOException("the server sends data");
      }
    }
  }

  /**
   * Starts an attempt.
   *
   * @throws IOException if the stream is closed
   */
  private synchronized void startAttempt() throws IOException {
    late = false;
    requireTime();
  }

  private synchronized void track(Socket socket) throws IOException {
    requireTime();
    open = socket;
  }

  private synchronized void requireTime() throws IOException {
    if (closed || late) {
      throw new IOException("the attempt has ended");
    }
  }

  /** Ends an attempt at its deadline. The attempt tries no further address of the server. */
  private synchronized void expire() {
    late = true;
    abort();
  }

  /**
   * Closes the connection to the syslog server. The thread that uses the connection then gets an
   * exception at once.
   */
  private synchronized void abort() {
    Socket socket = open;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "a connection to the syslog server was not closed", e);
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    timer.shutdownNow();
    abort();
  }
}
