package io.accesstokens.directory;

import io.accesstokens.auth.remote.BoundedHttpClient;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.limit.FailureReason;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to a catalog. The time of a request, the length of a response and the number of
 * concurrent requests are bounded. After a failed request, new requests fail immediately for one
 * second, unless a pending request succeeds. This pause gives the catalog time to recover.
 */
final class CatalogConnection implements AutoCloseable {

  /** Maximum size of a response, in bytes. */
  static final int MAX_BYTES = 8 * 1024 * 1024;

  static final int MAX_REQUESTS = 64;

  /**
   * Matches the ETags that later requests send. Other ETags are ignored, so that the header of a
   * request contains only printable ASCII characters.
   */
  private static final Pattern TAG = Pattern.compile("[\\x21-\\x7e]{1,200}");

  /**
   * Maximum time for which new requests fail after a failed request. The job for daily notices
   * pauses for a longer time after a failed look-up. Otherwise, the next look-up of the job would
   * fail too.
   */
  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  /**
   * The status, ETag and body of a response.
   *
   * @param etag the ETag to send with the next request for the same resource (RFC 9110, section
   *     8.8.3), or null if the response has no valid ETag
   */
  @SuppressWarnings("ArrayRecordComponent") // The array is read once and never compared.
  record CatalogResponse(int status, @Nullable String etag, byte[] body) {}

  /**
   * The last failed request.
   *
   * @param nanos the time of the failure, in nanoseconds of {@code nanoTime}
   * @param reason the message of the exception with which requests during the pause fail
   */
  private record Failed(long nanos, String reason) {}

  private final String base;
  private final @Nullable Supplier<String> token;
  private final Duration timeout;
  private final LongSupplier nanoTime;
  private final DaemonThreads threads = new DaemonThreads("access-tokens catalog");

  /** The threads of the HTTP client. A thread can wait for a name server. */
  private final ExecutorService executor = Executors.newFixedThreadPool(2, threads);

  /** Ends the requests that exceed their timeout. */
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);

  private final BoundedHttpClient client;
  private final Semaphore slots = new Semaphore(MAX_REQUESTS);

  /**
   * The tasks that end pending requests. {@link #timer} runs each task after the timeout, and
   * {@link #close} runs all tasks.
   */
  private final Set<Runnable> timeouts = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Failed failed;

  /**
   * Creates a connection.
   *
   * @param base the URL of the catalog API, without a slash at the end
   * @param token returns the current bearer token (RFC 6750) for each request; null for requests
   *     without a token
   * @param timeout the maximum time from the start of a request to the last byte of the response
   * @param nanoTime the clock for the pause after a failed request, in nanoseconds, such as {@link
   *     System#nanoTime}
   */
  CatalogConnection(
      URI base, @Nullable Supplier<String> token, Duration timeout, LongSupplier nanoTime) {
    this.base = base.toString();
    this.token = token;
    this.timeout = timeout;
    this.nanoTime = nanoTime;
    timer.setRemoveOnCancelPolicy(true);
    this.client =
        new BoundedHttpClient(
            HttpClient.newBuilder().connectTimeout(timeout).executor(executor), MAX_BYTES);
  }

  /**
   * Sends a GET request.
   *
   * @param path the path below the catalog API, with the query
   * @param etag the ETag of an earlier response for this path, or null. Status 304 means that the
   *     earlier response is still valid
   * @return a future of a response with the status 200, 304 or 404; in every other case, the future
   *     fails with a {@link CatalogException}
   */
  CompletableFuture<CatalogResponse> get(String path, @Nullable String etag) {
    Failed recent = failed;
    if (recent != null && nanoTime.getAsLong() - recent.nanos() < PAUSE_NANOS) {
      return CompletableFuture.failedFuture(new CatalogException(recent.reason()));
    }
    if (!slots.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new CatalogException("has too many requests in progress"));
    }
    try {
      return withTimeout(client.sendAsync(request(path, etag)));
    } catch (UncheckedIOException e) {
      slots.release();
      return CompletableFuture.failedFuture(
          new CatalogException("is unavailable (no HTTP client can be created)", e));
    } catch (RuntimeException e) {
      slots.release();
      return CompletableFuture.failedFuture(new CatalogException("is unavailable", e));
    } catch (Error e) {
      slots.release();
      throw e;
    }
  }

  /**
   * Limits the time of a request. The timeout of the client covers only the headers. This timeout
   * also covers the body, which may arrive slowly.
   *
   * <p>{@link CompletableFuture#orTimeout} is not used, because it starts a thread of the JVM that
   * never ends. That thread would retain the class loader of the application.
   */
  private CompletableFuture<CatalogResponse> withTimeout(
      CompletableFuture<HttpResponse<byte[]>> sent) {
    CompletableFuture<HttpResponse<byte[]>> result = sent.copy();
    Runnable end = () -> result.completeExceptionally(new TimeoutException());
    timeouts.add(end); // before the timeout is scheduled, so that close() finds each request
    Future<?> scheduled = timer.schedule(end, timeout.toMillis(), TimeUnit.MILLISECONDS);
    return result.handle(
        (response, thrown) -> {
          scheduled.cancel(false);
          timeouts.remove(end);
          return completed(sent, response, thrown);
        });
  }

  private HttpRequest request(String path, @Nullable String etag) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).header("Accept", "application/json");
    if (token != null) {
      request.header("Authorization", "Bearer " + token.get());
    }
    if (etag != null) {
      request.header("If-None-Match", etag);
    }
    return request.build();
  }

  private CatalogResponse completed(
      CompletableFuture<?> sent,
      @Nullable HttpResponse<byte[]> response,
      @Nullable Throwable thrown) {
    slots.release();
    if (response == null) {
      sent.cancel(true);
      throw failure(new CatalogException(reason(thrown), thrown));
    }
    return switch (response.statusCode()) {
      case 200, 304, 404 -> {
        failed = null;
        yield new CatalogResponse(
            response.statusCode(),
            response.headers().firstValue("ETag").filter(TAG.asMatchPredicate()).orElse(null),
            response.body());
      }
      case 401, 403 ->
          throw failure(
              new CatalogException(
                  "responded with " + response.statusCode() + ": it does not accept the token"));
      default -> throw failure(new CatalogException("responded with " + response.statusCode()));
    };
  }

  private CatalogException failure(CatalogException failure) {
    failed = new Failed(nanoTime.getAsLong(), String.valueOf(failure.getMessage()));
    return failure;
  }

  private String reason(@Nullable Throwable thrown) {
    Throwable cause = CatalogException.cause(thrown);
    if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
      return "did not send a complete response within " + timeout.toMillis() + " ms";
    }
    if (cause instanceof BoundedHttpClient.TooLongException) {
      return "sent a response of more than " + MAX_BYTES + " bytes";
    }
    return "is unavailable (" + (cause == null ? "?" : FailureReason.of(cause)) + ')';
  }

  /** Stops the threads of this connection. Pending requests fail. */
  @Override
  public void close() {
    timer.shutdownNow();
    executor.shutdownNow();
    timeouts.forEach(Runnable::run);
    threads.shutDown(timer, STOP_TIMEOUT);
    threads.shutDown(executor, STOP_TIMEOUT);
  }
}
