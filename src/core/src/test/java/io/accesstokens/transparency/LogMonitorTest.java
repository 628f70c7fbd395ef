package io.accesstokens.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.TileReader;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.StoreUnavailableException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogMonitorTest {

  private static final String ORIGIN = "example.com/log";
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final InMemoryTokenStore tokens = new InMemoryTokenStore();
  private final LogKeys keys =
      LogKeys.open(
          tokens.log(),
          KeySeal.random(new SecureRandom()),
          tokens.log().setOriginIfAbsent(ORIGIN),
          Clock.systemUTC(),
          new SecureRandom());

  private LogBacklog backlog = LogBacklog.NONE;

  private final AtomicInteger stateReads = new AtomicInteger();
  private boolean available = true;

  /** The stored state; null if the row is missing. */
  private @Nullable LogState state = LogState.NEW;

  /** The stored archive; null if there is none. */
  private ArchiveStore.@Nullable Latest archive;

  /**
   * Returns a store with this backlog, archive and state. If the state has no entries, the store
   * returns the state of {@code tokens}.
   */
  private LogStore store() {
    return TestDouble.around(
        LogStore.class,
        tokens.log(),
        call -> {
          if (call.name().equals("state")) {
            stateReads.incrementAndGet();
          }
          if (!available) {
            throw new StoreUnavailableException("the store is down", null);
          }
          if (call.name().equals("backlog")) {
            return backlog;
          }
          if (call.name().equals("archives")) {
            return Optional.ofNullable(archive).map(LogMonitorTest::archives);
          }
          LogState stored = state;
          if (call.name().equals("state") && stored == null) {
            throw new LogFormatException("the row is missing");
          }
          if (call.name().equals("state") && stored != null && stored.size() > 0) {
            return stored;
          }
          if (call.name().equals("tiles")) {
            return (TileReader)
                tile -> {
                  throw new LogFormatException("the tile " + tile.path() + " is missing");
                };
          }
          return call.proceed();
        });
  }

  private static ArchiveStore archives(ArchiveStore.Latest latest) {
    return TestDouble.of(ArchiveStore.class, call -> Optional.of(latest));
  }

  private LogMonitor monitor(LogSequencer sequencer) {
    return new LogMonitor(store(), sequencer, Clock.fixed(NOON, ZoneOffset.UTC));
  }

  @Test
  void lagIsTheAgeOfTheOldestEventButNotOfImportedOnes() {
    LogMonitor monitor = monitor(LogSequencer.of(store(), keys, ORIGIN));
    assertTrue(monitor.last().isEmpty(), "no result before the first refresh");
    assertEquals(Duration.ZERO, monitor.status().lag());
    // The age counts at most the time since the start of the monitor.
    Duration age = Duration.ofNanos(1);
    backlog = new LogBacklog(3, NOON.minus(age));
    monitor.refresh();
    assertEquals(age, monitor.status().lag());
    assertEquals(3, monitor.status().backlog().events());
    backlog = new LogBacklog(3, NOON.minus(Duration.ofDays(700)));
    monitor.refresh();
    assertFalse(monitor.status().isLate(), () -> "imported: " + monitor.status());
    backlog = new LogBacklog(1, NOON.plusSeconds(5));
    monitor.refresh();
    assertEquals(Duration.ZERO, monitor.status().lag(), "a clock that is fast");
  }

  @Test
  void failuresCauseFewReads() {
    LogMonitor monitor = monitor(LogSequencer.of(store(), keys, ORIGIN));
    available = false;
    stateReads.set(0);
    long start = System.nanoTime();
    for (int i = 0; i < 2_000; i++) {
      assertThrows(StoreUnavailableException.class, monitor::status);
    }
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    assertTrue(
        stateReads.get() <= seconds + 1, () -> stateReads + " reads in " + seconds + " seconds");
    available = true;
    monitor.refresh();
    assertEquals(Duration.ZERO, monitor.status().lag());
  }

  @Test
  void failureIsRepeatedUnchanged() {
    LogStore failing =
        TestDouble.around(
            LogStore.class,
            tokens.log(),
            call -> {
              if (call.name().equals("backlog")) {
                throw new IllegalStateException("a table is missing");
              }
              return call.proceed();
            });
    LogMonitor monitor =
        new LogMonitor(failing, LogSequencer.of(store(), keys, ORIGIN), Clock.systemUTC());
    for (int i = 0; i < 100; i++) {
      assertThrows(IllegalStateException.class, monitor::status);
    }
  }

  @Test
  void damageIsReportedUntilTheLogIsCorrect() {
    LogSequencer sequencer = LogSequencer.of(store(), keys, ORIGIN);
    LogMonitor monitor = monitor(sequencer);
    assertNull(monitor.status().verifiedAt());
    sequencer.run(); // signs the first checkpoint
    sequencer.run();
    monitor.refresh();
    assertTrue(monitor.status().verifiedAt() != null, () -> "verified: " + monitor.status());
    assertEquals(0, monitor.status().verifiedSize());
    state = new LogState(ORIGIN, 7, null);
    assertThrows(ForkedLogException.class, sequencer::run);
    monitor.refresh();
    assertTrue(
        String.valueOf(monitor.status().damage()).contains("tile"), () -> "" + monitor.status());
    assertTrue(monitor.isDamaged(), "damaged");
    state = LogState.NEW;
    sequencer.run();
    monitor.refresh();
    assertFalse(monitor.isDamaged(), "damaged");
  }

  @Test
  void archiveThatTheLogDoesNotRecordIsDamage() {
    LogSequencer sequencer = LogSequencer.of(store(), keys, ORIGIN);
    LogMonitor monitor = monitor(sequencer);
    archive = new ArchiveStore.Latest(256, 300);
    sequencer.run(); // appends nevertheless
    monitor.refresh();
    assertTrue(
        String.valueOf(monitor.status().damage()).contains("access_token_log_archives"),
        () -> "" + monitor.status());
    assertTrue(monitor.isDamaged(), "damaged");
    archive = null;
    monitor.refresh();
    assertFalse(monitor.isDamaged(), "damaged");
  }

  @Test
  void missingRowAndMalformedCheckpointAreDamage() {
    LogSequencer sequencer = LogSequencer.of(store(), keys, ORIGIN);
    LogMonitor monitor = monitor(sequencer);
    sequencer.run();
    state = null;
    backlog = new LogBacklog(2, NOON.minusNanos(1));
    assertThrows(ForkedLogException.class, sequencer::run);
    assertTrue(monitor.isDamaged(), "damaged");
    assertTrue(
        String.valueOf(monitor.status().damage()).contains("the row is missing"),
        () -> "" + monitor.status());
    assertEquals(2, monitor.status().backlog().events(), "the events that wait");
    state = new LogState(ORIGIN, 1, "not a note");
    assertThrows(ForkedLogException.class, sequencer::run);
    assertTrue(String.valueOf(sequencer.damage()).contains("damaged"), sequencer::damage);
  }

  @Test
  void newProcessRefusesALogThatDoesNotExtendThePublishedCheckpoint() {
    MerkleHash root = MerkleHash.ofLeaf(new byte[] {1});
    LogSequencer sequencer =
        LogSequencer.start(
            store(), keys, ORIGIN, UnaryOperator.identity(), new Checkpoint(ORIGIN, 1, root));
    try (sequencer) {
      Awaitility.await().until(() -> sequencer.damage() != null);
      assertTrue(
          String.valueOf(sequencer.damage()).contains("lost the checkpoint"), sequencer::damage);
    }
  }

  @Test
  void damageSaysThatTheLaterCheckpointWasPublished() {
    LogSequencer.of(tokens.log(), keys, ORIGIN).run();
    MerkleHash root = MerkleHash.ofLeaf(new byte[] {1});
    LogSequencer restarted =
        LogSequencer.of(
            tokens.log(), keys, ORIGIN, UnaryOperator.identity(), new Checkpoint(ORIGIN, 6, root));
    assertThrows(ForkedLogException.class, restarted::run);
    assertEquals(
        "the log in the database has 0 entries, but a checkpoint that was published has 6: the"
            + " database was restored or changed",
        restarted.damage());
  }
}
