package io.accesstokens.app.client;

import io.accesstokens.verify.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The proxies whose word on a request's origin counts, see the package's rules. */
public final class TrustedProxies {

  /** The header that most proxies write; it has no standard. */
  public static final String X_FORWARDED_FOR = "X-Forwarded-For";

  /** The header of RFC 7239. */
  public static final String FORWARDED = "Forwarded";

  /** More proxies than anybody has in a row. */
  private static final int MOST_HOPS = 50;

  private final List<AddressRange> ranges;

  /**
   * @param ranges their addresses; empty: nobody's word counts
   */
  public TrustedProxies(List<AddressRange> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /**
   * The address of the client.
   *
   * @param peer the other end of the connection, or null
   * @param headers gives the values of a header in their order; none if it is absent
   * @return in its one text; the peer as it is given if that is no address
   */
  public @Nullable String clientOf(@Nullable String peer, Function<String, List<String>> headers) {
    if (peer == null) {
      return null;
    }
    if (ranges.isEmpty() && peer.indexOf(':') < 0) {
      return peer; // the text of IPv4 is what it is
    }
    Optional<IpAddress> address = IpAddress.parse(peer);
    if (address.isEmpty()) {
      return peer;
    }
    return (isTrusted(address.get()) ? walk(address.get(), headers) : address.get()).toString();
  }

  /** Whether a connection's other end is one of them. */
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
      Optional<IpAddress> told =
          standard ? ForwardedHeaderParser.standard(element) : ForwardedHeaderParser.node(element);
      if (told.isEmpty()) {
        return last;
      }
      last = told.get();
      if (!isTrusted(last)) {
        return last;
      }
    }
    return last;
  }
}
