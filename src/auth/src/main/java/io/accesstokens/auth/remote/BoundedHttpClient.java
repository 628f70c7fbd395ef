package io.accesstokens.auth.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sends HTTP/1.1 requests, follows no redirects, and reads responses of bounded length. This class
 * is thread-safe.
 *
 * <p>A lack of memory or threads can end the thread of the JDK's client. Every later request of
 * that client then fails. Therefore, this class replaces the client before the next request.
 */
public final class BoundedHttpClient {

  /** The message of the JDK's exception for a request of a client whose thread has ended. */
  private static final String ENDED = "selector manager closed";

  /**
   * Minimum time between two replacements of the client, in nanoseconds: five seconds. The JDK does
   * not close the two file descriptors of a client whose thread cannot start. Without this minimum,
   * replacements could use all file descriptors of the process.
   */
  private static final long PAUSE_NANOS = 5_000_000_000L;

  private final HttpClient.Builder settings;
  private final int maxBytes;
  private final AtomicReference<@Nullable HttpClient> usable;

  /** The time of the latest attempt to replace the client, by {@link System#nanoTime}. */
  private long replacedAt = System.nanoTime() - PAUSE_NANOS;

  /**
   * Creates a client.
   *
   * @param settings the builder of the JDK's client, with further settings such as an executor
   * @param maxBytes the maximum length of the body of a response, in bytes
   */
  public BoundedHttpClient(HttpClient.Builder settings, int maxBytes) {
    this.settings =
        settings.version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER);
    this.maxBytes = maxBytes;
    this.usable = new AtomicReference<>(newClient());
  }

  private HttpClient newClient() {
    // The thread of the client runs until the client is garbage-collected, even after the end of
    // the application. The thread must not retain the class loader of the application.
    Thread current = Thread.currentThread();
    ClassLoader application = current.getContextClassLoader();
    current.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      return settings.build();
    } finally {
      current.setContextClassLoader(application);
    }
  }

  private HttpClient client() {
    HttpClient client = usable.get();
    return client != null ? client : replaced();
  }

  private synchronized HttpClient replaced() {
    HttpClient client = usable.get();
    if (client == null) {
      long now = System.nanoTime();
      if (now - replacedAt < PAUSE_NANOS) {
        throw new UncheckedIOException(new IOException("the latest one was created a moment ago"));
      }
      replacedAt = now;
      client = newClient();
      usable.set(client);
    }
    return client;
  }

  /** Returns true if the thread of a client has ended, or may end because of this failure. */
  private static boolean endsClient(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Error || ENDED.equals(cause.getMessage())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Sends a request without blocking and without a timeout. The caller must set a time limit.
   *
   * @return the future response; fails with a {@link TooLongException} if the body is too long. The
   *     request is aborted if the caller cancels the future.
   * @throws UncheckedIOException if a new client is needed and cannot be created, for example
   *     because of too many open files
   * @throws RejectedExecutionException if the executor of the client was shut down
   */
  public CompletableFuture<HttpResponse<byte[]>> sendAsync(HttpRequest request) {
    int most = maxBytes;
    HttpClient client = client();
    CompletableFuture<HttpResponse<byte[]>> response =
        client.sendAsync(request, head -> new BoundedSubscriber(most));
    // Returns the client's own future, because only the cancellation of this future aborts the
    // request.
    var unused =
        response.whenComplete(
            (received, failure) -> {
              if (endsClient(failure)) {
                usable.compareAndSet(client, null);
              }
            });
    return response;
  }

  /**
   * Sends a request and waits for the whole response.
   *
   * @param timeout the time from sending the request to the last byte of the response
   * @throws HttpTimeoutException if there is no complete response within the timeout
   * @throws TooLongException if the body is too long
   * @throws NotSentException if the request was not sent
   * @throws IOException if the request fails
   */
  public HttpResponse<byte[]> send(HttpRequest request, Duration timeout)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> response;
    try {
      response = sendAsync(request);
    } catch (RejectedExecutionException e) {
      throw new NotSentException("the server is stopping", e);
    } catch (UncheckedIOException e) {
      throw new NotSentException(
          "no HTTP client can be created: " + Objects.requireNonNull(e.getCause()).getMessage(), e);
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

  /** Thrown if a request was not sent. The message does not quote a response. */
  public static final class NotSentException extends IOException {
    private static final long serialVersionUID = 1L;

    private NotSentException(String message, Exception cause) {
      super(message, cause);
    }
  }

  /**
   * Reads a body. This class must not refer to the client, because an open connection refers to its
   * last subscriber. The reference would prevent the garbage collection of the client.
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
