package io.accesstokens.verify;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An IP address. An IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) equals the IPv4 address.
 *
 * <p>Parsing never looks up a name, and takes time linear in the length of the text. Only the forms
 * of {@link #parse} are accepted. The system resolver would also accept forms such as {@code 127.1}
 * or {@code 0x7f000001}, and would send any other text to a name server.
 *
 * @param v4 true for IPv4
 * @param high the first 64 bits of an IPv6 address; 0 for IPv4
 * @param low the last 64 bits of an IPv6 address, or the 32 bits of an IPv4 address
 */
public record IpAddress(boolean v4, long high, long low) {

  private static final int MAX_LENGTH = 100;
  private static final int BYTES_OF_V4 = 4;
  private static final int GROUPS = 8;
  private static final long MAPPED = 0xFFFFL;
  private static final int LOOPBACK_V4 = 127;

  /**
   * Parses an address in one of two forms: dotted decimal without leading zeros (IPv4), or the text
   * of RFC 4291, section 2.2 (IPv6). Ignores the zone of an IPv6 address (RFC 4007).
   *
   * @return the address; empty if the text is not an address
   */
  public static Optional<IpAddress> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    if (text.indexOf(':') < 0) {
      long bits = bitsOfV4(text);
      return bits < 0 ? Optional.empty() : Optional.of(new IpAddress(true, 0, bits));
    }
    int zone = text.indexOf('%');
    return Optional.ofNullable(ofV6(zone > 0 ? text.substring(0, zone) : text));
  }

  /**
   * Returns true if a host is {@code localhost} or a loopback address. The host has the form of a
   * URL or a {@code Host} header. An IPv6 address may be in brackets. Returns false for a host with
   * a trailing dot, a port or a zone.
   */
  public static boolean isLoopbackHost(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String address = bracketed ? host.substring(1, host.length() - 1) : host;
    boolean v6 = address.indexOf(':') >= 0;
    return (v6 || !bracketed)
        && address.indexOf('%') < 0
        && parse(address).filter(IpAddress::isLoopback).isPresent();
  }

  /** Returns the 32 bits of an IPv4 address, or -1 if the text is not dotted decimal. */
  private static long bitsOfV4(String text) {
    long bits = 0;
    int from = 0;
    for (int i = 0; i < BYTES_OF_V4; i++) {
      int end = i < BYTES_OF_V4 - 1 ? text.indexOf('.', from) : text.length();
      int part = end < 0 ? -1 : byteAt(text, from, end);
      if (part < 0) {
        return -1;
      }
      bits = bits << 8 | part;
      from = end + 1;
    }
    return bits;
  }

  private static int byteAt(String text, int from, int end) {
    int length = end - from;
    if (length < 1 || length > 3 || (length > 1 && text.charAt(from) == '0')) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value > 0xFF ? -1 : value;
  }

  private static @Nullable IpAddress ofV6(String text) {
    int[] groups = new int[GROUPS];
    int gap = text.indexOf("::");
    int before = readGroups(text, 0, gap < 0 ? text.length() : gap, groups, 0);
    if (gap < 0) {
      return before == GROUPS ? ofGroups(groups) : null;
    }
    int count = before < 0 ? -1 : readGroups(text, gap + 2, text.length(), groups, before);
    if (count < 0 || count == GROUPS) {
      return null;
    }
    int resumed = GROUPS - (count - before);
    System.arraycopy(groups, before, groups, resumed, count - before);
    Arrays.fill(groups, before, resumed, 0);
    return ofGroups(groups);
  }

  /**
   * Reads 16-bit groups of an IPv6 address with a single colon between them. The text can end with
   * an IPv4 address, which counts as two groups.
   *
   * @param groups receives the groups
   * @param known the number of groups that {@code groups} contains already
   * @return the number of groups that {@code groups} contains now; -1 if the text is malformed
   */
  private static int readGroups(String text, int start, int end, int[] groups, int known) {
    int count = known;
    for (int from = start; start < end && from <= end; ) {
      int colon = text.indexOf(':', from);
      int stop = colon < 0 ? end : Math.min(colon, end);
      boolean dotted = stop == text.length() && text.indexOf('.', from) >= 0;
      long bits = dotted ? bitsOfV4(text.substring(from)) : groupAt(text, from, stop);
      if (bits < 0 || count + (dotted ? 2 : 1) > GROUPS) {
        return -1;
      }
      if (dotted) {
        groups[count++] = (int) (bits >> 16);
      }
      groups[count++] = (int) bits & 0xFFFF;
      from = stop + 1;
    }
    return count;
  }

  /** Returns the value of one to four hexadecimal digits, or -1 for any other text. */
  private static int groupAt(String text, int from, int end) {
    int length = end - from;
    if (length < 1 || length > 4) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /** Builds an address from its 16-bit groups. An IPv4-mapped address becomes an IPv4 address. */
  private static IpAddress ofGroups(int[] groups) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < GROUPS / 2; i++) {
      high = high << 16 | groups[i];
      low = low << 16 | groups[GROUPS / 2 + i];
    }
    return high == 0 && low >>> 32 == MAPPED
        ? new IpAddress(true, 0, low & 0xFFFFFFFFL)
        : new IpAddress(false, high, low);
  }

  /** Returns true for 127.0.0.0/8 (RFC 1122, section 3.2.1.3) and ::1 (RFC 4291). */
  public boolean isLoopback() {
    return v4 ? low >> 24 == LOOPBACK_V4 : high == 0 && low == 1;
  }

  /** Returns the length of this address in bits: 32 for IPv4, 128 for IPv6. */
  public int bitLength() {
    return v4 ? 32 : 128;
  }

  /**
   * Returns the first address of the range that contains this address.
   *
   * @param bits the length of the prefix that all addresses of the range share, from 0 to {@link
   *     #bitLength}
   */
  public IpAddress masked(int bits) {
    if (v4) {
      return new IpAddress(true, 0, low & mask(bits + 32));
    }
    return bits <= 64
        ? new IpAddress(false, high & mask(bits), 0)
        : new IpAddress(false, high, low & mask(bits - 64));
  }

  /**
   * Returns a 64-bit mask in which only the first {@code bits} bits are set.
   *
   * @param bits the number of bits, from 0 to 64
   */
  private static long mask(int bits) {
    return bits == 0 ? 0 : -1L << (64 - bits);
  }

  /**
   * Returns the address by which rate limits identify a client. For IPv4, the result is this
   * address. For IPv6, the result contains only the first 64 bits of this address, which identify
   * one network (RFC 4291, section 2.5.1).
   */
  public IpAddress network() {
    return v4 ? this : masked(64);
  }

  /**
   * Returns the text that identifies a client for limits: an IPv4 address, or the {@link #network}
   * of an IPv6 address. Returns an empty text for null: all requests without an address count as
   * one client. Returns any other text unchanged.
   */
  public static String networkOf(@Nullable String clientAddress) {
    if (clientAddress == null) {
      return "";
    }
    return clientAddress.indexOf(':') < 0
        ? clientAddress
        : parse(clientAddress).map(address -> address.network().toString()).orElse(clientAddress);
  }

  /**
   * Returns this address as text: dotted decimal for IPv4, the form of RFC 5952, section 4, for
   * IPv6.
   */
  @Override
  public String toString() {
    if (v4) {
      return (low >> 24) + "." + (low >> 16 & 0xFF) + "." + (low >> 8 & 0xFF) + "." + (low & 0xFF);
    }
    int zeros = 0;
    int zerosAt = -1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && group(end) == 0) {
        end++;
      }
      // RFC 5952, section 4.2: a single zero group stays, and the first of equal runs is shortened.
      if (end - i > Math.max(1, zeros)) {
        zeros = end - i;
        zerosAt = i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == zerosAt) {
        text.append("::");
        i += zeros - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(group(i)));
    }
    return text.toString();
  }

  private int group(int index) {
    return (int) ((index < 4 ? high : low) >>> (48 - 16 * (index & 3))) & 0xFFFF;
  }
}
