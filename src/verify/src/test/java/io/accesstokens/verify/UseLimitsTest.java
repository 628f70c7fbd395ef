package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UseLimitsTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static UseLimits addresses(String ranges) {
    return new UseLimits(
        Arrays.stream(ranges.split(" ", -1))
            .filter(range -> !range.isEmpty())
            .map(range -> AddressRange.parse(range).orElseThrow())
            .toList(),
        null);
  }

  private static Verification.Accepted accepted(UseLimits limits) {
    return new Verification.Accepted(
        new UUID(0, 1),
        "service-token:group:default/platform:n",
        new EntityRef("group", "default", "platform"),
        List.of("catalog:read"),
        NOON,
        NOON.plusSeconds(60),
        limits);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8 2001:db8::/32, 10.255.0.1, true",
    "10.0.0.0/8 2001:db8::/32, ::ffff:10.255.0.1, true",
    "10.0.0.0/8 2001:db8::/32, ::ffff:aff:1, true",
    "10.0.0.0/8 2001:db8::/32, 2001:DB8:0::1, true",
    "10.0.0.0/8 2001:db8::/32, 2001:db8::1%eth0, true",
    "10.0.0.0/8 2001:db8::/32, 11.0.0.1, false",
    "10.0.0.0/8 2001:db8::/32, 2001:db9::1, false",
    "::ffff:192.0.2.0/120, 192.0.2.7, true",
    "::ffff:192.0.2.0/120, 192.0.3.7, false",
    "::/0, 192.0.2.1, false",
    "0.0.0.0/0, ::1, false",
    "192.0.2.1, 192.0.2.01, false",
    "192.0.2.1, 0xc0.0.2.1, false",
    "127.0.0.1, 127.1, false",
    "127.0.0.1, localhost, false",
    "127.0.0.1, unknown, false",
    "127.0.0.1, '', false",
    "127.0.0.1, '127.0.0.1,10.0.0.1', false",
  })
  void onlyClientsAtAllowedAddressesMayUseTheToken(String ranges, String client, boolean allowed) {
    assertEquals(allowed, addresses(ranges).allow(client));
  }

  @Test
  void unknownAddressIsNotAllowed() {
    assertEquals(false, addresses("0.0.0.0/0 ::/0").allow(null));
    assertEquals(true, UseLimits.NONE.allow(null));
    assertEquals(true, UseLimits.NONE.allow("nonsense"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', true",
    "'', 10.0.0.0/8, true",
    "10.0.0.0/8, '', false",
    "10.0.0.0/8, 10.0.0.0/8, true",
    "10.0.0.0/8, 10.1.0.0/16 10.2.0.1, true",
    "10.0.0.0/8, 10.1.0.0/16 11.0.0.1, false",
    "10.0.0.0/9 10.128.0.0/9, 10.0.0.0/8, false",
    "10.0.0.0/8, ::ffff:10.0.0.1, true",
    "0.0.0.0/0, ::1, false",
  })
  void narrowerAddressesAreCovered(String ranges, String others, boolean covered) {
    assertEquals(covered, addresses(ranges).cover(addresses(others)));
  }

  @ParameterizedTest
  @CsvSource({", 5, true", ", , true", "5, , false", "5, 5, true", "5, 4, true", "5, 6, false"})
  void fewerRequestsAreCovered(
      @Nullable Integer perMinute, @Nullable Integer other, boolean covered) {
    assertEquals(
        covered, new UseLimits(List.of(), perMinute).cover(new UseLimits(List.of(), other)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_000_001, Integer.MIN_VALUE})
  void numberOfRequestsIsBounded(int perMinute) {
    assertThrows(IllegalArgumentException.class, () -> new UseLimits(List.of(), perMinute));
  }

  @Test
  void numberOfRangesIsBounded() {
    AddressRange range = AddressRange.parse("10.0.0.0/8").orElseThrow();
    new UseLimits(Collections.nCopies(50, range), null);
    List<AddressRange> tooMany = Collections.nCopies(51, range);
    assertThrows(IllegalArgumentException.class, () -> new UseLimits(tooMany, null));
  }

  @Test
  void verdictOnALimitedTokenIsNotAccepted() {
    Verification.Accepted good = accepted(addresses("192.0.2.0/24"));
    Verification verdict = new TokenFacts(good, false).verdictAt(NOON);
    assertEquals(new Verification.AddressLimited(good), verdict);
    assertEquals(good, verdict.from("192.0.2.1"));
    Verification refused =
        new Verification.Refused(Verification.Reason.ADDRESS, Optional.of(good.tokenId()));
    assertEquals(refused, verdict.from("198.51.100.1"));
    assertEquals(refused, verdict.from(null));
    assertEquals(refused, verdict.from("198.51.100.1").from("192.0.2.1"));
  }

  @Test
  void revocationAndExpiryTakePrecedence() {
    Verification.Accepted good = accepted(addresses("192.0.2.0/24"));
    assertEquals(
        Verification.Reason.REVOKED,
        reason(new TokenFacts(good, true).verdictAt(NOON).from("192.0.2.1")));
    assertEquals(
        Verification.Reason.EXPIRED,
        reason(new TokenFacts(good, false).verdictAt(NOON.plusSeconds(60)).from("192.0.2.1")));
  }

  private static Verification.Reason reason(Verification verdict) {
    return ((Verification.Refused) verdict).reason();
  }

  @Test
  void tokenWithoutAllowedAddressesIsAccepted() {
    Verification.Accepted good = accepted(new UseLimits(List.of(), 5));
    assertEquals(good, new TokenFacts(good, false).verdictAt(NOON));
    assertEquals(good, good.from(null));
    assertEquals(good.limits(), good.withScopes(List.of()).limits());
  }

  @Test
  void cachedVerdictIsLimitedToo() {
    Verification.Accepted good = accepted(addresses("192.0.2.0/24"));
    CachedTokenVerifier verifier =
        new CachedTokenVerifier(
            token -> Optional.of(new TokenFacts(good, false)),
            Lease.unlimited(MachineClock.SYSTEM),
            MachineClock.SYSTEM,
            new CachedTokenVerifier.Limits(Duration.ofMinutes(1), 10, 1));
    RawToken token =
        RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new java.security.SecureRandom());
    CachedToken cached = new CachedToken(new TokenFacts(good, false), Long.MAX_VALUE);
    assertEquals(new Verification.AddressLimited(good), cached.verdictAt(NOON.toEpochMilli()));
    // The real clock is past the expiry, which takes precedence over the limit.
    assertEquals(Verification.Reason.EXPIRED, reason(verifier.verify(token)));
  }
}
