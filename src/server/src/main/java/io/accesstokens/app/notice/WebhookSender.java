package io.accesstokens.app.notice;

import io.accesstokens.app.notice.TargetAddresses.RefusedAddressException;
import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeSender;
import io.accesstokens.notice.SendResult;
import io.accesstokens.verify.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
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

/**
 * Sends webhooks to one endpoint (Standard Webhooks specification 1.0.0). A response with a 2xx
 * status accepts the webhook. A response with status 410 ends the endpoint. All other results cause
 * a retry. A body of a response is read only to reuse the connection, and up to {@value #MAX_BODY}
 * bytes.
 */
public final class WebhookSender implements NoticeSender {

  /** Maximum time of an attempt, from the name look-up to the head of the response. */
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Maximum length of a response body after which the connection is used again, in bytes. */
  static final int MAX_BODY = 16_384;

  /** Maximum length of a header line of a response, and maximum number of its headers. */
  private static final int MAX_LINE = 8_192;

  private static final int MAX_HEADERS = 100;

  /** Pause after a response that reports an overload but contains no {@code Retry-After}. */
  private static final Duration OVERLOAD_PAUSE = Duration.ofSeconds(5);

  private static final int GONE = 410;
  private static final Set<Integer> OVERLOAD = Set.of(429, 502, 503, 504);
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final WebhookEndpoint endpoint;
  private final Clock clock;
  private final Duration deadline;
  private final CloseableHttpClient client;
  private final WebhookPayload payload = new WebhookPayload();
  private final DaemonThreads threads = new DaemonThreads("access-tokens-webhook-deadline");
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, threads);

  /**
   * Creates a sender for one endpoint.
   *
   * @param names looks up the name in the URL
   */
  public WebhookSender(WebhookEndpoint endpoint, DnsResolver names, String version, Clock clock) {
    this(endpoint, names, version, clock, DEADLINE);
  }

  WebhookSender(
      WebhookEndpoint endpoint, DnsResolver names, String version, Clock clock, Duration deadline) {
    this.endpoint = endpoint;
    this.clock = clock;
    this.deadline = deadline;
    Timeout timeout = Timeout.of(deadline);
    this.client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(new TargetAddresses(names, endpoint.privateTargets()))
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
            .setUserAgent("access-tokens/" + version)
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .build();
  }

  @Override
  public SendResult send(Delivery delivery) {
    Notice notice = delivery.notices().get(0);
    byte[] body = payload.of(notice);
    String id = notice.id().toString();
    long timestamp = clock.instant().getEpochSecond();
    String signature;
    try {
      signature = WebhookSignature.sign(endpoint.secrets().get(), id, timestamp, body);
    } catch (IllegalArgumentException e) {
      return new SendResult.Retry("the secret of the webhook is invalid");
    }
    HttpPost request = new HttpPost(endpoint.url());
    request.setHeader("webhook-id", id);
    request.setHeader("webhook-timestamp", timestamp);
    request.setHeader("webhook-signature", signature);
    request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
    AtomicBoolean late = new AtomicBoolean();
    Future<?> end =
        timer.schedule(
            () -> {
              late.set(true);
              request.cancel();
            },
            deadline.toMillis(),
            TimeUnit.MILLISECONDS);
    SendResult result = null;
    try (ClassicHttpResponse response = client.executeOpen(null, request, null)) {
      result = result(response);
      if (!isShort(response.getEntity())) {
        request.cancel();
      }
      return result;
    } catch (IOException | RuntimeException e) {
      if (result != null) {
        return result; // closing a cancelled response fails
      }
      return new SendResult.Retry(
          late.get() ? "no response within " + deadline.toSeconds() + " s" : reason(e));
    } finally {
      end.cancel(false);
    }
  }

  private static String reason(Exception e) {
    if (e instanceof RefusedAddressException) {
      return "the address is not public, and allowedAddresses does not contain it";
    }
    if (e instanceof UnknownHostException) {
      return "the host name cannot be resolved";
    }
    if (e instanceof SSLException) {
      return "no TLS connection with a trusted certificate";
    }
    return e instanceof SocketTimeoutException
        ? "no connection or response in time"
        : "the connection failed";
  }

  private SendResult result(ClassicHttpResponse response) {
    int status = response.getCode();
    if (status >= 200 && status < 300) {
      return new SendResult.Sent();
    }
    String error = "the endpoint responded with " + status;
    if (status == GONE) {
      return new SendResult.Gone(error);
    }
    Header after = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
    Duration pause = after == null ? Duration.ZERO : pause(after.getValue());
    return new SendResult.Retry(
        error, pause.isZero() && OVERLOAD.contains(status) ? OVERLOAD_PAUSE : pause);
  }

  /**
   * Returns the pause of a header {@code Retry-After} (RFC 9110, section 10.2.3); zero if invalid.
   */
  private Duration pause(@Nullable String value) {
    String text = value == null ? "" : value.strip();
    if (SECONDS.matcher(text).matches()) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration pause = Duration.between(clock.instant(), until);
      return pause.isNegative() ? Duration.ZERO : pause;
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
  }

  /** Reads and discards a body. Returns false if it is too long. */
  private static boolean isShort(@Nullable HttpEntity entity) {
    if (entity == null) {
      return true;
    }
    try {
      InputStream content = entity.getContent();
      return content == null || content.readNBytes(MAX_BODY + 1).length <= MAX_BODY;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    client.close(CloseMode.IMMEDIATE);
  }
}
