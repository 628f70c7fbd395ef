package io.accesstokens.app;

import java.time.Duration;

/**
 * The queue of the requests that wait for a thread of the server of {@code java -jar}. Other events
 * of connections, such as TLS handshakes, count as requests. Thread-safe.
 */
public interface ThreadQueue {

  /** Returns the number of requests that wait for a thread. */
  int waitingRequests();

  /** Returns how long the oldest waiting request has waited; zero if no request waits. */
  Duration longestWait();
}
