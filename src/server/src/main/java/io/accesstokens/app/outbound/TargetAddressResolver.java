package io.accesstokens.app.outbound;

import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves the host of a URL in the settings. The connection uses exactly the returned addresses.
 * Refuses a host if one of its addresses is in this list, unless the settings allow the address:
 *
 * <ul>
 *   <li>loopback, link-local, private, shared (RFC 6598), multicast and reserved addresses
 *   <li>IPv6 addresses that contain an IPv4 address
 * </ul>
 */
public final class TargetAddressResolver implements DnsResolver {

  /** The IPv4 addresses that are not globally reachable (IANA IPv4 Special-Purpose Registry). */
  private static final List<AddressRange> NOT_PUBLIC_V4 =
      ranges(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4");

  /** Global unicast addresses (RFC 4291, section 2.4). All other IPv6 addresses are refused. */
  private static final List<AddressRange> PUBLIC_V6 = ranges("2000::/3");

  /**
   * Addresses in {@link #PUBLIC_V6} that are not globally reachable, or that contain an IPv4
   * address (Teredo and 6to4).
   */
  private static final List<AddressRange> NOT_PUBLIC_V6 =
      ranges("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

  private final DnsResolver names;
  private final List<AddressRange> privateTargets;

  /**
   * Creates a resolver.
   *
   * @param names resolves host names
   * @param privateTargets the addresses that are allowed in addition to public addresses
   */
  public TargetAddressResolver(DnsResolver names, List<AddressRange> privateTargets) {
    this.names = names;
    this.privateTargets = List.copyOf(privateTargets);
  }

  private static List<AddressRange> ranges(String... texts) {
    return Stream.of(texts).map(text -> AddressRange.parse(text).orElseThrow()).toList();
  }

  /** Thrown if a name has an address that is not allowed. */
  public static final class RefusedAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    RefusedAddressException() {
      super("the address is not public");
    }
  }

  /**
   * Returns the addresses of a host.
   *
   * @param host a name or an IP address
   * @throws RefusedAddressException if one of the addresses is not allowed
   * @throws UnknownHostException if the host has no address
   */
  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] addresses = names.resolve(host);
    for (InetAddress address : addresses) {
      if (!isAllowed(address)) {
        throw new RefusedAddressException();
      }
    }
    return addresses;
  }

  /** Returns the host unchanged, because the canonical name is not needed. */
  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }

  private boolean isAllowed(InetAddress address) {
    return IpAddress.parse(address.getHostAddress())
        .filter(ip -> isPublic(ip) || contains(privateTargets, ip))
        .isPresent();
  }

  /**
   * Returns true if an address is globally reachable, and is not an IPv6 address that contains an
   * IPv4 address.
   */
  static boolean isPublic(IpAddress address) {
    return address.v4()
        ? !contains(NOT_PUBLIC_V4, address)
        : contains(PUBLIC_V6, address) && !contains(NOT_PUBLIC_V6, address);
  }

  private static boolean contains(List<AddressRange> ranges, IpAddress address) {
    return ranges.stream().anyMatch(range -> range.contains(address));
  }
}
