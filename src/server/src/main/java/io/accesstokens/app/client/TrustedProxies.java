package io.accesstokens.app.client;

import io.accesstokens.verify.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The proxies whose forwarding headers are trusted. The package description has the rules. */
public final class TrustedProxies {

  /** The header that most proxies write. No standard defines it. */
  public static final String X_FORWARDED_FOR = "X-Forwarded-For";

  /** The header of RFC 7239. */
  public static final String FORWARDED = "Forwarded";

  /** The largest number of elements that are read; more than any real chain of proxies has. */
  private static final int MOST_HOPS = 50;

  private final List<AddressRange> ranges;

  /**
   * @param ranges the addresses of the proxies; if empty, no forwarding header is trusted
   */
  public TrustedProxies(List<AddressRange> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /**
   * Returns the client address.
   *
   * @param peer the address of the connection's peer, or null
   * @param headers returns the values of a header in order; empty if the header is absent
   * @return the address in its one text form; the peer unchanged if it is not an address
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

  /** Returns true if the peer of a connection is a trusted proxy. */
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
    for (int i = 0; i < MOST_HOPS; i++) {
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
