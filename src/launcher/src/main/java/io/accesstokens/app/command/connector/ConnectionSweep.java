package io.accesstokens.app.command.connector;

import io.accesstokens.verify.IpAddress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Closes the connections of clients that send or read too slowly. The sweep closes:
 *
 * <ol>
 *   <li>Connections with an incomplete request head at the deadline. A new connection counts as an
 *       incomplete head. Therefore a client that sends nothing, or that never completes a TLS
 *       handshake, is also disconnected.
 *   <li>Connections with a thread that still waits for a request body at the deadline.
 *   <li>Connections with a thread that still waits at the deadline for the client to read the
 *       response. For an export, the sweep waits until nothing was written for three times the
 *       deadline.
 *   <li>Connections of one address (for IPv6, one /64 network) above its limit of incomplete
 *       requests or of stalled responses.
 *   <li>Connections that block a thread, if their number exceeds half of the maximum number of
 *       concurrent requests.
 *   <li>Connections with incomplete requests, and then idle connections, if more than seven eighths
 *       of the allowed connections are open.
 * </ol>
 *
 * <p>In the last three cases, the connections that have waited longest are closed first. No
 * connection is closed within a short grace period, so that network latency alone does not close a
 * connection. If few threads are free, connections that block a thread have no grace period in
 * these three cases.
 *
 * <p>An instance is used by one thread at a time.
 */
final class ConnectionSweep {

  private static final Logger LOG = System.getLogger(ConnectionSweep.class.getName());

  /**
   * Grace period of an incomplete request head. On a busy server, a head can count as incomplete
   * for this time, although all its bytes have arrived.
   */
  private static final Duration HEAD_GRACE = Duration.ofSeconds(2);

  private static final Duration GRACE = Duration.ofMillis(500);
  private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

  /**
   * Maximum time without progress of an export, as a multiple of the deadline. The kernel reports
   * progress in steps of a third of its buffer, about 130 KB. With this value, a client that reads
   * 5 KB per second stays connected.
   */
  static final int STREAM_DEADLINES = 3;

  /** Minimum idle time before the sweep closes an idle connection, in milliseconds. */
  private static final long FRESH_MILLIS = 1_000;

  /**
   * The limits of the sweep.
   *
   * @param deadline the deadline for a request head, a blocking read of a body, and a stalled
   *     response
   * @param perAddress the maximum number of incomplete requests of one address; see also {@link
   *     #stalledPerAddress}
   * @param maxConcurrent the maximum number of requests that are processed at the same time. The
   *     number of threads can be higher
   * @param maxConnections the number of connections that the server accepts
   */
  record Limits(Duration deadline, int perAddress, int maxConcurrent, int maxConnections) {

    /**
     * Returns the maximum number of connections for which a thread waits. Above this number, the
     * connections that have waited longest are closed.
     */
    int blocked() {
      return Math.max(1, maxConcurrent / 2);
    }

    /**
     * Returns the maximum number of stalled responses of one address: {@code perAddress}, but at
     * most a third of {@code maxConcurrent}.
     */
    int stalledPerAddress() {
      return Math.min(perAddress, Math.max(1, maxConcurrent / 3));
    }
  }

  private final Limits limits;
  private final IntSupplier busyThreads;
  private final List<ClientConnection> incomplete = new ArrayList<>();
  private final List<ClientConnection> stalled = new ArrayList<>();
  private final List<ClientConnection> blocked = new ArrayList<>();
  private final List<ClientConnection> idle = new ArrayList<>();
  private long now;
  private int closed;
  private String lastAddress = "";
  private long loggedAt = System.nanoTime() - LOG_INTERVAL.toNanos();

  ConnectionSweep(Limits limits, IntSupplier busyThreads) {
    this.limits = limits;
    this.busyThreads = busyThreads;
  }

