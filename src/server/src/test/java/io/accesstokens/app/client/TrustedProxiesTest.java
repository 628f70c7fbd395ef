package io.accesstokens.app.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.verify.AddressRange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests which forwarding headers, and which of their elements, determine the client address. */
class TrustedProxiesTest {

  private static final String PROXY = "10.0.0.1";

  private static TrustedProxies trusting(String... ranges) {
    return new TrustedProxies(
        Stream.of(ranges).map(range -> AddressRange.parse(range).orElseThrow()).toList());
  }

  private static @Nullable String find(
      TrustedProxies proxies, String peer, Map<String, List<String>> headers) {
    return proxies.clientOf(peer, name -> headers.getOrDefault(name, List.of()));
  }

  private static @Nullable String forwardedFor(String peer, String... lines) {
    return find(
        trusting("10.0.0.0/8", "2001:db8::/32"),
        peer,
        Map.of(TrustedProxies.X_FORWARDED_FOR, List.of(lines)));
  }

  private static @Nullable String forwarded(String... lines) {
    return find(trusting("10.0.0.0/8"), PROXY, Map.of(TrustedProxies.FORWARDED, List.of(lines)));
  }

  @Test
  void noProxyIsTrustedByDefault() {
    Map<String, List<String>> headers =
        Map.of(
            TrustedProxies.X_FORWARDED_FOR, List.of("192.0.2.1"),
            TrustedProxies.FORWARDED, List.of("for=192.0.2.1"));
    assertEquals("127.0.0.1", find(trusting(), "127.0.0.1", headers));
    assertEquals("::1", find(trusting(), "0:0:0:0:0:0:0:1", headers));
    assertEquals("192.0.2.9", find(trusting(), "::ffff:192.0.2.9", headers));
    assertFalse(
        trusting().isTrusted("127.0.0.1"), "the loopback address is not trusted by default");
  }

  @Test
  void headerOfAnUntrustedPeerIsIgnored() {
    assertEquals("192.0.2.9", forwardedFor("192.0.2.9", "10.0.0.1"));
    assertEquals("11.0.0.1", forwardedFor("11.0.0.1", "192.0.2.1"));
    assertFalse(
        trusting("10.0.0.0/8").isTrusted("11.0.0.1"),
        "an address outside the range is not trusted");
  }

  @Test
  void headerOfATrustedProxyIsUsed() {
    assertEquals("192.0.2.1", forwardedFor(PROXY, "192.0.2.1"));
    assertEquals("192.0.2.1", forwardedFor("::ffff:10.0.0.1", "192.0.2.1"));
    assertEquals("192.0.2.1", forwardedFor("2001:db8::5", "::ffff:192.0.2.1"));
    assertTrue(
        trusting("10.0.0.0/8").isTrusted("::ffff:10.0.0.1"),
        "a mapped address within the range is trusted");
  }

  @Test
  void firstUntrustedAddressFromTheRightIsTheClient() {
    assertEquals("192.0.2.1", forwardedFor(PROXY, "203.0.113.7, 192.0.2.1"));
    assertEquals("192.0.2.1", forwardedFor(PROXY, "10.0.0.9, 192.0.2.1"));
    assertEquals("192.0.2.1", forwardedFor(PROXY, "203.0.113.7,192.0.2.1 , 10.0.0.2,10.0.0.3"));
    assertEquals("192.0.2.1", forwardedFor(PROXY, "203.0.113.7", "192.0.2.1", "10.0.0.2"));
    assertEquals("10.0.0.9", forwardedFor(PROXY, "10.0.0.9, 10.0.0.2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unknown",
        "192.0.2.1, unknown",
        "192.0.2.1, _hidden",
        "192.0.2.1, proxy.example.com",
        "192.0.2.1, 256.1.1.1",
        "192.0.2.1, [::1",
        "192.0.2.1, ]::1[",
        "192.0.2.1, []",
        "192.0.2.1, [192.0.2.1",
        "192.0.2.1, ::1]",
        "192.0.2.1, 192.0.2.1:99999999",
        "192.0.2.1, 192.0.2.1:http",
        "192.0.2.1, [2001:db8::1]x",
        "192.0.2.1, \"192.0.2.2\"",
        "192.0.2.1, 192.0.2.2 192.0.2.3",
        "192.0.2.1, for=192.0.2.2",
      })
  void malformedElementYieldsTheProxyThatSentIt(String line) {
    assertEquals(PROXY, forwardedFor(PROXY, line));
    assertEquals("10.0.0.2", forwardedFor(PROXY, line + ", 10.0.0.2"));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1:443,            192.0.2.1",
    "[2001:db9::1],            2001:db9::1",
    "[2001:db9::1]:443,        2001:db9::1",
    "2001:db9::1,              2001:db9::1",
    "2001:DB9:0::1,            2001:db9::1",
    "::ffff:192.0.2.1,         192.0.2.1",
    "[::ffff:192.0.2.1]:1,     192.0.2.1",
  })
  void portsAndBracketsAreRemoved(String node, String address) {
    assertEquals(address, forwardedFor(PROXY, "203.0.113.7, " + node));
    assertEquals(address, forwarded("for=203.0.113.7, for=\"" + node + "\""));
  }

