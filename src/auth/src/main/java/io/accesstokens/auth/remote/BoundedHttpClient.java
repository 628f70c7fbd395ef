package io.accesstokens.auth.remote;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends HTTP/1.1 requests, follows no redirects, and reads responses of bounded length. This class
 * is thread-safe.
 */
public final class BoundedHttpClient {

  private final HttpClient client;
  private final int maxBytes;

  /**
   * Creates a client.
   *
   * @param settings the other settings of the client, such as its executor
   * @param maxBytes the maximum length of the body of a response, in bytes
   */
  public BoundedHttpClient(HttpClient.Builder settings, int maxBytes) {
    this.maxBytes = maxBytes;
    // The thread of the client runs until the client is garbage-collected, even after the end of
    // the application. The thread must not retain the class loader of the application.
    Thread current = Thread.currentThread();
    ClassLoader application = current.getContextClassLoader();
    current.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      client =
          settings
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
    } finally {
      current.setContextClassLoader(application);
    }
  }

  /**
   * Sends a request without blocking and without a timeout. The caller must set a time limit.
   *
   * @return the future response; fails with a {@link TooLongException} if the body is too long. The
   *     request is aborted if the caller cancels the future.
   */
  public CompletableFuture<HttpResponse<byte[]>> sendAsync(HttpRequest request) {
    int most = maxBytes;
    return client.sendAsync(request, head -> new BoundedSubscriber(most));
  }

  /**
   * Sends a request and waits for the whole response.
   *
   * @param timeout the time from sending the request to the last byte of the response
   * @throws HttpTimeoutException if there is no complete response within the timeout
   * @throws TooLongException if the body is too long
   * @throws IOException if the request fails
   */
  public HttpResponse<byte[]> send(HttpRequest request, Duration timeout)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> response;
    try {
      response = sendAsync(request);
    } catch (RejectedExecutionException e) {
      throw new IOException("the server is stopping", e);
    }
    try {
      // The client's own timeout covers only the headers. A slow body could exceed it.
      return response.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no complete response within the timeout");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException("the exchange failed", e.getCause());
    } finally {
      response.cancel(true);
    }
  }

  /** Thrown if the body of a response is longer than the maximum length of the client. */
  public static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    private TooLongException(int maxBytes) {
      super("the response is longer than " + maxBytes + " bytes");
    }
  }

  /**
   * Reads a body. An open connection keeps its last subscriber. So a subscriber must not refer to
   * the client, which would then never be garbage-collected.
   */
  private static final class BoundedSubscriber implements HttpResponse.BodySubscriber<byte[]> {

    private final int maxBytes;
    private final HttpResponse.BodySubscriber<byte[]> whole =
        HttpResponse.BodySubscribers.ofByteArray();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private long left;

    BoundedSubscriber(int maxBytes) {
      this.maxBytes = maxBytes;
      this.left = maxBytes;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return whole.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription upstream) {
      subscription.complete(upstream);
      whole.onSubscribe(upstream);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      left -= buffers.stream().mapToLong(ByteBuffer::remaining).sum();
      if (left >= 0) {
        whole.onNext(buffers);
      } else {
        subscription.join().cancel();
        whole.onError(new TooLongException(maxBytes));
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
