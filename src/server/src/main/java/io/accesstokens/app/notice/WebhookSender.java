package io.accesstokens.app.notice;

import io.accesstokens.app.outbound.PostClient;
import io.accesstokens.app.outbound.WebhookClient;
import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeSender;
import io.accesstokens.notice.SendResult;
import java.time.Clock;
import java.time.Duration;
import org.apache.hc.client5.http.DnsResolver;

/** Sends the notices of one endpoint as webhooks, see {@link WebhookClient}. */
public final class WebhookSender implements NoticeSender {

  /**
   * Maximum time of an attempt to send a webhook, from the name look-up to the end of the response.
   * A slow name look-up can exceed this time.
   */
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private final WebhookClient client;
  private final WebhookPayload payload = new WebhookPayload();

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
    client =
        new WebhookClient(
            endpoint.target(), new PostClient.Network(names, version), clock, deadline);
  }

  @Override
  public SendResult send(Delivery delivery) {
    Notice notice = delivery.notices().get(0);
    return client.post(notice.id().toString(), payload.of(notice));
  }

  @Override
  public void close() {
    client.close();
  }
}
