package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that constructors refuse arguments out of their documented ranges. */
class ArgumentBoundsTest {

  private static final Duration NEGATIVE = Duration.ofMillis(-1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  static Stream<Arguments> calls() {
    Map<String, Executable> messages =
        Map.of(
            "ttl must not be negative",
            () -> new CachedTokenVerifier.Limits(NEGATIVE, 1, 1),
            "ttl must be at most 36500 days",
            () -> new CachedTokenVerifier.Limits(ChronoUnit.FOREVER.getDuration(), 1, 1),
            "maximumEntries must be at least 1",
            () -> new CachedTokenVerifier.Limits(SECOND, 0, 1),
            "concurrentLoads must be at least 1",
            () -> new CachedTokenVerifier.Limits(SECOND, 1, 0),
            "concurrentReads must be at least 1",
            () -> new UncachedTokenVerifier(token -> Optional.empty(), Clock.systemUTC(), 0),
            "length must be at least 1 millisecond",
            () -> new Lease.Durations(Duration.ofNanos(999_999), Duration.ZERO, Duration.ZERO),
            "margin must not be negative",
            () -> new Lease.Durations(SECOND, NEGATIVE, Duration.ZERO),
            "outage must not be negative",
            () -> Lease.Durations.of(SECOND, NEGATIVE),
            "pausePercent must be from 1 to 60",
            () -> follower(0));
    return messages.entrySet().stream().map(call -> Arguments.of(call.getKey(), call.getValue()));
  }

  private static FeedFollower follower(int pausePercent) {
    Lease lease = Lease.unlimited(MachineClock.SYSTEM);
    return new FeedFollower(
        new ChangeFeed() {
          @Override
          public Page read(@Nullable Position after) {
            throw new VerificationUnavailableException("of the test");
          }

          @Override
          public void close() {}
        },
        lease,
        new CachedTokenVerifier(
            token -> Optional.empty(),
            lease,
            MachineClock.SYSTEM,
            new CachedTokenVerifier.Limits(SECOND, 1, 1)),
        MachineClock.SYSTEM,
        pausePercent);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void argumentOutOfRangeIsRefused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void pauseMayTakeMostOfALease() {
    follower(60);
    assertThrows(IllegalArgumentException.class, () -> follower(61));
  }
}
