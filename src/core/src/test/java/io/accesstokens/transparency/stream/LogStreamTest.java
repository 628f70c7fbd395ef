package io.accesstokens.transparency.stream;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.LogEntry;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.transparency.ArchiveStore;
import io.accesstokens.transparency.LogState;
import io.accesstokens.transparency.LogStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LogStreamTest {

  private static final int SIZE = 250;

  /** Intervals that are short, because each test waits for several of them. */
  private static final LogStream.Intervals INTERVALS =
      new LogStream.Intervals(20, 50, Duration.ofMillis(20));

  /** Ten hours after the time of the entries. */
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-28T06:00:00Z"));

  private final Positions positions = new Positions();
  private final LogStore log = log();
  private final Set<Long> missing = new HashSet<>();
  private final Set<Long> damaged = new HashSet<>();
  private Map<String, String> metadata = Map.of();
  private long firstIndex;

  /**
   * Returns a log with {@link #SIZE} entries. The log supports only the methods that the stream
   * calls.
   */
  private LogStore log() {
    return TestDouble.of(
        LogStore.class,
        call ->
            switch (call.name()) {
              case "state" -> new LogState("log", SIZE, null);
              case "entries" -> entries((long) call.argument(0), (int) call.argument(1));
              case "archives" -> Optional.of(archives());
              default -> throw new UnsupportedOperationException(call.name());
            });
  }

  /** Returns the archives of the entries before {@link #firstIndex}; no archive if it is 0. */
  private ArchiveStore archives() {
    return TestDouble.of(
        ArchiveStore.class,
        call ->
            firstIndex == 0
                ? Optional.empty()
                : Optional.of(new ArchiveStore.Latest(firstIndex, firstIndex)));
  }

  private List<String> entries(long first, int count) {
    List<String> entries = new ArrayList<>();
    for (long i = Math.max(first, firstIndex); i < Math.min(SIZE, first + count); i++) {
      if (missing.contains(i)) {
        continue;
      }
      if (damaged.contains(i)) {
        entries.add("{}");
        continue;
      }
      LogEntry entry =
          new LogEntry(
              "id",
              "token",
              LogEntry.SERVICE,
              null,
              "created",
              "user:default/alice",
              metadata,
              "2026-11-27T20:00:00.000Z",
              i);
      entries.add(new String(entry.bytes(), StandardCharsets.UTF_8));
    }
    return entries;
  }

  /** The positions of targets. Only one owner at a time can claim a position. */
  private static class Positions implements StreamStore {

    private final Map<String, Claim> claims = new ConcurrentHashMap<>();

    @Override
    public void setPositionIfAbsent(String target, long first) {
      claims.putIfAbsent(target, new Claim(target, "", first, Instant.MIN));
    }

    @Override
    public synchronized Optional<Claim> claim(
        String target, String owner, Instant now, Instant until) {
      Claim before = claims.get(target);
      if (before == null || (!before.owner().equals(owner) && before.until().isAfter(now))) {
        return Optional.empty();
      }
      Claim claim = new Claim(target, owner, before.next(), until);
      claims.put(target, claim);
      return Optional.of(claim);
    }

    @Override
    public synchronized Optional<Claim> advance(Claim claim, long next, Instant until) {
      Claim advanced = new Claim(claim.target(), claim.owner(), next, until);
      return claims.replace(claim.target(), claim, advanced)
          ? Optional.of(advanced)
          : Optional.empty();
    }

    @Override
    public synchronized void release(Claim claim) {
      claims.replace(
          claim.target(), claim, new Claim(claim.target(), "", claim.next(), Instant.MIN));
    }

    @Override
    public Map<String, Long> positions() {
      Map<String, Long> positions = new ConcurrentHashMap<>();
      claims.forEach((target, claim) -> positions.put(target, claim.next()));
      return positions;
    }
  }

  /** A target that records what it accepts. */
  private static class Recorder implements StreamSender {

    final List<Long> accepted = new CopyOnWriteArrayList<>();

    @Override
    public void send(StreamBatch batch) throws StreamException {
      batch.entries().forEach(item -> accepted.add(item.entry().logIndex()));
    }

    @Override
    public void close() {
      // nothing is open
    }
  }

  private LogStream start(StreamTarget... targets) {
    return start(positions, targets);
  }

  private LogStream start(StreamStore store, StreamTarget... targets) {
    return LogStream.start(log, store, "log", List.of(targets), clock, new Random(1), INTERVALS);
  }

  @Test
  void positionAfterTheEndIsAFailureAndCountsAsLag() {
    Recorder recorder = new Recorder();
    positions.setPositionIfAbsent("siem", SIZE + 5);
    try (LogStream stream = start(new StreamTarget("siem", true, recorder))) {
      await().until(() -> stream.failures("siem") > 0 && stream.lag("siem").entries() == SIZE);
      assertEquals(List.of(), recorder.accepted);
    }
  }

  @Test
  void failedBatchIsRepeatedAndNothingIsSkipped() {
    Recorder failingOnce =
        new Recorder() {
          private boolean failed;

          @Override
          public void send(StreamBatch batch) throws StreamException {
            super.send(batch);
            if (batch.first() == 100 && !failed) {
              failed = true;
              throw new StreamException("the target is down");
            }
          }
        };
    try (LogStream stream = start(new StreamTarget("siem", true, failingOnce))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> failingOnce.accepted.size() >= SIZE + 100);
      List<Long> expected = new ArrayList<>();
      for (long i = 0; i < 200; i++) {
        expected.add(i);
      }
      for (long i = 100; i < SIZE; i++) {
        expected.add(i);
      }
      assertEquals(expected, failingOnce.accepted);
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.sentEntries("siem") == SIZE);
      assertEquals(1, stream.failures("siem"), "failures");
    }
    assertEquals(Map.of("siem", (long) SIZE), positions.positions());
  }

  @Test
  void batchesShrinkUntilTheTargetAcceptsThemAndGrowAgain() {
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    Recorder limited =
        new Recorder() {
          @Override
          public void send(StreamBatch batch) throws StreamException {
            sizes.add(batch.entries().size());
            if (batch.entries().size() > 30) {
              throw new StreamException("the response has the status 413");
            }
            super.send(batch);
          }
        };
    try (LogStream stream = start(new StreamTarget("siem", true, limited))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.sentEntries("siem") == SIZE);
    }
    assertEquals(List.of(100, 50, 25, 26, 27, 28, 29, 30, 31, 15, 16), sizes.subList(0, 11));
    assertEquals(LongStream.range(0, SIZE).boxed().toList(), limited.accepted);
  }

  @Test
  void batchesShrinkIfAnAttemptNeedsTooMuchMemory() {
    Recorder limited =
        new Recorder() {
          @Override
          public void send(StreamBatch batch) throws StreamException {
            if (batch.entries().size() > 30) {
              throw new OutOfMemoryError("no memory for the body");
            }
            super.send(batch);
          }
        };
    try (LogStream stream = start(new StreamTarget("siem", true, limited))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.sentEntries("siem") == SIZE);
    }
    assertEquals(LongStream.range(0, SIZE).boxed().toList(), limited.accepted);
  }

  @Test
  void lengthOfABatchIsBoundedInBytes() {
    metadata = Map.of("reason", "\u20ac".repeat(1_300));
    List<Integer> lengths = new CopyOnWriteArrayList<>();
    Recorder measuring =
        new Recorder() {
          @Override
          public void send(StreamBatch batch) throws StreamException {
            lengths.add(
                batch.entries().stream()
                    .mapToInt(item -> item.text().getBytes(StandardCharsets.UTF_8).length)
                    .sum());
            super.send(batch);
          }
        };
    try (LogStream stream = start(new StreamTarget("siem", true, measuring))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.sentEntries("siem") == SIZE);
    }
    assertTrue(Collections.max(lengths) <= LogStream.MAX_LENGTH, lengths::toString);
    assertTrue(Collections.max(lengths) > LogStream.MAX_LENGTH / 2, lengths::toString);
  }

  @Test
  void targetWithAnOldPositionContinuesAfterTheArchivedEntries() {
    positions.setPositionIfAbsent("siem", 20);
    firstIndex = 150;
    Recorder recorder = new Recorder();
    try (RecordedLog recorded = new RecordedLog(LogStream.class);
        LogStream stream = start(new StreamTarget("siem", true, recorder))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.sentEntries("siem") == SIZE - 150);
      assertEquals(0, stream.failures("siem"), "failures");
      List<String> warnings =
          recorded.lines().stream().filter(line -> line.startsWith("WARNING")).toList();
      assertEquals(1, warnings.size(), warnings::toString);
      assertTrue(warnings.get(0).contains("siem skips the entries 20 to 149"), warnings::toString);
    }
    assertEquals(LongStream.range(150, SIZE).boxed().toList(), recorder.accepted);
    assertEquals(Map.of("siem", (long) SIZE), positions.positions());
  }

  @Test
  void endOfAnOutageIsLogged() {
    Iterator<String> failures = List.of("down", "down", "expired").iterator();
    StreamSender sender =
        new StreamSender() {
          @Override
          public void send(StreamBatch batch) throws StreamException {
            if (failures.hasNext()) {
              throw new StreamException(failures.next());
            }
          }

          @Override
          public void close() {}
        };
    try (RecordedLog recorded = new RecordedLog(LogStream.class);
        LogStream stream = start(new StreamTarget("siem", true, sender))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.sentEntries("siem") == SIZE);
      assertEquals(
          List.of(
              "WARNING the audit stream siem cannot send: down",
              "WARNING the audit stream siem cannot send: expired",
              "INFO recovered: the audit stream siem sends"),
          recorded.lines());
    }
  }

  @Test
  void damagedEntryStopsTheStreamAndIsLoggedOnce() {
    damaged.add(150L);
    Recorder recorder = new Recorder();
    try (RecordedLog recorded = new RecordedLog(LogStream.class);
        LogStream stream = start(new StreamTarget("siem", true, recorder))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.failures("siem") >= 2);
      List<String> errors =
          recorded.lines().stream().filter(line -> line.startsWith("SEVERE")).toList();
      assertEquals(
          List.of("SEVERE the audit stream siem cannot send: the entry 150 is damaged"), errors);
    }
    assertEquals(LongStream.range(0, 150).boxed().toList(), recorder.accepted);
    assertEquals(Map.of("siem", 150L), positions.positions());
  }

  @Test
  void unreadableEntryDoesNotHideTheLagOfOtherTargets() {
    missing.add(150L);
    positions.setPositionIfAbsent("stuck", 150);
    positions.setPositionIfAbsent("ahead", SIZE + 5);
    try (LogStream stream =
        start(
            new StreamTarget("stuck", true, new Recorder()),
            new StreamTarget("ahead", true, new Recorder()))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.lag("ahead").entries() == SIZE);
      assertEquals(new StreamLag(SIZE - 150, Duration.ofDays(1)), stream.lag("stuck"));
    }
  }

  @Test
  void failedReleaseOfAClaimDoesNotStopTheStream() {
    Positions failing =
        new Positions() {
          @Override
          public synchronized void release(Claim claim) {
            throw new IllegalStateException("not released");
          }
        };
    Recorder failingOnce =
        new Recorder() {
          private boolean failed;

          @Override
          public void send(StreamBatch batch) throws StreamException {
            if (!failed) {
              failed = true;
              throw new StreamException("the target is down");
            }
            super.send(batch);
          }
        };
    try (LogStream stream = start(failing, new StreamTarget("siem", true, failingOnce))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.sentEntries("siem") == SIZE);
    }
  }

  @Test
  void lagIsMeasuredAgainAfterAnError() {
    AtomicBoolean failed = new AtomicBoolean();
    Positions failingOnce =
        new Positions() {
          @Override
          public Map<String, Long> positions() {
            if (failed.compareAndSet(false, true)) {
              throw new LinkageError("first measurement");
            }
            return super.positions();
          }
        };
    failingOnce.setPositionIfAbsent("siem", SIZE + 5);
    try (LogStream stream = start(failingOnce, new StreamTarget("siem", true, new Recorder()))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.lag("siem").entries() == SIZE);
    }
    assertTrue(failed.get(), "the first measurement failed");
  }

  @Test
  void slowTargetDelaysNoOtherTarget() {
    CountDownLatch end = new CountDownLatch(1);
    StreamSender slow =
        new StreamSender() {
          @Override
          public void send(StreamBatch batch) throws StreamException {
            await().forever().until(() -> end.getCount() == 0);
            throw new StreamException("the test has ended");
          }

          @Override
          public void close() {
            end.countDown();
          }
        };
    Recorder fast = new Recorder();
    Recorder late = new Recorder();
    try (LogStream stream =
        start(
            new StreamTarget("slow", true, slow),
            new StreamTarget("fast", true, fast),
            new StreamTarget("late", false, late))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> fast.accepted.size() == SIZE);
      await().atMost(Duration.ofMinutes(1)).until(() -> stream.lag("slow").entries() == SIZE);
      assertEquals(Duration.ofHours(10), stream.lag("slow").age());
      await().until(() -> positions.positions().getOrDefault("late", 0L) == SIZE);
      assertEquals(List.of(), late.accepted, "entries from before the start");
    }
  }

  @Test
  void delaysAreBounded() {
    Duration first = LogStream.Intervals.DEFAULT.firstDelay();
    Random random = new Random(1);
    for (int attempts = 1; attempts < 100; attempts++) {
      long seconds = Math.min(60, 1L << Math.min(attempts - 1, 20));
      Duration delay = LogStream.delay(first, attempts, Duration.ZERO, random);
      assertTrue(
          delay.toMillis() >= seconds * 1_000 && delay.toMillis() <= seconds * 1_500,
          attempts + " attempts: " + delay);
    }
    assertEquals(Duration.ofMinutes(5), LogStream.delay(first, 1, Duration.ofHours(1), random));
  }
}
