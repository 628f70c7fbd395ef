package io.accesstokens.app.stream;

import io.accesstokens.app.outbound.PostClient;
import io.accesstokens.app.outbound.WebhookClient;
import io.accesstokens.transparency.stream.LogStream;
import io.accesstokens.transparency.stream.StreamSender;
import java.time.Clock;

/** Creates senders, which send audit events to the configured targets. */
public final class StreamSenders {

  private StreamSenders() {}

  /**
   * Returns the sender of a target. The caller must close the sender.
   *
   * @param network the resolver for host names, and the version for {@code User-Agent}
   */
  public static StreamSender of(
      StreamDestination destination, PostClient.Network network, Clock clock) {
    StreamDestination.Kind kind = destination.kind();
    if (kind instanceof StreamDestination.Webhook webhook) {
      return new WebhookStreamSender(
          destination.name(),
          new WebhookClient(
              webhook.url(),
              webhook.secrets(),
              webhook.privateTargets(),
              network,
              clock,
              LogStream.MAX_ATTEMPT),
          destination.format());
    }
    if (kind instanceof StreamDestination.Syslog syslog) {
      return new SyslogStreamSender(syslog, network.names(), destination.format());
    }
    return new FileStreamSender(((StreamDestination.File) kind).path(), destination.format());
  }
}
