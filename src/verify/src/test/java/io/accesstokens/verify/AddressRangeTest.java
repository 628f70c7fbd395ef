package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "::1, ::1",
    "::, ::",
    "0:0:0:0:0:0:0:1, ::1",
    "2001:0DB8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
    "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "::ffff:192.0.2.1, 192.0.2.1",
    "::ffff:c000:201, 192.0.2.1",
    "fe80::1%eth0, fe80::1",
    "fe80:0:0:0:0:0:0:1%4, fe80::1",
  })
  void addressHasOneCanonicalText(String text, String canonical) {
    assertEquals(canonical, IpAddress.parse(text).orElseThrow().toString());
    assertEquals(IpAddress.parse(canonical), IpAddress.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.2.3, true",
    "10.1.2.3, 10.0.0.0/8, true",
    "10.0.0.0/8, 10.0.0.0/8, true",
    "10.0.0.0/8, 11.0.0.0/8, false",
    "0.0.0.0/0, 192.0.2.1, true",
    "0.0.0.0/0, ::/0, false",
    "2001:db8::/32, 2001:db8:1::/48, true",
    "192.0.2.1, 192.0.2.2, false",
  })
  void rangesOverlapIfOneContainsTheOther(String one, String other, boolean expected) {
    assertEquals(
        expected,
        AddressRange.parse(one).orElseThrow().overlaps(AddressRange.parse(other).orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "localhost",
        "example.com",
        "cafe.de",
        "1",
        "127.1",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.01",
        "010.0.0.1",
        "167772161",
        "10.0.0.1:80",
        "10.0.0.*",
        "10.0.0.1-10.0.0.9",
        "\u0000",
        " 192.0.2.1",
        "192.0.2.1.",
        "192.0.2.1 ",
        "0x7f.0.0.1",
        "-1.2.3.4",
        "192.0.2.\u0661",
        ":",
        ":1",
        "1:2:3",
        "1::2::3",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4::5:6:7:8",
        "1:2:3:4:5:6:7:192.0.2.1",
        "192.0.2.1::1",
        "12345::",
        "g::1",
        ".::1",
        "[::1]",
        "%eth0",
        "1%2",
        "::1/128"
      })
  void invalidAddressIsRefused(String text) {
    assertEquals(Optional.empty(), IpAddress.parse(text));
  }

  @Test
  void veryLongTextIsNoAddress() {
    assertEquals(Optional.empty(), IpAddress.parse("::" + "0".repeat(100_000)));
    assertEquals(Optional.empty(), IpAddress.parse("fe80::1%" + "x".repeat(100_000)));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,        10.255.255.255,  11.0.0.0",
    "10.1.2.3/8,        10.0.0.0,        9.255.255.255",
    "192.0.2.1,         192.0.2.1,       192.0.2.2",
    "192.0.2.128/25,    192.0.2.255,     192.0.2.127",
    "192.0.2.0/31,      192.0.2.1,       192.0.2.2",
    "0.0.0.0/0,         8.8.8.8,         2001:db8::1",
    "::/0,              2001:db8::1,     192.0.2.1",
    "2001:db8::/32,     2001:db8:ffff::, 2001:db9::",
    "2001:db8::1,       2001:db8::1,     2001:db8::2",
    "2001:db8::/64,     2001:db8::ffff,  2001:db8:0:1::",
    "2001:db8::/65,     2001:db8::1,     2001:db8:0:0:8000::",
    "::ffff:10.0.0.0/104, 10.9.9.9,      11.0.0.0",
    "::1,               ::1,             127.0.0.1",
  })
  void rangeContainsAddressesWithItsPrefix(String range, String within, String without) {
    AddressRange read = AddressRange.parse(range).orElseThrow();
    assertTrue(read.contains(IpAddress.parse(within).orElseThrow()), read + " contains " + within);
    assertFalse(
        read.contains(IpAddress.parse(without).orElseThrow()),
        read + " does not contain " + without);
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3/8, 10.0.0.0/8",
    "192.0.2.1/32, 192.0.2.1",
    "192.0.2.1, 192.0.2.1",
    "::ffff:10.0.0.0/104, 10.0.0.0/8",
    "::ffff:192.0.2.1/128, 192.0.2.1",
    "2001:DB8:0::/32, 2001:db8::/32",
    "::1/128, ::1",
    "::/0, ::/0",
  })
  void rangeHasOneCanonicalText(String text, String canonical) {
    AddressRange range = AddressRange.parse(text).orElseThrow();
    assertEquals(canonical, range.toString());
    assertEquals(Optional.of(range), AddressRange.parse(canonical));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.0.0/16, true",
    "10.0.0.0/8, 10.0.0.0/8, true",
    "10.0.0.0/8, 10.0.0.0/7, false",
    "10.0.0.0/8, 11.0.0.0/16, false",
    "0.0.0.0/0, 192.0.2.1, true",
    "0.0.0.0/0, ::1, false",
    "::/0, 192.0.2.1, false",
    "2001:db8::/32, 2001:db8:1::/48, true",
  })
  void rangeContainsItsSubranges(String range, String other, boolean expected) {
    assertEquals(
        expected,
        AddressRange.parse(range).orElseThrow().contains(AddressRange.parse(other).orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/08",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "::/129",
        "::1/1e1",
        "::1/99999999999",
        "::ffff:10.0.0.0/95",
        "/8",
        "proxy.example.com",
        "fe80::1%eth0",
        "fe80::%25eth0/64",
        "*"
      })
  void invalidRangeIsRefused(String text) {
    assertEquals(Optional.empty(), AddressRange.parse(text));
  }
}
