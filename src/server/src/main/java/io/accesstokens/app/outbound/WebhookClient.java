package io.accesstokens.app.outbound;

import io.accesstokens.notice.SendResult;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * Sends webhooks to one endpoint (Standard Webhooks specification 1.0.0). A response with a 2xx
 * status accepts the webhook. The status 410 means that the endpoint accepts no further webhooks.
 * All other results cause a retry. The body of a response is read only to reuse the connection, up
 * to {@value #MAX_BODY} bytes.
 */
public final class WebhookClient implements AutoCloseable {

  /**
   * Maximum length of a response body, in bytes. After a longer body, the connection is not used
   * again.
   */
  static final int MAX_BODY = 16_384;

  /** Pause after a response that reports an overload, if {@link #pause} returns zero. */
  private static final Duration OVERLOAD_PAUSE = Duration.ofSeconds(5);

  private static final int GONE = 410;
  private static final Set<Integer> OVERLOAD = Set.of(429, 502, 503, 504);
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final WebhookTarget target;
  private final Clock clock;
  private final PostClient client;

  /**
   * Creates a client for one endpoint.
   *
   * @param network the resolver for the name in the URL, and the version for {@code User-Agent}
   * @param deadline the maximum time of an attempt, from the name look-up to the end of the
   *     response; a slow name look-up can exceed this time
   */
  public WebhookClient(
      WebhookTarget target, PostClient.Network network, Clock clock, Duration deadline) {
    this.target = target;
    this.clock = clock;
    this.client =
        new PostClient(target.url(), network, target.privateTargets(), MAX_BODY, deadline);
  }

  /**
   * Sends a webhook. Never throws.
   *
   * @param id the id of the webhook, which is the same in each attempt
   * @param body the body, as JSON
   */
  public SendResult post(String id, byte[] body) {
    long timestamp = clock.instant().getEpochSecond();
    String signature;
    try {
      signature = WebhookSignature.sign(target.secrets().get(), id, timestamp, body);
    } catch (IllegalArgumentException e) {
      return new SendResult.Retry("the secret of the webhook is invalid");
    }
    try {
      return result(
          client.post(
              Map.of(
                  "webhook-id", id,
                  "webhook-timestamp", Long.toString(timestamp),
                  "webhook-signature", signature),
              body,
              ContentType.APPLICATION_JSON));
    } catch (FailedCallException e) {
      return new SendResult.Retry(String.valueOf(e.getMessage()));
    }
  }

  private SendResult result(PostClient.Response response) {
    int status = response.status();
    if (status >= 200 && status < 300) {
      return new SendResult.Sent();
    }
    String error = "the endpoint responded with " + status;
    if (status == GONE) {
      return new SendResult.Gone(error);
    }
    if (!OVERLOAD.contains(status)) {
      // Other errors can concern only this webhook, so they do not delay the next webhook.
      return new SendResult.Retry(error);
    }
    Duration pause = pause(response.retryAfter());
    return new SendResult.Retry(error, pause.isZero() ? OVERLOAD_PAUSE : pause);
  }

  /**
   * Returns the pause of a header {@code Retry-After} (RFC 9110, section 10.2.3); zero if the
   * header is absent or invalid, or if its time has passed.
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

  /** Aborts the running attempt. */
  @Override
  public void close() {
    client.close();
  }
}
