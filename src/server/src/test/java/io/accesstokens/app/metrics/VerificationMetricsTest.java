package io.accesstokens.app.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.app.metrics.VerificationMetrics.Source;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.VerificationUnavailableException;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerificationMetricsTest {

  private static final RawToken TOKEN =
      RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new SplittableRandom(1));
  private static final Verification.Refused REVOKED =
      new Verification.Refused(Verification.Reason.REVOKED, Optional.empty());

  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final VerificationMetrics metrics = new VerificationMetrics(registry);

  private double count(String source, String outcome, String reason) {
    return registry
        .get("access.tokens.verifications")
        .tags("source", source, "outcome", outcome, "reason", reason)
        .counter()
        .count();
  }

  @Test
  void verdictIsCountedAndPassedOn() {
    List<String> passed = new ArrayList<>();
    VerificationListener listener =
        metrics.counting(
            Source.EXCHANGE,
            new VerificationListener() {
              @Override
              public void accepted(Verification.Accepted accepted, ClientInfo client) {
                passed.add("accepted");
              }

              @Override
              public void refused(Verification.Refused refused, ClientInfo client) {
                passed.add(refused.reason() + " " + client.address());
              }

              @Override
              public void unavailable(ClientInfo client) {
                passed.add("unavailable");
              }

              @Override
              public void rateExceeded(Verification.Accepted accepted, ClientInfo client) {
                passed.add("rate " + client.address());
              }
            });
    listener.refused(REVOKED, ClientInfo.at("192.0.2.1"));
    listener.unavailable(ClientInfo.UNKNOWN);
    listener.rateExceeded(
        new Verification.Accepted(
            UUID.randomUUID(),
            "n",
            new EntityRef(EntityRef.GROUP, "default", "platform"),
            List.of(),
            Instant.MAX),
        ClientInfo.at("192.0.2.2"));
    assertEquals(List.of("REVOKED 192.0.2.1", "unavailable", "rate 192.0.2.2"), passed);
    assertEquals(1, count("exchange", "refused", "revoked"));
    assertEquals(1, count("exchange", "unavailable", "none"));
    assertEquals(0, count("bearer", "refused", "revoked"));
  }

  @Test
  void eachVerdictIsTimedAndNoOutage() {
    TokenVerifier verifier = metrics.timing(token -> REVOKED);
    assertEquals(REVOKED, verifier.verify(TOKEN));
    assertEquals(REVOKED, verifier.verifyInStore(TOKEN));
    TokenVerifier failing =
        metrics.timing(
            (TokenVerifier)
                token -> {
                  throw new VerificationUnavailableException("down");
                });
    assertThrows(VerificationUnavailableException.class, () -> failing.verify(TOKEN));
    assertEquals(2, registry.get("access.tokens.verification").timer().count());
  }

  @Test
  void clockOfTheRegistryMeasures() {
    metrics
        .timing(
            (TokenVerifier)
                token -> {
                  clock.add(Duration.ofMillis(5));
                  return REVOKED;
                })
        .verify(TOKEN);
    assertEquals(
        5, registry.get("access.tokens.verification").timer().totalTime(TimeUnit.MILLISECONDS));
  }

  @Test
  void readsOfTheFeedAreTimedByOutcome() {
    ChangeFeed feed =
        metrics.timing(
            new ChangeFeed() {
              @Override
              public Page read(@Nullable Position after) {
                throw new VerificationUnavailableException("down");
              }

              @Override
              public void close() {}
            });
    assertThrows(VerificationUnavailableException.class, () -> feed.read(null));
    assertEquals(
        1, registry.get("access.tokens.feed.poll").tag("outcome", "failed").timer().count());
    assertEquals(
        0, registry.get("access.tokens.feed.poll").tag("outcome", "succeeded").timer().count());
  }
}
