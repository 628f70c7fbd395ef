package io.accesstokens.app.client;

import static io.accesstokens.testing.FuzzInput.headers;
import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.line;
import static io.accesstokens.testing.FuzzInput.roundTrip;
import static io.accesstokens.testing.FuzzInput.same;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.IpAddress;
import java.util.List;
import java.util.Optional;

/**
 * Fuzzes addresses, ranges and forwarding headers. The first line is the peer address of the
 * connection. Each other line is a line of the forwarding header.
 */
class ClientAddressFuzzTest {

  private static final TrustedProxies TRUSTED =
      new TrustedProxies(
          List.of(
              AddressRange.parse("10.0.0.0/8").orElseThrow(),
              AddressRange.parse("2001:db8::/32").orElseThrow()));

  @FuzzTest
  @DictionaryEntries({
    "10.0.0.1",
    "192.0.2.1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "for=",
    "\"[2001:db8::1]:443\"",
    ";proto=https",
    "unknown",
    "/32",
    "%eth0",
    "_hidden"
  })
  void addresses(byte[] input) {
    List<String> lines = headers(input);
    String peer = line(lines, 0);
    List<String> rest = lines.subList(1, lines.size());
    IpAddress.parse(peer)
        .ifPresent(address -> roundTrip(address, IpAddress::toString, IpAddress::parse));
    AddressRange.parse(peer).ifPresent(ClientAddressFuzzTest::containsItsFirst);
    clientOf(TrustedProxies.X_FORWARDED_FOR, peer, rest);
    clientOf(TrustedProxies.FORWARDED, peer, rest);
    clientOf(TrustedProxies.X_FORWARDED_FOR, "10.0.0.1", lines);
    clientOf(TrustedProxies.FORWARDED, "10.0.0.1", lines);
    elements(lines);
  }

  private static void containsItsFirst(AddressRange range) {
    holds("a range contains its first address", range.contains(range.first()));
    String text = range.first() + "/" + range.bits();
    same("the range that its text means", Optional.of(range), AddressRange.parse(text));
    same("a range of everything", range.bits() == 0, range.isEverything());
  }

  private static void clientOf(String header, String peer, List<String> values) {
    String client = TRUSTED.clientOf(peer, name -> name.equals(header) ? values : List.of());
    Optional<IpAddress> address = IpAddress.parse(peer);
    if (address.isEmpty()) {
      same("a peer that is no address stays", peer, client);
      return;
    }
    String seen = String.valueOf(client);
    holds("an address: " + seen, IpAddress.parse(seen).isPresent());
    same("in its one text", seen, IpAddress.parse(seen).map(IpAddress::toString).orElse(""));
    if (!TRUSTED.isTrusted(peer)) {
      same("only a trusted proxy names another client", address.get().toString(), seen);
    }
  }

  /**
   * Asserts that the parser returns the same elements as a plain split, from the last to the first.
   */
  private static void elements(List<String> lines) {
    List<String> expected =
        lines.stream()
            .flatMap(line -> List.of(line.split(",", -1)).stream())
            .map(String::strip)
            .filter(element -> !element.isEmpty())
            .toList();
    ForwardedHeaderParser hops = new ForwardedHeaderParser(lines);
    for (int i = expected.size() - 1; i >= 0; i--) {
      same("element " + i, expected.get(i), hops.next());
      ForwardedHeaderParser.node(expected.get(i))
          .ifPresent(found -> roundTrip(found, IpAddress::toString, ForwardedHeaderParser::node));
      ForwardedHeaderParser.standard(expected.get(i))
          .ifPresent(
              found ->
                  same(
                      "the address of the written element",
                      Optional.of(found),
                      ForwardedHeaderParser.standard("for=\"[" + mapped(found) + "]\"")));
    }
    same("no element is left", null, hops.next());
  }

  private static String mapped(IpAddress address) {
    return address.v4() ? "::ffff:" + address : address.toString();
  }
}
