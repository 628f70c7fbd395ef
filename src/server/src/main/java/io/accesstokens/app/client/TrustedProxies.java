package io.accesstokens.app.client;

import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The trusted proxies. Only forwarding headers of these proxies are used. The package documentation
 * contains the rules.
 */
public final class TrustedProxies {

  /** Name of the forwarding header that most proxies send. No standard defines this header. */
  public static final String X_FORWARDED_FOR = "X-Forwarded-For";

  /** Name of the forwarding header that RFC 7239 defines. */
  public static final String FORWARDED = "Forwarded";

  /** Maximum number of elements that are read from a forwarding header. */
  private static final int MAX_HOPS = 50;

  private final List<AddressRange> ranges;

  /**
   * Creates a list of trusted proxies.
   *
   * @param ranges the addresses of the proxies; if empty, no forwarding header is trusted
   */
  public TrustedProxies(List<AddressRange> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /**
   * Returns the address of the client that sent a request.
   *
   * @param peer the address of the connection's peer, or null
   * @param headers returns the values of the header with a name, in order; an empty list if the
   *     header is absent
   * @return the client address in canonical text form; {@code peer} unchanged if it is null or not
   *     an IP address
   */
  public @Nullable String clientOf(@Nullable String peer, Function<String, List<String>> headers) {
    if (peer == null) {
      return null;
    }
    if (ranges.isEmpty() && peer.indexOf(':') < 0) {
      return peer; // an IPv4 address has only one text form
    }
    Optional<IpAddress> address = IpAddress.parse(peer);
    if (address.isEmpty()) {
      return peer;
    }
    return (isTrusted(address.get()) ? walk(address.get(), headers) : address.get()).toString();
  }

  /** Returns true if at least one address of the range is a trusted proxy. */
  public boolean overlaps(AddressRange range) {
    return ranges.stream().anyMatch(range::overlaps);
  }

  /** Returns true if the peer of a connection is a trusted proxy. Returns false for null. */
  public boolean isTrusted(@Nullable String peer) {
    return peer != null
        && !ranges.isEmpty()
        && IpAddress.parse(peer).filter(this::isTrusted).isPresent();
  }

  private boolean isTrusted(IpAddress address) {
    for (AddressRange range : ranges) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }

  private IpAddress walk(IpAddress peer, Function<String, List<String>> headers) {
    List<String> values = headers.apply(X_FORWARDED_FOR);
    boolean standard = values.stream().allMatch(String::isBlank);
    ForwardedHeaderParser hops =
        new ForwardedHeaderParser(standard ? headers.apply(FORWARDED) : values);
    IpAddress last = peer;
    for (int i = 0; i < MAX_HOPS; i++) {
      String element = hops.next();
      if (element == null) {
        return last;
      }
      Optional<IpAddress> reported =
          standard ? ForwardedHeaderParser.standard(element) : ForwardedHeaderParser.node(element);
      if (reported.isEmpty()) {
        return last;
      }
      last = reported.get();
      if (!isTrusted(last)) {
        return last;
      }
    }
    return last;
  }
}
