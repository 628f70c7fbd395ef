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
      StreamTargetConfiguration target, PostClient.Network network, Clock clock) {
    StreamTargetConfiguration.Kind kind = target.kind();
    if (kind instanceof StreamTargetConfiguration.Webhook webhook) {
      return new WebhookStreamSender(
          target.name(),
          new WebhookClient(webhook.target(), network, clock, LogStream.MAX_ATTEMPT),
          target.format());
    }
    if (kind instanceof StreamTargetConfiguration.Syslog syslog) {
      return new SyslogStreamSender(
          syslog, network.names(), target.format(), LogStream.MAX_ATTEMPT);
    }
    return new FileStreamSender(((StreamTargetConfiguration.File) kind).path(), target.format());
  }
}
