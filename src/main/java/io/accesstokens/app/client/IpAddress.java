package io.accesstokens.app.client;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IP address. One of IPv4 that is mapped into IPv6 (RFC 4291, section 2.5.5.2) is that of IPv4.
 *
 * @param v4 whether it is of IPv4
 * @param high the first 64 bits; 0 for IPv4
 * @param low the last 64 bits; for IPv4 the 32 bits
 */
public record IpAddress(boolean v4, long high, long low) {

  private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern V4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");

  /** What can be one; the JDK's parser decides. */
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]{2,45}");

  private static final int LONGEST = 100;
  private static final int GROUPS = 8;

  /**
   * Reads an address: dotted decimal without leading zeros, or the text of RFC 4291, section 2.2,
   * whose zone (RFC 4007) is left out. Never looks up a name.
   *
   * @return empty if it is not one
   */
  public static Optional<IpAddress> parse(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    if (V4.matcher(text).matches()) {
      return Optional.of(ofV4(text));
    }
    int zone = text.indexOf('%');
    String address = zone > 0 ? text.substring(0, zone) : text;
    if (address.indexOf(':') < 0 || !V6.matcher(address).matches()) {
      return Optional.empty();
    }
    try {
      // In brackets it is an address or nothing: no name is looked up.
      InetAddress parsed = InetAddress.getByName('[' + address + ']');
      ByteBuffer bytes = ByteBuffer.wrap(parsed.getAddress());
      return Optional.of(
          parsed instanceof Inet4Address
              ? new IpAddress(true, 0, Integer.toUnsignedLong(bytes.getInt()))
              : new IpAddress(false, bytes.getLong(), bytes.getLong()));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static IpAddress ofV4(String text) {
    long bits = 0;
    for (String part : text.split("\\.", -1)) {
      bits = bits << 8 | Integer.parseInt(part);
    }
    return new IpAddress(true, 0, bits);
  }

  /** Returns true if it is of 127.0.0.0/8 or {@code ::1} (RFC 6890, section 2.2). */
  public boolean isLoopback() {
    return v4 ? low >> 24 == 127 : high == 0 && low == 1;
  }

  /** How many bits such an address has: 32 or 128. */
  int length() {
    return v4 ? 32 : 128;
  }

  /**
   * The first address of the range to which it belongs.
   *
   * @param bits how many bits at the beginning all addresses of the range have in common
   */
  IpAddress first(int bits) {
    if (v4) {
      return new IpAddress(true, 0, low & upper(bits + 32));
    }
    return bits <= 64
        ? new IpAddress(false, high & upper(bits), 0)
        : new IpAddress(false, high, low & upper(bits - 64));
  }

  /** A mask of the upper bits of 64. */
  private static long upper(int bits) {
    return bits == 0 ? 0 : -1L << (64 - bits);
  }

  /**
   * What a limit counts as one: an IPv4 address, or the 64 bits of IPv6 that are given to one
   * network (RFC 4291, section 2.5.1).
   */
  IpAddress network() {
    return v4 ? this : first(64);
  }

  /** Dotted decimal, or the text of RFC 5952, section 4. */
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
      // A single group is not worth it, and of equal runs the first counts.
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
