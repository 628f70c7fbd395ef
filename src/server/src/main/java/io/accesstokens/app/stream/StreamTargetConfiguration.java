package io.accesstokens.app.stream;

import io.accesstokens.file.TrustedAuthorities;
import io.accesstokens.transparency.stream.StreamFormat;
import io.accesstokens.verify.AddressRange;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

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

  /**
   * A webhook endpoint. {@link #toString} does not return the URL, because the URL can contain a
   * secret.
   *
   * @param secrets returns one or two secrets, separated by spaces
   * @param privateTargets the addresses that are allowed in addition to public addresses
   */
  public record Webhook(URI url, Supplier<String> secrets, List<AddressRange> privateTargets)
      implements Kind {

    public Webhook {
      privateTargets = List.copyOf(privateTargets);
    }

    @Override
    public String toString() {
      return "webhook";
    }
  }

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
