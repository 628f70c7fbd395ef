package io.accesstokens.app.command.connector;

import io.accesstokens.verify.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The state of a connection. The thread that processes the connection writes the state.
 *
 * <p>The {@link ConnectionSweep} reads the state at any time. The state can change after this read.
 * Therefore {@link #close} closes a connection only if its state has not changed.
 */
final class ClientConnection {

  /** The possible reasons why a connection waits. */
  enum Wait {
    /** The connection does not wait for the client. */
    NONE,
    /** The connection waits for missing bytes of a request head. No thread is blocked. */
    HEAD,
    /** The connection is idle, and waits for its next request. No thread is blocked. */
    NEXT_REQUEST,
    /** A thread is blocked, because it waits for missing bytes of a request body. */
    BODY,
    /**
     * A thread is blocked, because the client does not read the response that the thread writes.
     */
    RESPONSE
  }

  /** Value of Tomcat's {@code Request.getStartTimeNanos} before the first byte of a request. */
  static final long NOT_STARTED = -1;

  /** Name of a response header that only exports have. */
  private static final String DOWNLOAD = "Content-Disposition";

  private final SocketChannel channel;

  private volatile long headSince;
  private volatile boolean headIncomplete = true;
  private volatile boolean processed;
  private volatile @Nullable Request request;
  private volatile @Nullable Response response;
  private final AtomicInteger changes = new AtomicInteger();

  // The following fields are used by the thread of the sweep only.
  private @Nullable NioSocketWrapper wrapper;
  private @Nullable String address;
  private int changesSeen;
  private long lastWrite;
  private long blockedSince;
  private Wait blockedOn = Wait.NONE;

  ClientConnection(SocketChannel channel, long acceptedAt) {
    this.channel = channel;
    this.headSince = acceptedAt;
  }

  SocketChannel channel() {
    return channel;
  }

  // The following methods are called by the thread that processes the connection.

  void enter(Request current, Response currentResponse) {
    changes.incrementAndGet();
    request = current;
    response = currentResponse;
    processed = true;
  }

  void recordSuspended() {
    headIncomplete = false;
    leave();
  }

  /**
   * Records that a request head is incomplete.
   *
   * @param served true if a request was served before this head began
   * @param startedAt the time at which this head began, as a value of {@link System#nanoTime()}
   */
  void recordIncompleteHead(boolean served, long startedAt) {
    if (served || !headIncomplete) {
      headSince = startedAt;
      headIncomplete = true;
    }
    forget();
    leave();
  }

  /**
   * Records that the connection is idle.
   *
   * @param served true if a request was served before the connection became idle
   */
  void recordIdle(boolean served) {
    if (served) {
      headIncomplete = false;
    }
    forget();
    leave();
  }

  private void forget() {
    request = null;
    response = null;
  }

  private void leave() {
    changes.incrementAndGet();
    processed = false;
  }

  // The following methods are called by the thread of the sweep.

  void setWrapper(NioSocketWrapper current) {
    wrapper = current;
  }

  /** Returns the address without its zone in canonical text form, or an empty text. */
  static String textOf(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress remote
        ? IpAddress.parse(remote.getAddress().getHostAddress()).orElseThrow().toString()
        : "";
  }

  /** Returns the client address in canonical text form, or an empty text if it is unknown. */
  String address() {
    String known = address;
    if (known == null) {
      try {
        known = textOf(channel.getRemoteAddress());
      } catch (IOException e) {
        known = "";
      }
      address = known;
    }
    return known;
  }

  /**
   * Determines what the connection waits for, and stores the time at which the wait began.
   *
   * @param now the current time, as a value of {@link System#nanoTime()}
   */
  Wait check(long now) {
    changesSeen = changes.get();
    Wait wait = waitsFor();
    if (wait == Wait.BODY || wait == Wait.RESPONSE) {
      NioSocketWrapper socket = wrapper;
      long written = socket == null ? 0 : socket.getLastWrite();
      if (blockedOn != wait || (wait == Wait.RESPONSE && written != lastWrite)) {
        blockedSince = now;
        lastWrite = written;
      }
    }
    blockedOn = wait;
    return wait;
  }

  private Wait waitsFor() {
    NioSocketWrapper socket = wrapper;
    if (socket == null) {
      return Wait.NONE;
    }
    Response currentResponse = response;
    if (!processed && currentResponse == null) {
      if (!socket.interestOpsHas(SelectionKey.OP_READ)) {
        return Wait.NONE; // Bytes have arrived. The connection waits for a thread.
      }
      return headIncomplete ? Wait.HEAD : Wait.NEXT_REQUEST;
    }
    if (currentResponse != null
        && currentResponse.isCommitted()
        && socket.interestOpsHas(SelectionKey.OP_WRITE)) {
      return Wait.RESPONSE;
    }
    return processed && socket.interestOpsHas(SelectionKey.OP_READ) ? Wait.BODY : Wait.NONE;
  }

  /**
   * Returns true if the connection waited for missing bytes of a request head at the last call of
   * {@link #check}.
   */
  boolean waitsForHead() {
    return blockedOn == Wait.HEAD;
  }

  /**
   * Returns the start of the wait that the last call of {@link #check} found, as a value of {@link
   * System#nanoTime()}.
   */
  long waitingSince() {
    return blockedOn == Wait.HEAD ? headSince : blockedSince;
  }

  /**
   * Returns the time from which the client's deadline counts, as a value of {@link
   * System#nanoTime()}.
   *
   * <ul>
   *   <li>For a request head and for its body, this is the start of the head.
   *   <li>For a response, this is the start of the response.
   *   <li>For an export, this is the last time at which the client has read a part.
   * </ul>
   */
  long deadlineSince() {
    Request current = request;
    Response currentResponse = response;
    if (blockedOn == Wait.BODY && current != null) {
      long startedAt = current.getStartTimeNanos();
      return startedAt == NOT_STARTED ? waitingSince() : startedAt;
    }
    if (blockedOn == Wait.RESPONSE && currentResponse != null && !isStreaming()) {
      return currentResponse.getCommitTimeNanos();
    }
    return waitingSince();
  }

  /**
   * Returns true if the connection waits for the client to read an export. The length of an export
   * is not limited, so an export has no fixed deadline.
   */
  boolean isStreaming() {
    Response currentResponse = response;
    return blockedOn == Wait.RESPONSE
        && currentResponse != null
        && currentResponse.getMimeHeaders().getHeader(DOWNLOAD) != null;
  }

  /**
   * Returns the time at which bytes were last read, as a value of {@link
   * System#currentTimeMillis()}. Returns 0 if the socket is not known yet.
   */
  long lastReadMillis() {
    NioSocketWrapper socket = wrapper;
    return socket == null ? 0 : socket.getLastRead();
  }

  private boolean isUnchanged() {
    return changesSeen == changes.get();
  }

  /**
   * Closes the connection, unless its state has changed since the last call of {@link #check}. The
   * method shuts down both directions of the connection. This wakes the thread that waits for the
   * client. Tomcat then closes the connection.
   *
   * @return false if the state has changed, and the connection was not closed
   */
  boolean close() {
    if (!isUnchanged()) {
      return false;
    }
    try {
      if (blockedOn == Wait.RESPONSE) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0); // frees the kernel's buffer
      }
      channel.shutdownInput();
      channel.shutdownOutput();
    } catch (IOException e) {
      // The client has already closed the connection.
    }
    return true;
  }
}
