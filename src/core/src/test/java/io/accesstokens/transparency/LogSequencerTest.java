package io.accesstokens.transparency;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.testing.TestDouble;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class LogSequencerTest {

  private static final String ORIGIN = "example.com/log";

  private final LogStore store = new InMemoryTokenStore().log();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final AtomicBoolean interrupted = new AtomicBoolean();

  /** Returns a store whose events never end. */
  private LogStore endless() {
    return TestDouble.around(
        LogStore.class,
        store,
        call -> {
          interrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
          return switch (call.name()) {
            case "hasPendingEvents" -> true;
            case "append" -> {
              begun.countDown();
              yield 1;
            }
            default -> call.proceed();
          };
        });
  }

  /** An interrupt closes the files of embedded H2. */
  @Test
  void closeEndsALongRunWithoutAnInterrupt() throws Exception {
    LogKeys keys =
        LogKeys.open(
            store,
            KeySeal.random(new SecureRandom()),
            store.setOriginIfAbsent(ORIGIN),
            Clock.systemUTC(),
            new SecureRandom());
    LogSequencer sequencer =
        LogSequencer.start(endless(), keys, ORIGIN, UnaryOperator.identity(), null);
    begun.await();
    sequencer.close();
    assertFalse(interrupted.get());
  }
}
