package io.accesstokens.app.notice;

import io.accesstokens.app.outbound.WebhookSignature;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.token.Text;
import io.accesstokens.verify.AddressRange;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The settings of a webhook endpoint. {@link #toString} does not return the URL, because the URL
 * can contain a secret.
 *
 * @param name the unique name, which the API and the log show
 * @param url an http or https URL
 * @param secrets returns one or two secrets, separated by spaces, as {@link WebhookSignature} reads
 *     them
 * @param events the events that are sent to the endpoint
 * @param privateTargets the addresses that are allowed in addition to public addresses
 */
public record WebhookEndpoint(
    String name,
    URI url,
    Supplier<String> secrets,
    Set<NoticeEvent> events,
    List<AddressRange> privateTargets) {

  public WebhookEndpoint {
    events = Set.copyOf(events);
    privateTargets = List.copyOf(privateTargets);
  }

  /**
   * Returns the SHA-256 digest of the URL, in hexadecimal digits. The digest identifies the URL,
   * but does not contain its secrets.
   */
  public String address() {
    return HexFormat.of().formatHex(Text.sha256(url.toString()));
  }

  @Override
  public String toString() {
    return name;
  }
}
