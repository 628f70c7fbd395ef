package io.accesstokens.transparency;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.log.MerkleHash;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.testing.TestDouble;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class LogSequencerTest {

  private static final String ORIGIN = "example.com/log";
  private static final String ROOT = MerkleHash.ofLeaf(new byte[1]).toString();

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

  private LogKeys keys() {
    return LogKeys.open(
        store,
        KeySeal.random(new SecureRandom()),
        store.setOriginIfAbsent(ORIGIN),
        Clock.systemUTC(),
        new SecureRandom());
  }

  /** Returns a store that has one more entry than its signed checkpoint, while {@code damaged}. */
  private LogStore damaged(AtomicBoolean damaged) {
    return TestDouble.around(
        LogStore.class,
        store,
        call -> {
          LogState state = store.state();
          return call.name().equals("state") && damaged.get()
              ? new LogState(state.origin(), state.size() + 1, state.checkpoint())
              : call.proceed();
        });
  }

  @Test
  void damageIsFoundWithoutNewEventsAndStaysUntilTheLogIsCorrect() {
    AtomicBoolean damaged = new AtomicBoolean();
    LogSequencer sequencer = LogSequencer.of(damaged(damaged), keys(), ORIGIN);
    sequencer.run();
    damaged.set(true);
    for (int i = 0; i < 20 && sequencer.damage() == null; i++) {
      runAnyway(sequencer);
    }
    assertNotNull(sequencer.damage());
    assertThrows(ForkedLogException.class, sequencer::run);
    assertNotNull(sequencer.damage());
    damaged.set(false);
    sequencer.run();
    assertNull(sequencer.damage());
  }

  private static void runAnyway(LogSequencer sequencer) {
    try {
      sequencer.run();
    } catch (ForkedLogException e) {
      // the caller reads the damage
    }
  }

  @Test
  void logContinuesAfterTheRemovalOfAForgedCheckpoint() {
    AtomicReference<LogState> forged = new AtomicReference<>();
    LogStore changed =
        TestDouble.around(
            LogStore.class,
            store,
            call ->
                call.name().equals("state") && forged.get() != null
                    ? forged.get()
                    : call.proceed());
    LogSequencer sequencer = LogSequencer.of(changed, keys(), ORIGIN);
    sequencer.run();
    String note = store.state().checkpoint();
    assertNotNull(note);
    forged.set(new LogState(ORIGIN, 5, note.replaceFirst("\\n0\\n.*\\n", "\n5\n" + ROOT + "\n")));
    assertThrows(ForkedLogException.class, sequencer::run);
    forged.set(null);
    sequencer.run();
    assertNull(sequencer.damage());
  }

  /** An interrupt closes the files of embedded H2. */
  @Test
  void closeEndsALongRunWithoutAnInterrupt() throws Exception {
    LogSequencer sequencer =
        LogSequencer.start(endless(), keys(), ORIGIN, UnaryOperator.identity(), null);
    begun.await();
    sequencer.close();
    assertFalse(interrupted.get());
  }
}
