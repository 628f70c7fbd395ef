package io.accesstokens.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.Tile;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.transparency.delivery.Cosignatures;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TransparencyLogTest {

  private static final String ORIGIN = "example.com/log";
  private static final Tile MISSING = new Tile(0, 7, 1);

  private final InMemoryTokenStore tokens = new InMemoryTokenStore();
  private final KeySeal seal = KeySeal.random(new SecureRandom());
  private final LogKeys keys =
      LogKeys.open(
          tokens.log(),
          seal,
          tokens.log().setOriginIfAbsent(ORIGIN),
          Clock.systemUTC(),
          new SecureRandom());

  private final Set<String> called = ConcurrentHashMap.newKeySet();
  private final AtomicInteger stateReads = new AtomicInteger();
  private volatile boolean available = true;

  /** The reads of the store wait for this latch. */
  private volatile CountDownLatch released = new CountDownLatch(0);

  private final LogStore observed = observed();

  /** Returns a store that records the calls, and that can fail. */
  private LogStore observed() {
    return TestDouble.around(
        LogStore.class,
        tokens.log(),
        call -> {
          called.add(call.name());
          if (call.name().toLowerCase(Locale.ROOT).endsWith("state")) {
            stateReads.incrementAndGet();
          }
          released.await();
          if (!available) {
            throw new StoreUnavailableException("the store is down", null);
          }
          return call.proceed();
        });
  }

  private void assertFewReads(Runnable call) {
    long start = System.nanoTime();
    for (int i = 0; i < 2_000; i++) {
      call.run();
    }
    long intervals = Duration.ofNanos(System.nanoTime() - start).toMillis() / 100 + 1;
    assertTrue(
        stateReads.get() <= intervals,
        () -> stateReads + " reads of the state in " + intervals + " intervals of 100 ms");
  }

  @Test
  void missingTilesCauseFewReadsOfTheState() {
    TransparencyLog log = new TransparencyLog(observed, keys, true, Cosignatures.NONE);
    assertFewReads(
        () -> {
          assertTrue(log.content(MISSING).isEmpty(), "a missing tile");
          assertTrue(log.checkpoint().isEmpty(), "a checkpoint");
        });
    assertEquals(Set.of("boundedState", "boundedTiles"), called);
  }

  @Test
  void failuresCauseFewReadsOfTheState() {
    available = false;
    TransparencyLog log = new TransparencyLog(observed, keys, true, Cosignatures.NONE);
    assertFewReads(() -> assertThrows(StoreUnavailableException.class, log::checkpoint));
  }

  @Test
  void checkpointIsVerifiedWithKeysThatAnotherProcessHasStored() {
    LogSequencer.of(tokens.log(), keys, ORIGIN).run();
    TransparencyLog log = new TransparencyLog(tokens.log(), keys, true, Cosignatures.NONE);
    LogKeys.withdrawAll(tokens.log(), seal, Clock.systemUTC(), new SecureRandom());
    SignedNote note =
        SignedNote.parse(log.checkpoint().orElseThrow().getBytes(StandardCharsets.UTF_8));
    assertEquals(0, log.verified(note).size());
    SignedNote forged = new SignedNote(note.text().replace("\n0\n", "\n1\n"), note.signatures());
    assertThrows(LogFormatException.class, () -> log.verified(forged));
  }

  /** Returns a store without the row that contains the state. */
  private LogStore withoutState() {
    return TestDouble.around(
        LogStore.class,
        tokens.log(),
        call -> {
          if (call.name().toLowerCase(Locale.ROOT).endsWith("state")) {
            throw new LogFormatException("the row is missing");
          }
          return call.proceed();
        });
  }

  @Test
  void damagedStateIsNotReplacedByAnEarlierState() {
    TransparencyLog log = new TransparencyLog(withoutState(), keys, true, Cosignatures.NONE);
    for (int i = 0; i < 1_000; i++) {
      assertThrows(LogFormatException.class, log::checkpoint);
    }
  }

  @Test
  void statesOfWitnessesDoNotNeedTheStateOfTheLog() {
    TransparencyLog log =
        new TransparencyLog(withoutState(), keys, true, new Cosignatures(keys.verifiers()));
    assertEquals(List.of(new Cosignatures.Witness(ORIGIN, 0, null, null, false)), log.witnesses());
  }

  @Test
  void slowStoreBlocksALimitedNumberOfThreads() throws Exception {
    TransparencyLog log = new TransparencyLog(observed, keys, true, Cosignatures.NONE);
    released = new CountDownLatch(1);
    AtomicInteger refused = new AtomicInteger();
    ExecutorService callers = Executors.newCachedThreadPool();
    try {
      Future<Optional<String>> first = callers.submit(log::checkpoint);
      Awaitility.await().until(() -> stateReads.get() == 1);
      for (int i = 0; i < 200; i++) {
        callers.execute(
            () -> {
              try {
                var unused = log.checkpoint();
              } catch (StoreUnavailableException e) {
                refused.incrementAndGet();
              }
            });
      }
      Awaitility.await().until(() -> refused.get() >= 100);
      released.countDown();
      assertEquals(Optional.empty(), first.get(60, TimeUnit.SECONDS), "the first checkpoint");
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void sequencerAndUnpublishedLogDoNotShareTheLimitOfAnonymousCallers() {
    LogSequencer.of(observed, keys, ORIGIN).run();
    TransparencyLog log = new TransparencyLog(observed, keys, false, Cosignatures.NONE);
    assertTrue(log.checkpoint().isPresent(), "a checkpoint");
    assertTrue(log.content(MISSING).isEmpty(), "a missing tile");
    assertFalse(called.contains("boundedState"), called::toString);
    assertFalse(called.contains("boundedTiles"), called::toString);
  }
}
