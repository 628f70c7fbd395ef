package io.accesstokens.verify.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogLimitTest {

  private final AtomicLong nanos = new AtomicLong();
  private final LogLimit limit = new LogLimit(2, nanos::get);

  @Test
  void linesBeyondTheBoundAreCountedAndReportedByTheNext() {
    assertEquals(OptionalLong.of(0), limit.admit());
    assertEquals(OptionalLong.of(0), limit.admit());
    for (int i = 0; i < 5; i++) {
      assertEquals(OptionalLong.empty(), limit.admit());
    }
    nanos.addAndGet(1_000_000_000);
    assertEquals(OptionalLong.of(5), limit.admit());
    assertEquals(OptionalLong.of(0), limit.admit());
    assertEquals(OptionalLong.empty(), limit.admit());
  }
}
