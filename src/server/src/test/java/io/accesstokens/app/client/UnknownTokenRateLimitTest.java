package io.accesstokens.app.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnknownTokenRateLimitTest {

  private static final String CLIENT = "192.0.2.1";

  private final ManualTimeMeter time = new ManualTimeMeter();
  private final List<@Nullable String> reported = new ArrayList<>();

  private UnknownTokenRateLimit limit(int perMinute) {
    return new UnknownTokenRateLimit(perMinute, time, reported::add);
  }

  private static int passed(UnknownTokenRateLimit limit, String address, int tries) {
    int passed = 0;
    for (int i = 0; i < tries; i++) {
      passed += limit.exceededBy(address).isEmpty() ? 1 : 0;
    }
    return passed;
  }

  @Test
  void burstPassesAndRefillsSteadily() {
    UnknownTokenRateLimit limit = limit(600);
    assertEquals(600, passed(limit, CLIENT, 1000));
    assertEquals(Optional.of(Duration.ofMillis(100)), limit.exceededBy(CLIENT));
    time.shift(Duration.ofMillis(100));
    assertEquals(1, passed(limit, CLIENT, 10));
    time.shift(Duration.ofSeconds(30));
    assertEquals(300, passed(limit, CLIENT, 1000));
    time.shift(Duration.ofHours(1));
    assertEquals(600, passed(limit, CLIENT, 1000));
  }

  @Test
  void clientPassesAfterTheReportedWait() {
    UnknownTokenRateLimit limit = limit(7);
    for (int i = 0; i < 20; i++) {
      passed(limit, CLIENT, 10);
      // Rounded up to whole seconds, as in the response.
      Duration wait = limit.exceededBy(CLIENT).orElseThrow();
      time.shift(Duration.ofSeconds(Math.max(1, wait.plusNanos(999_999_999).toSeconds())));
      assertEquals(Optional.empty(), limit.exceededBy(CLIENT));
    }
  }

  @Test
  void eachIpv4AddressAndIpv6NetworkHasItsOwnLimit() {
    UnknownTokenRateLimit limit = limit(2);
    assertEquals(2, passed(limit, CLIENT, 5));
    assertEquals(2, passed(limit, "192.0.2.2", 5));
    assertEquals(1, passed(limit, "2001:db8::1", 1));
    assertEquals(1, passed(limit, "2001:db8::ffff:1:2:3", 5));
    assertEquals(2, passed(limit, "2001:db8:0:1::1", 5));
    assertEquals(Optional.empty(), limit.exceededBy(null));
    assertEquals(1, passed(limit, "", 5));
  }

  @Test
  void unknownAddressIsReportedAsNull() {
    UnknownTokenRateLimit limit = limit(1);
    limit.exceededBy(null);
    limit.exceededBy(null);
    assertEquals(Collections.singletonList(null), reported);
  }

  @Test
  void startOfTheLimitIsReportedOnce() {
    UnknownTokenRateLimit limit = limit(1);
    passed(limit, CLIENT, 5);
    passed(limit, "2001:db8::1", 5);
    time.shift(Duration.ofSeconds(50));
    passed(limit, CLIENT, 5);
    assertEquals(List.of(CLIENT, "2001:db8::1"), reported);
    time.shift(Duration.ofSeconds(61));
    passed(limit, CLIENT, 5);
    assertEquals(List.of(CLIENT, "2001:db8::1", CLIENT), reported);
  }

  @Test
  void zeroIsNoLimit() {
    assertEquals(100_000, passed(limit(0), CLIENT, 100_000));
  }

  @Test
  void threadsTogetherStayWithinTheLimit() throws Exception {
    UnknownTokenRateLimit limit = limit(1000);
    AtomicInteger passed = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread = new Thread(() -> passed.addAndGet(passed(limit, CLIENT, 1000)));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1000, passed.get());
    assertEquals(List.of(CLIENT), reported);
  }

  @Test
  void floodFromManyAddressesUsesBoundedMemory() {
    UnknownTokenRateLimit limit = limit(600);
    for (int i = 0; i < 300_000; i++) {
      limit.exceededBy("10." + (i >> 16) + "." + (i >> 8 & 0xFF) + "." + (i & 0xFF));
    }
    assertTrue(limit.clients() <= 100_000, "" + limit.clients());
  }
}