  void run(List<ClientConnection> connections) {
    now = System.nanoTime();
    // These lists are not empty if the last run failed.
    incomplete.clear();
    stalled.clear();
    blocked.clear();
    idle.clear();
    // If few threads are free, there is no grace period. A health check needs a free thread before
    // a grace period would end.
    boolean scarce = busyThreads.getAsInt() > limits.maxConcurrent() * 3 / 4;
    long grace = scarce ? 0 : GRACE.toNanos();
    connections.forEach(this::check);
    closeBeyondShare(incomplete, limits.perAddress(), grace);
    closeBeyondShare(stalled, limits.stalledPerAddress(), grace);
    closeLongest(blocked, blocked.size() - limits.blocked(), grace);
    int excess = connections.size() - limits.maxConnections() * 7 / 8;
    if (excess > 0) {
      closeLongest(incomplete, excess, grace);
      closeIdle(excess - incomplete.size());
    }
    log();
  }

  private void check(ClientConnection connection) {
    ClientConnection.Wait wait = connection.check(now);
    switch (wait) {
      case NONE -> {}
      case NEXT_REQUEST -> idle.add(connection);
      case HEAD, BODY, RESPONSE -> {
        int deadlines = connection.isStreaming() ? STREAM_DEADLINES : 1;
        boolean late = now - connection.deadlineSince() > deadlines * limits.deadline().toNanos();
        // For a moment, a thread that is about to respond with 408 has the same state as a thread
        // that waits for the body.
        boolean waits =
            wait == ClientConnection.Wait.HEAD || now - connection.waitingSince() > GRACE.toNanos();
        if (late && waits) {
          close(connection);
          return;
        }
        if (wait == ClientConnection.Wait.RESPONSE) {
          stalled.add(connection);
        } else {
          incomplete.add(connection);
        }
        if (wait != ClientConnection.Wait.HEAD) {
          blocked.add(connection);
        }
      }
    }
  }

  private void closeBeyondShare(List<ClientConnection> all, int perAddress, long grace) {
    if (all.size() <= perAddress) {
      return;
    }
    Map<String, List<ClientConnection>> byAddress = new HashMap<>();
    for (ClientConnection connection : all) {
      byAddress
          .computeIfAbsent(IpAddress.networkOf(connection.address()), key -> new ArrayList<>())
          .add(connection);
    }
    for (List<ClientConnection> ofOne : byAddress.values()) {
      closeLongest(ofOne, ofOne.size() - perAddress, grace);
    }
  }

  /**
   * Closes the connections that have waited longest. Does not close a connection within its grace
   * period.
   *
   * @param count the maximum number of connections to close
   * @param grace the grace period of a connection that blocks a thread, in nanoseconds
   */
  private void closeLongest(List<ClientConnection> all, int count, long grace) {
    if (count <= 0) {
      return;
    }
    all.sort(Comparator.comparingLong(connection -> connection.waitingSince() - now));
    for (ClientConnection connection : all.subList(0, Math.min(count, all.size()))) {
      // An incomplete head blocks no thread, so it has a grace period even if threads are scarce.
      long due = connection.waitsForHead() ? HEAD_GRACE.toNanos() : grace;
      if (now - connection.waitingSince() > due) {
        close(connection);
      }
    }
  }

  private void closeIdle(int count) {
    if (count <= 0) {
      return;
    }
    long latest = System.currentTimeMillis() - FRESH_MILLIS;
    idle.sort(Comparator.comparingLong(ClientConnection::lastReadMillis));
    for (ClientConnection connection : idle.subList(0, Math.min(count, idle.size()))) {
      if (connection.lastReadMillis() < latest) {
        close(connection);
      }
    }
  }

  private void close(ClientConnection connection) {
    String address = connection.address(); // a closed connection has no address
    if (connection.close()) {
      closed++;
      lastAddress = address;
    }
  }

  private void log() {
    if (closed > 0 && now - loggedAt >= LOG_INTERVAL.toNanos()) {
      LOG.log(
          Level.WARNING,
          "closed {0} connections whose clients sent or read too slowly, the last one of {1}; see"
              + " accessTokens.requests",
          String.valueOf(closed),
          lastAddress);
      closed = 0;
      loggedAt = now;
    }
  }
}
