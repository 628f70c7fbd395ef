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

/** Sends repeatable requests in bounded time, and repeats them once over a new connection. */
final class RemoteConnections {

  /** Far above the length of any valid response. */
  static final int MAX_BYTES = 64 * 1024;

  /** Limits the creation of clients, which is expensive, if a server resets every connection. */
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

  /** A client with its open connections, and its creation time. */
  private record Pool(BoundedHttpClient client, long madeNanos) {

    boolean isYoung() {
      return System.nanoTime() - madeNanos <= RENEWAL_NANOS;
    }
  }

  /**
   * @throws IOException if there is no complete response in time, or the response is too long
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
   * Returns a pool without the connections of a failed one. After a restart of the server, all open
   * connections are dead, and a second attempt over one of them would fail too.
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
