package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.Verification.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests the verdicts of facts, and of the same facts in the cache. */
class TokenFactsTest {

  private static final UUID ID = new UUID(0, 1);
  private static final Instant END = Instant.parse("2026-03-01T12:00:00.123Z");

  private static Verification.Accepted accepted(boolean previous, UseLimits limits) {
    return new Verification.Accepted(
        ID,
        "service-token:group:default/platform:ci",
        new EntityRef(EntityRef.GROUP, "default", "platform"),
        List.of("catalog:read"),
        null,
        END,
        limits,
        new PresentedSecret(new SecretId(ID, 3), previous, false));
  }

  private static TokenFacts facts(boolean previous, boolean revoked, boolean ended) {
    return new TokenFacts(accepted(previous, UseLimits.NONE), revoked, ended);
  }

  /** Checks the verdict at an instant, from the facts and from the cache. */
  private static void assertVerdict(Verification expected, TokenFacts facts, Instant now) {
    assertEquals(expected, facts.verdictAt(now), "from the facts");
    assertEquals(
        expected, new CachedToken(facts, 0).verdictAt(now.toEpochMilli()), "from the cache");
  }

  private static Verification.Refused refused(Reason reason) {
    return new Verification.Refused(reason, Optional.of(ID), 3);
  }

  private static Verification.Refused endedSecret() {
    return new Verification.Refused(Reason.ENDED_SECRET, Optional.of(ID), 3);
  }

  @Test
  void currentSecretExpiresWithTheToken() {
    TokenFacts facts = facts(false, false, false);
    assertVerdict(facts.accepted(), facts, END.minusMillis(1));
    assertVerdict(refused(Reason.EXPIRED), facts, END);
  }

  @Test
  void anyInstantCanBeTheExpiry() {
    TokenFacts facts = expiringAt(END.plusNanos(1));
    assertVerdict(facts.accepted(), facts, END);
    assertVerdict(refused(Reason.EXPIRED), facts, END.plusMillis(1));
    TokenFacts endless = expiringAt(Instant.MAX);
    assertVerdict(endless.accepted(), endless, END);
    assertVerdict(refused(Reason.EXPIRED), expiringAt(Instant.MIN), END);
  }

  private static TokenFacts expiringAt(Instant end) {
    Verification.Accepted good = accepted(false, UseLimits.NONE);
    return new TokenFacts(
        new Verification.Accepted(
            ID,
            good.subject(),
            good.owner(),
            good.scopes(),
            null,
            end,
            good.limits(),
            good.secret()),
        false);
  }

  @Test
  void previousSecretEndsAtItsExpiry() {
    TokenFacts facts = facts(true, false, false);
    assertVerdict(facts.accepted(), facts, END.minusMillis(1));
    assertVerdict(endedSecret(), facts, END);
  }

  @Test
  void endedSecretIsRefusedAtAnyTime() {
    TokenFacts facts = facts(true, false, true);
    assertVerdict(endedSecret(), facts, END.minusMillis(1));
    assertVerdict(endedSecret(), facts, END);
    assertVerdict(endedSecret(), facts, Instant.EPOCH);
  }

  @Test
  void revocationIsReportedBeforeTheEndOfTheSecret() {
    for (boolean previous : new boolean[] {false, true}) {
      assertVerdict(refused(Reason.REVOKED), facts(previous, true, previous), END.minusMillis(1));
      assertVerdict(refused(Reason.REVOKED), facts(previous, true, false), END);
    }
  }

  @Test
  void limitsOfAddressesApplyToThePreviousSecret() {
    UseLimits limits =
        new UseLimits(List.of(AddressRange.parse("192.0.2.0/24").orElseThrow()), null);
    Verification.Accepted accepted = accepted(true, limits);
    TokenFacts facts = new TokenFacts(accepted, false, false);
    assertVerdict(new Verification.AddressLimited(accepted), facts, END.minusMillis(1));
    assertVerdict(endedSecret(), facts, END);
  }

  @Test
  void otherScopesKeepTheSecret() {
    Verification.Accepted accepted = accepted(true, UseLimits.NONE);
    assertEquals(accepted.secret(), accepted.withScopes(List.of()).secret());
    assertEquals(PresentedSecret.unknown(ID), unknownSecret().secret());
    assertEquals(SecretId.UNKNOWN, PresentedSecret.unknownPrevious(ID).id().number());
  }

  private static Verification.Accepted unknownSecret() {
    return new Verification.Accepted(
        ID, "user:default/ada", new EntityRef(EntityRef.USER, "default", "ada"), List.of(), END);
  }
}
