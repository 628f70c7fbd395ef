package io.accesstokens.app.outbound;

import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.limit.FailureReason;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Sends POST requests to one URL. Thread-safe. */
public final class PostClient implements AutoCloseable {

  /**
   * Maximum time of a call, from the name look-up to the end of the response. A slow name look-up
   * can exceed this time.
   */
  public static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Maximum length of a header line of a response, in characters. */
  private static final int MAX_LINE = 8_192;

  private static final int MAX_HEADERS = 100;

  /** A response. */
  public static final class Response {

    private final int status;
    private final @Nullable String retryAfter;
    private final byte @Nullable [] body;

    Response(int status, @Nullable String retryAfter, byte @Nullable [] body) {
      this.status = status;
      this.retryAfter = retryAfter;
      this.body = body;
    }

    /** Returns the status code. */
    public int status() {
      return status;
    }

    /** Returns the value of the header {@code Retry-After}, or null. */
    public @Nullable String retryAfter() {
      return retryAfter;
    }

    /**
     * Returns the body of the response. The caller must not change the body.
     *
     * @throws FailedCallException if the body is too long or not complete
     */
    public byte[] body() throws FailedCallException {
      if (body == null) {
        throw new FailedCallException("the response is too long or not complete");
      }
      return body;
    }
  }

  /**
   * The name resolver and the product version that a client uses.
   *
   * @param names looks up host names
   * @param version the version of this application, for the header {@code User-Agent}
   */
  public record Network(DnsResolver names, String version) {}

  private final URI url;
  private final int maxBody;
  private final Duration deadline;
  private final CloseableHttpClient client;
  private final DaemonThreads threads = new DaemonThreads("access-tokens-call-deadline");
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, threads);

  /**
   * Creates a client.
   *
   * @param network the resolver for the name in the URL, and the version for {@code User-Agent}
   * @param allowed the addresses that are allowed in addition to public addresses
   * @param maxBody the maximum length of the body of a response, in bytes; the connection of a
   *     response with a longer body is closed
   * @param deadline the maximum time of a call
   */
  public PostClient(
      URI url, Network network, List<AddressRange> allowed, int maxBody, Duration deadline) {
    this.url = url;
    this.maxBody = maxBody;
    this.deadline = deadline;
    // The timer ends a call at the deadline. The timeouts for reads are longer, so that a late
    // response always has the error message of the timer.
    Timeout timeout = Timeout.of(deadline.multipliedBy(2));
    this.client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(new TargetAddressResolver(network.names(), allowed))
                    .setConnectionFactory(
                        ManagedHttpClientConnectionFactory.builder()
                            .http1Config(
                                Http1Config.custom()
                                    .setMaxLineLength(MAX_LINE)
                                    .setMaxHeaderCount(MAX_HEADERS)
                                    .build())
                            .build())
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(Timeout.of(CONNECT_TIMEOUT))
                            .setSocketTimeout(timeout)
                            .build())
                    .build())
            .setDefaultRequestConfig(RequestConfig.custom().setResponseTimeout(timeout).build())
            .setUserAgent("access-tokens/" + network.version())
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .build();
  }

  /**
   * Sends a request, and reads the response.
   *
   * @throws FailedCallException if there is no response within the deadline, if the connection
   *     fails or is not allowed, or if this client is closed
   */
  public Response post(Map<String, String> headers, byte[] body, ContentType type)
      throws FailedCallException {
    HttpPost request = new HttpPost(url);
    headers.forEach(request::setHeader);
    request.setEntity(new ByteArrayEntity(body, type));
    AtomicBoolean late = new AtomicBoolean();
    Future<?> end;
    try {
      end =
          timer.schedule(
              () -> {
                late.set(true);
                request.cancel();
              },
              deadline.toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw new FailedCallException("the server is stopping", e);
    }
    Response result = null;
    try (ClassicHttpResponse response = client.executeOpen(null, request, null)) {
      byte[] content = content(response.getEntity());
      Header after = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
      result = new Response(response.getCode(), after == null ? null : after.getValue(), content);
      if (content == null) {
        request.cancel();
      }
      return result;
    } catch (IOException | RuntimeException e) {
      if (result != null) {
        return result; // closing a cancelled response fails
      }
      throw new FailedCallException(
          late.get() ? "no response within " + deadline.toSeconds() + " s" : reason(e), e);
    } finally {
      end.cancel(false);
    }
  }

  /** Returns the body of a response; null if the body is too long or not complete. */
  private byte @Nullable [] content(@Nullable HttpEntity entity) {
    try {
      InputStream content = entity == null ? null : entity.getContent();
      byte[] read = content == null ? new byte[0] : content.readNBytes(maxBody + 1);
      return read.length > maxBody ? null : read;
    } catch (IOException e) {
      return null;
    }
  }

  private static String reason(Exception e) {
    if (e instanceof TargetAddressResolver.RefusedAddressException) {
      return "the address is not public, and allowedAddresses does not contain it";
    }
    if (e instanceof UnknownHostException) {
      return "the host name cannot be resolved";
    }
    if (e instanceof SSLException) {
      return "no TLS connection with a trusted certificate (" + FailureReason.of(e) + ')';
    }
    return e instanceof SocketTimeoutException
        ? "no connection or response in time"
        : "the connection failed";
  }

  @Override
  public void close() {
    timer.shutdownNow();
    client.close(CloseMode.IMMEDIATE);
  }
}
