package io.accesstokens.app.command;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The state of a connection. The thread that processes the connection writes it. The {@link
 * ConnectionSweep} reads it at any time, and the next request may make what it has read outdated.
 * So the sweep checks {@link #isUnchanged} before it closes the connection.
 */
final class ClientConnection {

  /** The part of an exchange in which a connection waits for its client. */
  enum Wait {
    NONE,
    /** For the rest of a request head, without a thread. */
    HEAD,
    /** For the next request of an idle connection, without a thread. */
    NEXT_REQUEST,
    /** For bytes of a request body, in a blocking read. */
    BODY,
    /** For the client to read a response, in a blocking write. */
    RESPONSE
  }

  /** The value of Tomcat's {@code Request.getStartTimeNanos} before the first byte. */
  static final long NOT_STARTED = -1;

  /** Only exports have this header. */
  private static final String DOWNLOAD = "Content-Disposition";

  private final SocketChannel channel;

  private volatile long headSince;
  private volatile boolean headIncomplete = true;
  private volatile boolean processed;
  private volatile @Nullable Request request;
  private volatile @Nullable Response response;
  private final AtomicInteger changes = new AtomicInteger();

  // Used by the sweep's thread only.
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

  // Called by the thread that processes the connection.

  void enter(Request current, Response currentResponse) {
    changes.incrementAndGet();
    request = current;
    response = currentResponse;
    processed = true;
  }

  void suspended() {
    headIncomplete = false;
    leave();
  }

  /**
   * @param served true if a request was served before this head began
   * @param startedAt when this head began
   */
  void headIsIncomplete(boolean served, long startedAt) {
    if (served || !headIncomplete) {
      headSince = startedAt;
      headIncomplete = true;
    }
    forget();
    leave();
  }

  /**
   * @param served false if there was nothing to read
   */
  void idle(boolean served) {
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

  // Called by the sweep's thread.

  void sees(NioSocketWrapper current) {
    wrapper = current;
  }

  String address() {
    String known = address;
    if (known == null) {
      try {
        known =
            channel.getRemoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : "";
      } catch (IOException e) {
        known = "";
      }
      address = known;
    }
    return known;
  }

  /** Returns what the connection waits for, and records when the wait began. */
  Wait look(long now) {
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
      if (!headIncomplete) {
        return Wait.NEXT_REQUEST;
      }
      // Otherwise bytes have arrived, and the connection waits for a thread, not for its client.
      return socket.interestOpsHas(SelectionKey.OP_READ) ? Wait.HEAD : Wait.NONE;
    }
    if (currentResponse != null
        && currentResponse.isCommitted()
        && socket.interestOpsHas(SelectionKey.OP_WRITE)) {
      return Wait.RESPONSE;
    }
    return processed && socket.interestOpsHas(SelectionKey.OP_READ) ? Wait.BODY : Wait.NONE;
  }

  /** Returns true if {@link #look} has found that a request head is incomplete. */
  boolean waitsForHead() {
    return blockedOn == Wait.HEAD;
  }

  /** Returns when the wait began that {@link #look} has found, by {@link System#nanoTime()}. */
  long waitingSince() {
    return blockedOn == Wait.HEAD ? headSince : blockedSince;
  }

  /**
   * Returns the start of the period in which the wait must end. A head and a body share one
   * deadline. A response has one too, unless it is a download, which may last as long as the client
   * reads.
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
   * Returns true if a download waits for the client. Its length is not limited, so it has no fixed
   * deadline.
   */
  boolean isStreaming() {
    Response currentResponse = response;
    return blockedOn == Wait.RESPONSE
        && currentResponse != null
        && currentResponse.getMimeHeaders().getHeader(DOWNLOAD) != null;
  }

  /** Returns when bytes were last read, by {@link System#currentTimeMillis()}. */
  long lastReadMillis() {
    NioSocketWrapper socket = wrapper;
    return socket == null ? 0 : socket.getLastRead();
  }

  private boolean isUnchanged() {
    return changesSeen == changes.get();
  }

  /**
   * Closes the connection if it still waits. Shutting down both directions wakes the thread that
   * waits for the client. Tomcat then closes the connection as if the client had closed it.
   *
   * @return false if it does not wait any more
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
      // The client has already closed it.
    }
    return true;
  }
}
