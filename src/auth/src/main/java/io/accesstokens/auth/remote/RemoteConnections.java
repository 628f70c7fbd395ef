package io.accesstokens.auth.remote;

import java.io.IOException;
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

/**
 * Sends requests that can safely be repeated, within a timeout. If the connection fails, the
 * request is sent a second time over a new connection.
 */
final class RemoteConnections {

  /** Maximum length of a response, in bytes. Every valid response is much shorter. */
  static final int MAX_BYTES = 64 * 1024;

  /**
   * Minimum time between the creation of two HTTP clients, in nanoseconds. Without this limit, a
   * server that resets every connection would cause a new client for each request. The creation of
   * a client is expensive.
   */
  private static final long RENEWAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final Duration timeout;
  private final Supplier<BoundedHttpClient> newClient;
  private volatile Pool pool;

  RemoteConnections(Duration connectTimeout, Duration timeout, Optional<SSLContext> sslContext) {
    this.timeout = timeout;
    this.newClient =
        () -> {
          HttpClient.Builder settings = HttpClient.newBuilder().connectTimeout(connectTimeout);
          sslContext.ifPresent(settings::sslContext);
          return new BoundedHttpClient(settings, MAX_BYTES);
        };
    this.pool = new Pool(newClient.get(), System.nanoTime());
  }

  /**
   * An HTTP client with its open connections, and the creation time of the client.
   *
   * @param madeNanos the creation time, in nanoseconds of {@link System#nanoTime}
   */
  private record Pool(BoundedHttpClient client, long madeNanos) {

    boolean isYoung() {
      return System.nanoTime() - madeNanos <= RENEWAL_NANOS;
    }
  }

  /**
   * Sends a request. If the connection fails, sends the request a second time over a new
   * connection.
   *
   * @throws IOException if there is no complete response within the timeout, if the response is too
   *     long, or if the second attempt fails too
   */
  HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Pool used = pool;
    try {
      return exchange(used, request, deadline);
    } catch (IOException first) {
      if (!couldBeTheConnection(first)) {
        throw first;
      }
      try {
        return exchange(after(used), request, deadline);
      } catch (IOException second) {
        second.addSuppressed(first);
        throw second;
      }
    }
  }

  private static boolean couldBeTheConnection(IOException e) {
    if (e instanceof HttpConnectTimeoutException) {
      return true;
    }
    return !(e instanceof HttpTimeoutException
        || e instanceof BoundedHttpClient.TooLongException
        || e instanceof SSLHandshakeException
        || e instanceof SSLPeerUnverifiedException);
  }

  /**
   * Returns the pool for a second attempt. Replaces the failed pool by a new pool, unless the
   * current pool is less than a second old. The whole pool is replaced, because none of its
   * connections works after a restart of the server.
   */
  private synchronized Pool after(Pool failed) {
    Pool current = pool;
    if (!current.isYoung() && current.equals(failed)) {
      pool = new Pool(newClient.get(), System.nanoTime());
    }
    return pool;
  }

  private static HttpResponse<byte[]> exchange(Pool pool, HttpRequest request, long deadline)
      throws IOException, InterruptedException {
    Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    return pool.client().send(request, left);
  }
}
