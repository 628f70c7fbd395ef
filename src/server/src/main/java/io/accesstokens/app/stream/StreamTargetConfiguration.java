package io.accesstokens.app.stream;

import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.file.TrustedAuthorities;
import io.accesstokens.transparency.stream.StreamFormat;
import java.nio.file.Path;

/**
 * The validated settings of a target of audit events.
 *
 * @param name the unique name
 * @param fromBeginning true to send all events; false to send only the events after the first start
 *     with this target
 */
public record StreamTargetConfiguration(
    String name, StreamFormat format, boolean fromBeginning, Kind kind) {

  /** The protocol of a target, with its address. */
  public sealed interface Kind {}

  /** A webhook. */
  public record Webhook(WebhookTarget target) implements Kind {}

  /**
   * A syslog server.
   *
   * @param authorities the authorities that a TLS connection trusts
   */
  public record Syslog(String host, int port, TrustedAuthorities authorities) implements Kind {}

  /**
   * A file.
   *
   * @param path the absolute path
   */
  public record File(Path path) implements Kind {}
}
