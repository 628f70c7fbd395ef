package io.accesstokens.app.command.connector;

import io.accesstokens.app.ThreadQueue;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.limit.LogLimit;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 on Tomcat's NIO connector, with three limits that Tomcat lacks:
 *
 * <ul>
 *   <li>a deadline for a whole request head
 *   <li>limits for clients that send or read slowly and thus block threads
 *   <li>a limit on the number of path parameters
 * </ul>
 *
 * <p>Tomcat's own timeouts start again with each byte. Therefore a {@link ConnectionSweep} inspects
 * all connections ten times per second. The thread of a request only sets a few fields for the
 * sweep.
 */
public final class BoundedHttpProtocol extends Http11NioProtocol implements ThreadQueue {

  private static final Logger LOG = System.getLogger(BoundedHttpProtocol.class.getName());

  private static final long SWEEP_MILLIS = 100;

  /** Timeout of an idle connection after a request. This is also Tomcat's default. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);

  private final ClientConnections connections;
  private final ConnectionSweep sweep;
  private final LogLimit failures = new LogLimit(1);
  private @Nullable ScheduledFuture<?> sweeping;

  /**
   * Creates the protocol.
   *
   * @param deadline the deadline for a request head, a blocking read of a body, and a stalled
   *     response
   * @param perAddress the maximum number of incomplete requests of one address. The number of
   *     stalled responses has the same maximum, but at most a third of {@code maxConcurrent}
   * @param maxConcurrent the maximum number of requests that are processed at the same time
   * @param reservedThreads the number of additional threads, which health checks and incomplete
   *     requests use
   */
  public BoundedHttpProtocol(
      Duration deadline, int perAddress, int maxConcurrent, int reservedThreads) {
    this(new ClientConnections(), deadline, perAddress, maxConcurrent, reservedThreads);
  }

  private BoundedHttpProtocol(
      ClientConnections connections,
      Duration deadline,
      int perAddress,
      int maxConcurrent,
      int reservedThreads) {
    super(new Endpoint(connections, deadline.multipliedBy(ConnectionSweep.STREAM_DEADLINES)));
    this.connections = connections;
    int millis = (int) deadline.toMillis();
    setConnectionTimeout(millis);
    setKeepAliveTimeout((int) KEEP_ALIVE.toMillis());
    // The application has an earlier deadline for a body, and responds with 408.
    setDisableUploadTimeout(false);
    setConnectionUploadTimeout(2 * millis);
    setMaxThreads(maxConcurrent + reservedThreads);
    this.sweep =
        new ConnectionSweep(
            new ConnectionSweep.Limits(deadline, perAddress, maxConcurrent, getMaxConnections()),
            this::busyThreads);
  }

  @Override
  public void setAdapter(Adapter adapter) {
    super.setAdapter(new PathParameterAdapter(adapter));
  }

  @Override
  protected Processor createProcessor() {
    return new BoundedHttpProcessor(this, getAdapter(), connections);
  }

  /** Returns the number of threads that process a request. */
  private int busyThreads() {
    return getExecutor() instanceof RequestExecutor executor ? executor.running() : 0;
  }

  @Override
  public int waitingRequests() {
    return getExecutor() instanceof RequestExecutor executor ? executor.waiting() : 0;
  }

  @Override
  public Duration longestWait() {
    return getExecutor() instanceof RequestExecutor executor
        ? executor.longestWait()
        : Duration.ZERO;
  }

  /**
   * Returns the number of requests in flight. The number includes requests that wait for a thread,
   * and suspended requests, which have no thread.
   */
  public int requestsInFlight() {
    // A task leaves the queue after its thread counts as busy. In this order, the sum includes
    // every task that waits for a thread. The sum can lack a suspended request that continues at
    // this moment.
    return waitingRequests() + busyThreads() + getWaitingProcessorCount();
  }

  /** Returns the number of open connections. */
  public int openConnections() {
    return ((Endpoint) getEndpoint()).openConnections().size();
  }

  /**
   * Closes the listening socket, so that clients cannot connect. The requests of open connections
   * are still processed, in contrast to {@link #pause}. If a request begins after this call, the
   * server closes the connection after the response.
   */
  public void stopListening() {
    setMaxKeepAliveRequests(1);
    ((Endpoint) getEndpoint()).stopListening();
  }

  @Override
  public void start() throws Exception {
    super.start();
    sweeping =
        getUtilityExecutor()
            .scheduleWithFixedDelay(
                DaemonThreads.repeatable(this::sweep),
                SWEEP_MILLIS,
                SWEEP_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  /**
   * Runs the sweep. Logs exceptions, because {@code DaemonThreads.repeatable} ignores them. Logs at
   * most one exception a second.
   */
  private void sweep() {
    try {
      sweep.run(connections.openOn((Endpoint) getEndpoint()));
    } catch (RuntimeException | Error e) {
      if (failures.admit().isPresent()) {
        LOG.log(Level.ERROR, "the check for slow connections failed, and is tried again", e);
      }
    }
  }

  @Override
  public void stop() throws Exception {
    ScheduledFuture<?> running = sweeping;
    if (running != null) {
      running.cancel(false);
      sweeping = null;
    }
    super.stop();
  }

  /**
   * An endpoint of Tomcat that adds each new connection to the {@link ClientConnections} before the
   * first byte is read. Therefore the sweep also finds connections that have sent nothing.
   */
  static final class Endpoint extends NioEndpoint {

    private final ClientConnections clients;
    private final Duration writeTimeout;

    private Endpoint(ClientConnections clients, Duration writeTimeout) {
      this.clients = clients;
      this.writeTimeout = writeTimeout;
    }

    /** Creates a {@link RequestExecutor} instead of Tomcat's executor. */
    @Override
    public void createExecutor() {
      setExecutor(new RequestExecutor(getName(), getMaxThreads()));
    }

    @Override
    public void shutdownExecutor() {
      if (getExecutor() instanceof RequestExecutor executor) {
        executor.close();
        setExecutor(null);
      }
    }

    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
      clients.add(socket);
      boolean accepted = super.setSocketOptions(socket);
      SocketWrapperBase<NioChannel> wrapper = connections.get(socket);
      if (accepted && wrapper != null) {
        wrapper.setWriteTimeout(writeTimeout.toMillis());
      } else {
        clients.remove(socket);
      }
      return accepted;
    }

    void stopListening() {
      acceptor.stopMillis(-1);
      setMaxConnections(-1); // The acceptor can be waiting for the end of a connection.
      unlockAccept();
      try {
        doCloseServerSocket();
      } catch (IOException e) {
        LOG.log(Level.WARNING, "the listening socket could not be closed", e);
      }
    }

    /** Returns Tomcat's map of open connections. Other threads can change this map at any time. */
    Map<SocketChannel, SocketWrapperBase<NioChannel>> openConnections() {
      return connections;
    }
  }
}
