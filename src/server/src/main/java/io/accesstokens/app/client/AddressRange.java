package io.accesstokens.app.client;

import io.accesstokens.verify.IpAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * All addresses that begin with the same bits (CIDR, RFC 4632 and RFC 4291, section 2.3).
 *
 * @param first the first of them
 * @param bits how many bits they have in common
 */
public record AddressRange(IpAddress first, int bits) {

  private static final Pattern BITS = Pattern.compile("0|[1-9][0-9]{0,2}");

  /** An IPv4 address within IPv6 begins after this many bits. */
  private static final int MAPPED = 96;

  /** The range of that many bits to which an address belongs. */
  public AddressRange {
    if (bits < 0 || bits > first.length()) {
      throw new IllegalArgumentException("an address has not that many bits");
    }
    first = first.first(bits);
  }

  /**
   * Reads {@code 192.0.2.1}, {@code 10.0.0.0/8}, {@code 2001:db8::/32}; bits after the range's own
   * do not matter.
   *
   * @return empty if it is neither an address nor a range
   */
  public static Optional<AddressRange> parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (address.indexOf('%') >= 0) {
      return Optional.empty(); // a zone is a place on this machine, which nothing sends
    }
    Optional<IpAddress> first = IpAddress.parse(address);
    if (first.isEmpty() || slash < 0) {
      return first.map(one -> new AddressRange(one, one.length()));
    }
    String length = text.substring(slash + 1);
    if (!BITS.matcher(length).matches()) {
      return Optional.empty();
    }
    boolean mapped = first.get().v4() && address.indexOf(':') >= 0;
    int bits = Integer.parseInt(length) - (mapped ? MAPPED : 0);
    return bits < 0 || bits > first.get().length()
        ? Optional.empty()
        : Optional.of(new AddressRange(first.get(), bits));
  }

  /** Whether an address is one of them. */
  public boolean contains(IpAddress address) {
    return address.v4() == first.v4() && address.first(bits).equals(first);
  }

  /** Whether all addresses of its kind are. */
  public boolean isEverything() {
    return bits == 0;
  }
}
