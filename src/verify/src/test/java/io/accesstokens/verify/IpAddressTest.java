package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares the parser with the JDK; see {@code AddressRangeTest} for the forms of an address. */
class IpAddressTest {

  private static final int RANDOM_TEXTS = 200_000;

  /** Mostly colons, so that many random texts are addresses. */
  private static final String PARTS = "0 1 ffff 1234 a : : : : :: :: 1.2.3.4 127.0.0.1 . g";

  private static final Pattern LONG_GROUP = Pattern.compile("[0-9a-f]{5}|0[0-9]+\\.");

  @Test
  void readsIpv6AsTheJdkDoes() {
    Random random = new Random(20261126);
    String[] parts = PARTS.split(" ", -1);
    int addresses = 0;
    for (int i = 0; i < RANDOM_TEXTS; i++) {
      StringBuilder text = new StringBuilder();
      int length = 1 + random.nextInt(17);
      for (int j = 0; j < length; j++) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      // The JDK accepts more leading zeros than the RFC.
      if (text.indexOf(":") >= 0 && !LONG_GROUP.matcher(text).find()) {
        Optional<String> expected = byJdk(text.toString());
        addresses += expected.isPresent() ? 1 : 0;
        assertEquals(
            expected, IpAddress.parse(text.toString()).map(IpAddressTest::plain), text::toString);
      }
    }
    assertTrue(addresses > 1_000, "addresses among the texts: " + addresses);
  }

  /** Parses with the JDK; in brackets, the JDK makes no DNS look-up. */
  private static Optional<String> byJdk(String text) {
    try {
      return Optional.of(InetAddress.getByName('[' + text + ']').getHostAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** Returns the address in the JDK's notation. */
  private static String plain(IpAddress address) {
    if (address.v4()) {
      return address.toString();
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      long half = i < 4 ? address.high() : address.low();
      text.append(i == 0 ? "" : ":")
          .append(Long.toHexString(half >>> (48 - 16 * (i % 4)) & 0xFFFF));
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.0,            true",
    "127.255.255.255,      true",
    "::1,                  true",
    "::ffff:127.0.0.1,     true",
    "::1%lo,               true",
    "126.255.255.255,      false",
    "128.0.0.0,            false",
    "::,                   false",
    "::2,                  false",
    "1::1,                 false",
    "::127.0.0.1,          false",
    "::ffff:126.0.0.1,     false",
  })
  void loopbackAddressesAreRecognized(String address, boolean expected) {
    assertEquals(expected, IpAddress.parse(address).orElseThrow().isLoopback());
  }

  @ParameterizedTest
  @CsvSource({
    "localhost,    true",
    "LocalHost,    true",
    "127.0.0.1,    true",
    "[::1],        true",
    "::1,          true",
    "a.localhost,  false",
    "localhost.,   false",
    "[127.0.0.1],  false",
    "[::1%lo],     false",
    "127.1,        false",
    "bad.cc,       false",
    "'',           false",
    "[],           false",
    "[,            false",
  })
  void loopbackHostsAreRecognizedByTheirText(String host, boolean expected) {
    assertEquals(expected, IpAddress.isLoopbackHost(host));
  }
}
