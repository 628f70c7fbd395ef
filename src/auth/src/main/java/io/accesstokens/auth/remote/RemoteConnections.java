package io.accesstokens.auth.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests that can safely be repeated, within a timeout. If the connection fails, the
 * request is sent a second time over another connection.
 */
final class RemoteConnections {

  /**
   * Maximum length of a response, in bytes. Every valid response is shorter: the scopes of a token
   * fit into the request that set them, which has at most 100 KB.
   */
  static final int MAX_BYTES = 128 * 1024;

  /**
   * Minimum time between the creation of two HTTP clients, in nanoseconds. Without this limit, a
   * server that resets every connection would cause a new client for each request. The creation of
   * a client is expensive.
   */
  private static final long RENEWAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final Duration timeout;
  private final Supplier<BoundedHttpClient> newClient;
  private volatile @Nullable Pool pool;

  RemoteConnections(Duration connectTimeout, Duration timeout, Optional<SSLContext> sslContext) {
    this(
        timeout,
        () -> {
          HttpClient.Builder settings = HttpClient.newBuilder().connectTimeout(connectTimeout);
          sslContext.ifPresent(settings::sslContext);
          return new BoundedHttpClient(settings, MAX_BYTES);
        });
  }

  /**
   * Creates connections.
   *
   * @param newClient creates an HTTP client; may throw {@link UncheckedIOException}
   */
  RemoteConnections(Duration timeout, Supplier<BoundedHttpClient> newClient) {
    this.timeout = timeout;
    this.newClient = newClient;
    this.pool = new Pool(newClient.get());
  }

  /** An HTTP client with its open connections. */
  private static final class Pool {

    private final BoundedHttpClient client;

    /** The creation time of the client, in nanoseconds of {@link System#nanoTime}. */
    private final long createdNanos = System.nanoTime();

    /** True after the first response. From then on, the client can have old connections. */
    private volatile boolean hasResponded;

    Pool(BoundedHttpClient client) {
      this.client = client;
    }

    boolean canHaveBrokenConnections() {
      return hasResponded && System.nanoTime() - createdNanos > RENEWAL_NANOS;
    }

    HttpResponse<byte[]> exchange(HttpRequest request, long deadline)
        throws IOException, InterruptedException {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      HttpResponse<byte[]> response = client.send(request, left);
      hasResponded = true;
      return response;
    }
  }

  /**
   * Sends a request. If the connection fails, sends the request a second time over another
   * connection. A failed TLS handshake is not repeated.
   *
   * @throws IOException if there is no complete response within the timeout, if the response is too
   *     long, if the TLS handshake fails, or if the second attempt fails too. Also thrown if no
   *     HTTP client can be created, and after {@link #close}.
   */
  HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Pool used = current();
    try {
      return used.exchange(request, deadline);
    } catch (IOException first) {
      if (!isRetryable(first)) {
        throw first;
      }
      try {
        return poolForRetry(used, first).exchange(request, deadline);
      } catch (IOException second) {
        second.addSuppressed(first);
        throw second;
      }
    }
  }

  private Pool current() throws IOException {
    Pool current = pool;
    if (current == null) {
      throw new IOException("the verifier is closed");
    }
    return current;
  }

  private static boolean isRetryable(IOException e) {
    return isConnectFailure(e)
        || !(e instanceof HttpTimeoutException
            || e instanceof BoundedHttpClient.TooLongException
            || e instanceof SSLHandshakeException
            || e instanceof SSLPeerUnverifiedException);
  }

  /**
   * Returns true if the client could not open a connection. The client then had no idle connection
   * that it could use.
   */
  private static boolean isConnectFailure(IOException e) {
    return e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
  }

  /**
   * Returns the pool for a second attempt. Replaces the failed pool by a new pool if the failed
   * pool can have connections from before a restart of the server. The whole pool is replaced,
   * because none of these connections works. In an outage, only one new pool is created, because
   * each client keeps a thread and file descriptors until it is garbage-collected.
   */
  private synchronized Pool poolForRetry(Pool failed, IOException failure) throws IOException {
    Pool current = current();
    if (!current.equals(failed)
        || isConnectFailure(failure)
        || !failed.canHaveBrokenConnections()) {
      return current;
    }
    try {
      Pool renewed = new Pool(newClient.get());
      pool = renewed;
      return renewed;
    } catch (UncheckedIOException e) {
      throw new IOException("no HTTP client can be created", e);
    }
  }

  /**
   * Releases the HTTP client. Its thread ends when no request is running and the client is
   * garbage-collected. Later requests fail.
   */
  synchronized void close() {
    pool = null;
  }
}
