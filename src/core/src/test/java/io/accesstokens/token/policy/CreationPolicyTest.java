package io.accesstokens.token.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreationPolicyTest {

  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final String FACE = "\uD83D\uDE00";

  private final CreationPolicy policy = policy(90, 30);

  private static CreationPolicy policy(int maxLifetimeDays, int defaultLifetimeDays) {
    return new CreationPolicy(
        ScopeCatalog.defaults(), maxLifetimeDays, defaultLifetimeDays, List.of(), SignInAge.ANY);
  }

  private static CreationRequest request(
      @Nullable String name,
      @Nullable String description,
      @Nullable String group,
      @Nullable List<@Nullable String> scopes,
      @Nullable Long days,
      @Nullable String expiresAt) {
    return new CreationRequest(name, description, group, scopes, days, expiresAt, List.of());
  }

  private static CreationRequest named(@Nullable String name) {
    return request(name, "d", "platform", List.of("catalog:read"), null, null);
  }

  private static CreationRequest described(@Nullable String description) {
    return request("n", description, "platform", List.of("catalog:read"), null, null);
  }

  private static CreationRequest expiring(@Nullable Long days, @Nullable String at) {
    return request("n", "d", "platform", List.of("catalog:read"), days, at);
  }

  private List<String> wrong(CreationRequest request) {
    InvalidRequestException thrown =
        assertThrows(
            InvalidRequestException.class, () -> policy.check(request, NOW, group -> true));
    return thrown.violations().stream().map(Violation::field).toList();
  }

  private CreationPolicy.ValidatedRequest right(CreationRequest request) {
    return policy.check(request, NOW, group -> true);
  }

  @Test
  void nameIsLimitedInLengthAndCharacters() {
    for (String name : List.of("a", "-", "0", "a".repeat(100))) {
      assertEquals(name, right(named(name)).name());
    }
    for (String name :
        Arrays.asList(null, "", " a", "a\n", "A", "a_b", "\u00E9", "a".repeat(101))) {
      assertEquals(List.of("name"), wrong(named(name)));
    }
  }

  @Test
  void descriptionLengthIsCountedInCodePoints() {
    for (String text : List.of("d", " d ", "d".repeat(500), FACE.repeat(500), "a\nb")) {
      assertEquals(text, right(described(text)).description());
    }
    for (String text :
        Arrays.asList(
            null, "", " \t", "\u00A0\u3000", "d".repeat(501), FACE.repeat(501), "a\0", "\uD800")) {
      assertEquals(List.of("description"), wrong(described(text)));
    }
  }

  @Test
  void duplicateScopesAreRemovedInOrder() {
    List<String> requested =
        List.of("techdocs:read", "catalog:read", "techdocs:read", "catalog:write");
    assertEquals(
        List.of("techdocs:read", "catalog:read", "catalog:write"),
        right(request("n", "d", "g", new ArrayList<>(requested), null, null)).scopes());
    assertEquals(List.of("scopes"), wrong(request("n", "d", "g", List.of(), null, null)));
    assertEquals(List.of("scopes"), wrong(request("n", "d", "g", null, null, null)));
    assertEquals(
        List.of("scopes[0]", "scopes[2]"),
        wrong(request("n", "d", "g", Arrays.asList(null, "catalog:read", "no"), null, null)));
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 91, Long.MAX_VALUE})
  void lifetimeOutOfBoundsIsRejected(long days) {
    assertEquals(List.of("expiresInDays"), wrong(expiring(days, null)));
  }

  @Test
  void lifetimeBoundsAreInclusive() {
    assertEquals(NOW.plus(Duration.ofDays(1)), right(expiring(1L, null)).expiresAt());
    assertEquals(NOW.plus(Duration.ofDays(90)), right(expiring(90L, null)).expiresAt());
    assertEquals(NOW.plus(Duration.ofDays(30)), right(expiring(null, null)).expiresAt());
    String longest = NOW.plus(Duration.ofDays(90)).toString();
    assertEquals(longest, right(expiring(null, longest)).expiresAt().toString());
    String soonest = NOW.plusMillis(1).toString();
    assertEquals(soonest, right(expiring(null, soonest)).expiresAt().toString());
    assertEquals(
        Instant.parse("2026-12-01T10:00:00Z"),
        right(expiring(null, "2026-12-01T12:00:00.0009+02:00")).expiresAt());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-24T12:00:00Z",
        "2026-11-24T12:00:00.0009Z",
        "2027-02-22T12:00:00.001Z",
        "2026-12-01",
        "2026-12-01T12:00:00",
        "2026-12-01T12:00:00Z[UTC]",
        "1796126400",
        "",
        "2026-02-30T12:00:00Z",
        "+999999999-12-31T23:59:59Z",
        "-999999999-01-01T00:00:00Z"
      })
  void invalidExpiryIsRejected(String text) {
    assertEquals(List.of("expiresAt"), wrong(expiring(null, text)));
  }

  @Test
  void twoExpiriesAreRejected() {
    assertEquals(List.of("expiresAt"), wrong(expiring(1L, "2026-12-01T12:00:00Z")));
  }

  @Test
  void allErrorsAreReported() {
    assertEquals(
        List.of("name", "description", "groupEntityRef", "scopes", "expiresInDays"),
        wrong(request("A", " ", "user:x", List.of(), 0L, null)));
  }

  @Test
  void unreadableFieldIsReportedOnce() {
    CreationRequest request =
        new CreationRequest(
            null,
            "d",
            "platform",
            List.of("catalog:read"),
            null,
            null,
            List.of(new Violation("name", "must be a string")));
    assertEquals(List.of("name"), wrong(request));
  }

  @Test
  void reasonIsTrimmedBeforeItsLengthIsChecked() {
    assertEquals("r", CreationPolicy.checkReason(" \u00A0r\uFEFF\n"));
    assertEquals(FACE.repeat(500), CreationPolicy.checkReason(" " + FACE.repeat(500) + " "));
    for (String reason : Arrays.asList(null, "", " ", "r".repeat(501), "\0")) {
      assertThrows(InvalidRequestException.class, () -> CreationPolicy.checkReason(reason));
    }
  }

  @Test
  void textThatContainsRawTokenIsRejected() {
    for (RawToken.Kind kind : RawToken.Kind.values()) {
      String token = RawTokenFormat.DEFAULT.create(kind, new SplittableRandom(1)).reveal();
      String text = "leaked: " + token;
      assertEquals(List.of("description"), wrong(described(text)));
      assertThrows(InvalidRequestException.class, () -> CreationPolicy.checkReason(text));
      assertEquals(
          Optional.of("must not contain a raw token"), CreationPolicy.descriptionError(text));
      assertEquals(
          "leaked: " + token.substring(0, 12),
          CreationPolicy.checkReason("leaked: " + token.substring(0, 12)));
    }
  }

  @Test
  void defaultLifetimeAboveTheMaximumIsRejected() {
    for (int[] bounds : List.of(new int[] {0, 0}, new int[] {1, 2}, new int[] {1, 0})) {
      assertThrows(IllegalArgumentException.class, () -> policy(bounds[0], bounds[1]));
    }
  }
}
