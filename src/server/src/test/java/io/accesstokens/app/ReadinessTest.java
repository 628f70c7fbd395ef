package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.verify.VerificationUnavailableException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReadinessTest {

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger pings = new AtomicInteger();
  private boolean down;
  private boolean acceptsCached;
  private boolean stopping;
  private Runnable duringPing = () -> {};

  private final Readiness readiness =
      new Readiness(
          () -> {
            pings.incrementAndGet();
            duringPing.run();
            if (down) {
              throw new VerificationUnavailableException("down");
            }
          },
          nanos::get,
          () -> acceptsCached,
          () -> stopping);

  @Test
  void floodOfRequestsPingsTwiceASecond() {
    for (int i = 0; i < 1000; i++) {
      readiness.require();
      nanos.addAndGet(1_000_000);
    }
    assertEquals(2, pings.get());
  }

  @Test
  void serverThatIsAboutToStopIsNotReady() {
    readiness.require();
    stopping = true;
    assertThrows(VerificationUnavailableException.class, readiness::require);
    assertEquals(1, pings.get());
  }

  @Test
  void serverIsReadyWhileItAcceptsCachedTokens() {
    down = true;
    acceptsCached = true;
    readiness.require();
    assertEquals(0, pings.get(), "a ping could block");
    stopping = true;
    assertThrows(VerificationUnavailableException.class, readiness::require);
    stopping = false;
    acceptsCached = false;
    assertThrows(VerificationUnavailableException.class, readiness::require);
  }

  @Test
  void outageThatBeginsDuringAPingDoesNotEndReadiness() {
    down = true;
    duringPing = () -> acceptsCached = true;
    assertDoesNotThrow(readiness::require);
  }

  @Test
  void failureIsReportedToAllAndEndsWithTheNextPing() {
    down = true;
    assertThrows(VerificationUnavailableException.class, readiness::require);
    down = false;
    assertThrows(VerificationUnavailableException.class, readiness::require);
    assertEquals(1, pings.get());
    nanos.addAndGet(Readiness.FRESH.toNanos());
    assertDoesNotThrow(readiness::require);
  }
}
