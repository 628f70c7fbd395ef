package io.accesstokens.verify;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A range of addresses with the same first bits (CIDR, RFC 4632 and RFC 4291, section 2.3).
 *
 * @param first the first address of the range
 * @param bits the length of the prefix: the number of first bits that all addresses in the range
 *     share
 */
public record AddressRange(IpAddress first, int bits) {

  private static final Pattern BITS = Pattern.compile("0|[1-9][0-9]{0,2}");

  /** Number of bits before the IPv4 address in an IPv4-mapped IPv6 address. */
  private static final int MAPPED = 96;

  /**
   * Creates a range. Sets the bits of {@code first} after the prefix to zero.
   *
   * @throws IllegalArgumentException if {@code bits} is negative or exceeds the address length
   */
  public AddressRange {
    if (bits < 0 || bits > first.bitLength()) {
      throw new IllegalArgumentException(
          "the prefix length must be 0 to 32 for IPv4, or 0 to 128 for IPv6");
    }
    first = first.masked(bits);
  }

  /**
   * Parses an address or a range, such as {@code 192.0.2.1}, {@code 10.0.0.0/8} or {@code
   * 2001:db8::/32}. Ignores the bits of the address after the prefix.
   *
   * @return the range; empty if the text is neither an address nor a range, or has a zone
   */
  public static Optional<AddressRange> parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (address.indexOf('%') >= 0) {
      return Optional.empty(); // a zone has a meaning only on one machine
    }
    Optional<IpAddress> first = IpAddress.parse(address);
    if (first.isEmpty() || slash < 0) {
      return first.map(one -> new AddressRange(one, one.bitLength()));
    }
    String length = text.substring(slash + 1);
    if (!BITS.matcher(length).matches()) {
      return Optional.empty();
    }
    boolean mapped = first.get().v4() && address.indexOf(':') >= 0;
    int bits = Integer.parseInt(length) - (mapped ? MAPPED : 0);
    return bits < 0 || bits > first.get().bitLength()
        ? Optional.empty()
        : Optional.of(new AddressRange(first.get(), bits));
  }

  /** Returns true if the range contains the address. */
  public boolean contains(IpAddress address) {
    return address.v4() == first.v4() && address.masked(bits).equals(first);
  }

  /** Returns true if the range contains all addresses of the other range. */
  public boolean contains(AddressRange other) {
    return other.bits >= bits && contains(other.first);
  }

  /** Returns true if at least one address is in both ranges. */
  public boolean overlaps(AddressRange other) {
    return bits < other.bits ? contains(other.first) : other.contains(first);
  }

  /** Returns true if the range contains all addresses of its IP version. */
  public boolean isEverything() {
    return bits == 0;
  }

  /**
   * Returns the canonical text, which {@link #parse} accepts: an address, or an address and the
   * length of the prefix, such as {@code 10.0.0.0/8}.
   */
  @Override
  public String toString() {
    return bits == first.bitLength() ? first.toString() : first + "/" + bits;
  }
}