  @Test
  void emptyElementsAreIgnored() {
    assertEquals("192.0.2.1", forwardedFor(PROXY, "203.0.113.7,, 192.0.2.1 , ,", "", " "));
    assertEquals(PROXY, forwardedFor(PROXY, "", ",,,"));
    assertEquals(PROXY, forwardedFor(PROXY));
  }

  @Test
  void forwardedHeaderIsReadWithItsParameters() {
    assertEquals("192.0.2.1", forwarded("for=192.0.2.1"));
    assertEquals("192.0.2.1", forwarded("For=192.0.2.1;proto=https;by=10.0.0.1;host=a"));
    assertEquals("192.0.2.1", forwarded("proto=https; FOR = \"192.0.2.1:80\""));
    assertEquals("192.0.2.1", forwarded("for=203.0.113.7", "for=192.0.2.1, for=10.0.0.2"));
    assertEquals("2001:db8:cafe::17", forwarded("For=\"[2001:db8:cafe::17]:4711\""));
    assertEquals("192.0.2.1", forwarded("host=\"a:80\";for=192.0.2.1"));
  }

  /** RFC 7239, section 4, allows empty parameters. */
  @Test
  void emptyParametersOfForwardedAreIgnored() {
    assertEquals("192.0.2.1", forwarded("for=192.0.2.1;"));
    assertEquals("192.0.2.1", forwarded(";; for=192.0.2.1 ; ;proto=https"));
    assertEquals(PROXY, forwarded("for=203.0.113.7, ;;"));
  }

  /** A proxy can repeat the host that the client chose, as a quoted value. */
  @Test
  void quotedHostForgesNoAddress() {
    assertEquals(PROXY, forwarded("for=192.0.2.1;host=\"a,for=203.0.113.7;x=y\""));
    assertEquals(PROXY, forwarded("for=192.0.2.1;host=\"a,for=203.0.113.7;x=\""));
    assertEquals(PROXY, forwarded("for=192.0.2.1;host=\"a,for=203.0.113.7;x=\\\"\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "by=10.0.0.1",
        "for",
        "for=",
        "for=\"",
        "for=\"\"",
        "for=unknown",
        "for=\"_gazonk\"",
        "for=\"192.0.2.2",
        "for=192.0.2.2\"",
        "for=192.0.2.2;for=192.0.2.3",
        "for=192.0.2.2;x",
        "192.0.2.2",
      })
  void malformedForwardedElementYieldsTheProxyThatSentIt(String element) {
    assertEquals(PROXY, forwarded("for=192.0.2.1, " + element));
    assertEquals("10.0.0.2", forwarded("for=192.0.2.1, " + element + ", for=10.0.0.2"));
  }

  @Test
  void unclosedQuoteHidesNoElement() {
    assertEquals("192.0.2.1", forwarded("for=\"203.0.113.7, for=192.0.2.1"));
    assertEquals("192.0.2.1", forwarded("for=\"203.0.113.7", "for=192.0.2.1"));
  }

  @Test
  void xForwardedForTakesPrecedenceOverForwarded() {
    Map<String, List<String>> both =
        Map.of(
            TrustedProxies.X_FORWARDED_FOR, List.of("192.0.2.1"),
            TrustedProxies.FORWARDED, List.of("for=203.0.113.7"));
    assertEquals("192.0.2.1", find(trusting(PROXY), PROXY, both));
    Map<String, List<String>> malformed =
        Map.of(
            TrustedProxies.X_FORWARDED_FOR, List.of("unknown"),
            TrustedProxies.FORWARDED, List.of("for=203.0.113.7"));
    assertEquals(PROXY, find(trusting(PROXY), PROXY, malformed));
  }

  @Test
  void longHeadersAreParsedInLinearTime() {
    assertEquals("10.0.0.2", forwardedFor(PROXY, "10.0.0.2,".repeat(100_000)));
    assertEquals(PROXY, forwardedFor(PROXY, "1".repeat(1_000_000)));
    assertEquals(PROXY, forwarded("for=" + "x;".repeat(500_000)));
    assertParsedInLinearTime(",".repeat(1_000_000));
  }

  private static void assertParsedInLinearTime(String commas) {
    boolean isPeer =
        TimeLimits.within(Duration.ofSeconds(5), () -> PROXY.equals(forwardedFor(PROXY, commas)));
    assertTrue(isPeer, "an address was found");
  }

  @Test
  void peerThatIsNoAddressIsReturnedUnchanged() {
    assertNull(trusting(PROXY).clientOf(null, name -> List.of()));
    assertEquals("unix:", forwardedFor("unix:", "192.0.2.1"));
    assertFalse(trusting(PROXY).isTrusted(null), "a missing address is not trusted");
  }
}
