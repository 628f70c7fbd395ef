package io.accesstokens.auth;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Sends repeatable requests in bounded time, and reads responses of bounded length. */
final class RemoteConnections {

  /** Far above the length of any valid response. */
  static final int MAX_BYTES = 64 * 1024;

  /** Limits the creation of clients, which is expensive, if a server resets every connection. */
  private static final long RENEWAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final Duration timeout;
  private final Supplier<HttpClient> newClient;
  private volatile Pool pool;

  RemoteConnections(Duration connectTimeout, Duration timeout, Optional<SSLContext> sslContext) {
    this.timeout = timeout;
    this.newClient =
        () -> {
          HttpClient.Builder client =
              HttpClient.newBuilder()
                  .version(HttpClient.Version.HTTP_1_1)
                  .followRedirects(HttpClient.Redirect.NEVER)
                  .connectTimeout(connectTimeout);
          sslContext.ifPresent(client::sslContext);
          return client.build();
        };
    this.pool = new Pool(newClient.get(), System.nanoTime());
  }

  /** A client with its open connections, and its creation time. */
  private record Pool(HttpClient client, long madeNanos) {

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
        || e instanceof TooLong
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
    CompletableFuture<HttpResponse<byte[]>> answer =
        pool.client().sendAsync(request, head -> new Bounded());
    try {
      // The client's own timeout covers only the headers. A slow body could exceed it.
      return answer.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no whole answer in time");
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException("the exchange failed", e.getCause());
    }
  }

  /** Thrown if a response is longer than {@link #MAX_BYTES}. */
  private static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;

    TooLong() {
      super("the answer is longer than " + MAX_BYTES + " bytes");
    }
  }

  private static final class Bounded implements HttpResponse.BodySubscriber<byte[]> {

    private final HttpResponse.BodySubscriber<byte[]> whole =
        HttpResponse.BodySubscribers.ofByteArray();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private long left = MAX_BYTES;

    @Override
    public CompletionStage<byte[]> getBody() {
      return whole.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription.complete(given);
      whole.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      left -= buffers.stream().mapToLong(ByteBuffer::remaining).sum();
      if (left >= 0) {
        whole.onNext(buffers);
      } else {
        subscription.join().cancel();
        whole.onError(new TooLong());
      }
    }

    @Override
    public void onError(Throwable thrown) {
      whole.onError(thrown);
    }

    @Override
    public void onComplete() {
      if (left >= 0) {
        whole.onComplete();
      }
    }
  }
}
