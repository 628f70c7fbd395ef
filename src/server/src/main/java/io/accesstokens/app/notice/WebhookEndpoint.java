package io.accesstokens.app.notice;

import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.token.Text;
import java.util.HexFormat;
import java.util.Set;

/**
 * The settings of a webhook that receives notices.
 *
 * @param name the unique name, which the API and the log show
 * @param events the events that are sent to the endpoint
 */
public record WebhookEndpoint(String name, Set<NoticeEvent> events, WebhookTarget target) {

  public WebhookEndpoint {
    events = Set.copyOf(events);
  }

  /**
   * Returns the SHA-256 digest of the URL, in hexadecimal digits. The digest identifies the URL,
   * but does not contain its secrets.
   */
  public String address() {
    return HexFormat.of().formatHex(Text.sha256(target.url().toString()));
  }
}
