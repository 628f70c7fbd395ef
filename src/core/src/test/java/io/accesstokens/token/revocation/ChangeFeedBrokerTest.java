package io.accesstokens.token.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.ManualMachineClock;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.query.Page;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.VerificationUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that many verifiers share one feed, and that a revocation waits for their leases. */
class ChangeFeedBrokerTest {

  private static final Lease.Durations DURATIONS =
      Lease.Durations.of(Duration.ofMillis(500), Duration.ZERO);

  /** The first call reads the last entry of the feed, and then the entries before it. */
  private static final int READS_AT_START = 2;

  /** A feed in memory whose reads a test can block. */
  private static final class Feed implements ChangeFeed {
    final List<Entry> all = new ArrayList<>();
    final AtomicInteger reads = new AtomicInteger();
    volatile @Nullable CountDownLatch hold;
    volatile boolean fails;
    volatile int maxEntries = Integer.MAX_VALUE;
    volatile int firstKept = 1; // earlier entries were deleted
    volatile Duration lease = DURATIONS.length();
    volatile boolean closed;

    synchronized void add() {
      long number = all.size() + 1L;
      all.add(entry(number, "%032x".formatted(number)));
    }

    synchronized void replaceLast() {
      long number = all.size();
      all.set((int) number - 1, entry(number, "f".repeat(32)));
    }

    private static Entry entry(long number, String nonce) {
      byte[] bytes = new byte[TokenDigest.LENGTH];
      bytes[0] = (byte) number;
      return new Entry(number, new EntryNonce(nonce), TokenDigest.of(bytes), REVOKED);
    }

    @Override
    public Page read(@Nullable Position after) {
      reads.incrementAndGet();
      CountDownLatch latch = hold;
      if (latch != null) {
        try {
          latch.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      if (fails) {
        throw new VerificationUnavailableException("gone");
      }
      synchronized (this) {
        int size = all.size();
        int from =
            after == null
                ? Math.max(0, size - 1)
                : (int) Math.min(size, Math.max(firstKept - 1, after.number()));
        int to = (int) Math.min(size, (long) from + maxEntries);
        Optional<EntryNonce> nonce =
            after == null || after.number() < firstKept || after.number() > size
                ? Optional.empty()
                : Optional.of(all.get((int) after.number() - 1).nonce());
        return new Page(
            size,
            nonce,
            List.copyOf(all.subList(from, to)),
            to == size,
            "one",
            Instant.EPOCH,
            lease,
            Optional.empty());
      }
    }

    Position at(int number) {
      return new Position(
          number, number == 0 ? Optional.empty() : Optional.of(all.get(number - 1).nonce()), "one");
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private final ManualMachineClock clock = new ManualMachineClock();
  private final Feed feed = new Feed();
  private final ChangeFeedBroker shared =
      new ChangeFeedBroker(feed, DURATIONS, clock, Duration.ofSeconds(60));
  private final List<Thread> callers = new ArrayList<>();

  @AfterEach
  void close() {
    shared.close();
  }

  private void add(int changes) {
    for (int i = 0; i < changes; i++) {
      feed.add();
    }
  }

  /** Reads pages without gaps until a page is complete, and returns the new position. */
  private ChangeFeed.Position readToEnd(ChangeFeed.Position start) {
    ChangeFeed.Position position = start;
    ChangeFeed.Page page;
    do {
      page = shared.read(position);
      position = page.positionAfter(Optional.of(position)).orElseThrow();
    } while (!page.complete());
    return position;
  }

  private CompletableFuture<ChangeFeed.Page> readAsync(ChangeFeed.@Nullable Position after) {
    CompletableFuture<ChangeFeed.Page> page = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                page.complete(shared.read(after));
              } catch (RuntimeException e) {
                page.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    callers.add(thread);
    return page;
  }

  /** Waits until all callers wait for their pages. Only a wait for a page has a timeout. */
  private void awaitThatCallersWait() {
    Awaitility.await()
        .until(
            () ->
                callers.stream()
                    .allMatch(caller -> caller.getState() == Thread.State.TIMED_WAITING));
  }

  @Test
  void callsDuringAReadShareTheNextRead() throws Exception {
    feed.add();
    CountDownLatch first = new CountDownLatch(1);
    feed.hold = first;
    CompletableFuture<ChangeFeed.Page> early = readAsync(feed.at(1));
    Awaitility.await().until(() -> feed.reads.get() == 1);
    List<CompletableFuture<ChangeFeed.Page>> late = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      late.add(readAsync(feed.at(i % 2)));
    }
    awaitThatCallersWait();
    feed.add();
    feed.hold = null;
    first.countDown();
    early.get(60, TimeUnit.SECONDS);
    for (int i = 0; i < 20; i++) {
      ChangeFeed.Page page = late.get(i).get(60, TimeUnit.SECONDS);
      assertEquals(2, page.lastNumber(), "the page is from a read that began before the call");
      assertEquals(Optional.of(feed.at(2)), page.positionAfter(Optional.of(feed.at(i % 2))));
    }
    assertEquals(READS_AT_START + 1, feed.reads.get());
  }

  @Test
  void eachVerifierGetsTheEntriesAfterItsPosition() {
    add(5);
    assertEquals(2, shared.read(feed.at(3)).entries().size());
    assertEquals(
        Optional.of(feed.at(5).nonce().orElseThrow()), shared.read(feed.at(5)).nonceAtPosition());
    assertEquals(1, shared.read(null).entries().size());
  }

  @Test
  void longPageIsCutAndReadingContinues() {
    add(ChangeFeedBroker.PAGE + 10);
    ChangeFeed.Page page = shared.read(feed.at(0));
    assertEquals(ChangeFeedBroker.PAGE, page.entries().size());
    assertFalse(page.complete(), "the cut page is complete");
    ChangeFeed.Position next = page.positionAfter(Optional.of(feed.at(0))).orElseThrow();
    assertEquals(10, shared.read(next).entries().size());
  }

  @Test
  void verifierTooFarBehindOrOfAnotherFeedRestarts() {
    add(1_000);
    shared.read(feed.at(1_000));
    assertEquals(Optional.empty(), shared.read(feed.at(3)).positionAfter(Optional.of(feed.at(3))));
    ChangeFeed.Position other =
        new ChangeFeed.Position(1_000, Optional.of(new ChangeFeed.EntryNonce("ff")), "one");
    assertEquals(Optional.empty(), shared.read(other).positionAfter(Optional.of(other)));
    ChangeFeed.Position ahead =
        new ChangeFeed.Position(5_000, Optional.of(new ChangeFeed.EntryNonce("ff")), "one");
    assertEquals(Optional.empty(), shared.read(ahead).positionAfter(Optional.of(ahead)));
  }

  @Test
  void revocationWaitsForGrantedLeases() {
    assertEquals(Duration.ZERO, shared.untilFinal(), "no verifier has polled yet");
    shared.read(null);
    assertEquals(DURATIONS.untilFinal(), shared.untilFinal());
    clock.shift(Duration.ofMillis(100));
    assertEquals(DURATIONS.untilFinal().minusMillis(100), shared.untilFinal());
    clock.shift(DURATIONS.untilFinal());
    assertEquals(Duration.ZERO, shared.untilFinal());
  }

  @Test
  void revocationWaitsForLeasesOfReadsInProgress() {
    CountDownLatch latch = new CountDownLatch(1);
    feed.hold = latch;
    var unused = readAsync(null);
    Awaitility.await().until(() -> feed.reads.get() == 1);
    assertEquals(DURATIONS.untilFinal(), shared.untilFinal());
    latch.countDown();
  }

  @Test
  void singleProcessWaitsForRemoteVerifiers() throws Exception {
    try (InMemoryTokenStore store = new InMemoryTokenStore();
        RevocationBarrier barrier = new RevocationBarrier(store, null, null, shared)) {
      assertTrue(
          barrier.applyChange(Optional.empty()).toCompletableFuture().isDone(),
          "the revocation waits although no lease was granted");
      shared.read(null);
      long begun = System.nanoTime();
      barrier.applyChange(Optional.empty()).toCompletableFuture().get(60, TimeUnit.SECONDS);
      Duration wait = Duration.ofNanos(System.nanoTime() - begun);
      assertTrue(wait.compareTo(DURATIONS.untilFinal()) >= 0, () -> "waited " + wait);
    }
  }

  @Test
  void readIsUsedAgainWithAShorterLease() {
    feed.add();
    feed.add();
    shared.read(feed.at(1));
    clock.shift(Duration.ofMillis(20));
    feed.add();
    ChangeFeed.Page page = shared.read(feed.at(2));
    assertEquals(READS_AT_START, feed.reads.get(), "the feed was read again");
    assertEquals(Optional.of(feed.at(2)), page.positionAfter(Optional.of(feed.at(2))));
    assertEquals(Duration.ofMillis(500 - 21), page.lease());
    assertEquals(Instant.EPOCH.plusMillis(20), page.databaseTime());
  }

  /** Tests the rule of the broker: a lease ends before any change is final that its page lacks. */
  @Test
  void leaseOfAnyPageEndsBeforeALaterChangeIsFinal() {
    feed.add();
    for (int i = 0; i < 1_000; i++) {
      ChangeFeed.Page page = shared.read(feed.at(1));
      // Another read can only make this time longer.
      Duration untilFinal = shared.untilFinal();
      assertTrue(page.lease().compareTo(untilFinal) < 0, page.lease() + " and " + untilFinal);
      clock.shift(Duration.ofMillis(1));
    }
    assertTrue(feed.reads.get() < 100, () -> "reads: " + feed.reads.get());
  }

  @Test
  void readIsRepeatedBeforeItIsTooOld() {
    feed.add();
    shared.read(feed.at(1));
    clock.shift(Duration.ofMillis(30));
    feed.add();
    assertEquals(1, shared.read(feed.at(1)).lastNumber());
    Awaitility.await().until(() -> shared.read(feed.at(1)).lastNumber() == 2);
    shared.read(feed.at(1));
    assertEquals(READS_AT_START + 1, feed.reads.get(), "reads for calls that the last read serves");
  }

  @Test
  void threadsThatCannotWaitUseAnOlderRead() throws Exception {
    feed.add();
    shared.read(feed.at(1));
    clock.shift(Duration.ofMillis(200));
    CountDownLatch latch = new CountDownLatch(1);
    feed.hold = latch;
    List<CompletableFuture<ChangeFeed.Page>> waiting = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      waiting.add(readAsync(null));
    }
    awaitThatCallersWait();
    assertEquals(Duration.ofMillis(500 - 201), shared.read(feed.at(1)).lease());
    clock.shift(Duration.ofMillis(50));
    StoreUnavailableException refused =
        assertThrows(StoreUnavailableException.class, () -> shared.read(feed.at(1)));
    assertEquals("too many verifiers wait for the change feed", refused.getMessage());
    feed.hold = null;
    latch.countDown();
    for (CompletableFuture<ChangeFeed.Page> page : waiting) {
      page.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void verifierOfAnotherServerKeepsItsPosition() {
    feed.add();
    shared.read(feed.at(1));
    shared.read(feed.at(1)); // uses the last read
    clock.shift(Duration.ofHours(1));
    add(2_000);
    feed.maxEntries = 1_000;
    ChangeFeed.Page page = shared.read(feed.at(2_000));
    assertEquals(Optional.of(feed.at(2_001)), page.positionAfter(Optional.of(feed.at(2_000))));
  }

  @Test
  void readContinuesToTheEndOfTheFeed() {
    shared.read(feed.at(0));
    clock.shift(Duration.ofMillis(60));
    add(300);
    feed.maxEntries = 100;
    ChangeFeed.Position ahead = feed.at(299);
    assertEquals(Optional.of(feed.at(300)), shared.read(ahead).positionAfter(Optional.of(ahead)));
    assertEquals(READS_AT_START + 3, feed.reads.get());
  }

  @ParameterizedTest
  @ValueSource(ints = {501, 1_000, 2_500, ChangeFeedBroker.MAX_ENTRIES})
  void verifierCatchesUpAfterManyChanges(int changes) {
    feed.maxEntries = 1_000; // as a page of the database
    ChangeFeed.Position start = feed.at(0);
    shared.read(start);
    add(changes);
    clock.shift(Duration.ofMillis(60));
    assertEquals(feed.at(changes), readToEnd(start));
    clock.shift(Duration.ofMillis(60));
    int reads = feed.reads.get();
    shared.read(feed.at(changes));
    assertEquals(feed.at(changes), readToEnd(start));
    assertEquals(reads + 1, feed.reads.get(), "the verifier that is behind causes reads");
  }

  @Test
  void verifierCatchesUpAfterAFailedRead() {
    feed.maxEntries = 1_000;
    ChangeFeed.Position start = feed.at(0);
    shared.read(start);
    add(2_000);
    feed.fails = true;
    clock.shift(Duration.ofMillis(60));
    assertThrows(StoreUnavailableException.class, () -> shared.read(start));
    feed.fails = false;
    assertEquals(feed.at(2_000), readToEnd(start));
  }

  @Test
  void verifierRestartsIfTheBrokerHasForgottenItsPosition() {
    ChangeFeed.Position start = feed.at(0);
    shared.read(start);
    add(ChangeFeedBroker.MAX_ENTRIES);
    clock.shift(Duration.ofMillis(60));
    shared.read(null);
    add(1);
    clock.shift(Duration.ofMillis(60));
    ChangeFeed.Position next = feed.at(1);
    assertEquals(
        Optional.of(feed.at(1 + ChangeFeedBroker.PAGE)),
        shared.read(next).positionAfter(Optional.of(next)));
    assertEquals(Optional.empty(), shared.read(start).positionAfter(Optional.of(start)));
  }

  @Test
  void brokerThatIsTooFarBehindRestarts() {
    shared.read(feed.at(0));
    add(2 * ChangeFeedBroker.MAX_ENTRIES);
    feed.maxEntries = 1_000;
    clock.shift(Duration.ofMillis(60));
    int reads = feed.reads.get();
    ChangeFeed.Position behind = feed.at(2 * ChangeFeedBroker.MAX_ENTRIES - 1);
    assertEquals(
        Optional.of(feed.at(2 * ChangeFeedBroker.MAX_ENTRIES)),
        shared.read(behind).positionAfter(Optional.of(behind)));
    assertEquals(reads + 1 + READS_AT_START, feed.reads.get());
  }

  @Test
  void verifiersRestartIfAnEntryWasReplaced() {
    add(10);
    ChangeFeed.Position start = feed.at(5);
    ChangeFeed.Position end = feed.at(10);
    shared.read(end);
    feed.replaceLast();
    clock.shift(Duration.ofMillis(60));
    assertEquals(Optional.empty(), shared.read(end).positionAfter(Optional.of(end)));
    assertEquals(Optional.of(feed.at(10)), shared.read(start).positionAfter(Optional.of(start)));
  }

  @Test
  void verifierRestartsIfTheEntryAtItsPositionWasDeleted() {
    add(20);
    feed.firstKept = 15;
    ChangeFeed.Position end = feed.at(20);
    for (int i = 1; i <= 20; i++) {
      ChangeFeed.Position at = feed.at(i);
      assertEquals(
          i < 15 ? Optional.empty() : Optional.of(end),
          shared.read(at).positionAfter(Optional.of(at)));
    }
    assertEquals(Optional.of(end), shared.read(null).positionAfter(Optional.empty()));
  }

  @Test
  void positionAheadOfTheFeedCausesOneRead() {
    add(3);
    shared.read(feed.at(3));
    int reads = feed.reads.get();
    ChangeFeed.Position ahead =
        new ChangeFeed.Position(5_000_000, Optional.of(new ChangeFeed.EntryNonce("ff")), "one");
    assertEquals(Optional.empty(), shared.read(ahead).positionAfter(Optional.of(ahead)));
    assertEquals(
        Optional.of(feed.at(3)), shared.read(feed.at(2)).positionAfter(Optional.of(feed.at(2))));
    assertEquals(reads + 1, feed.reads.get());
  }

  @Test
  void verifiersWithoutAValidPositionShareARead() {
    add(3);
    ChangeFeed.Position other =
        new ChangeFeed.Position(3, Optional.of(new ChangeFeed.EntryNonce("ff")), "one");
    ChangeFeed.Position behind =
        new ChangeFeed.Position(1, Optional.of(new ChangeFeed.EntryNonce("ff")), "one");
    shared.read(null);
    int reads = feed.reads.get();
    for (int i = 0; i < 10; i++) {
      clock.shift(Duration.ofMillis(1));
      ChangeFeed.Page page = shared.read(null);
      assertEquals(List.of(feed.all.get(2)), page.entries());
      assertEquals(Optional.of(feed.at(3)), page.positionAfter(Optional.empty()));
      assertEquals(Duration.ofMillis(500 - 1 - 1 - i), page.lease());
      assertEquals(Optional.empty(), shared.read(other).positionAfter(Optional.of(other)));
      assertEquals(Optional.empty(), shared.read(behind).positionAfter(Optional.of(behind)));
    }
    assertEquals(reads, feed.reads.get());
  }

  @Test
  void tooOldReadIsNotUsed() {
    feed.add();
    shared.read(feed.at(1));
    clock.shift(Duration.ofMillis(50));
    feed.add();
    assertEquals(2, shared.read(feed.at(1)).lastNumber());
  }

  @Test
  void readIsNotUsedAfterAClockWasSetOrStopped() {
    feed.add();
    for (long millis : new long[] {3_600_000, -3_600_000, 30, -30}) {
      shared.read(feed.at(1));
      int reads = feed.reads.get();
      clock.setWallForward(Duration.ofMillis(millis));
      shared.read(feed.at(1));
      assertEquals(reads + 1, feed.reads.get(), "after a change of the wall clock by " + millis);
    }
  }

  @Test
  void readIsNotUsedForAVerifierThatKnowsALaterEntry() {
    feed.add();
    shared.read(feed.at(1));
    feed.add();
    feed.add();
    ChangeFeed.Page page = shared.read(feed.at(2)); // its last page came from another replica
    assertEquals(Optional.of(feed.at(3)), page.positionAfter(Optional.of(feed.at(2))));
  }

  @Test
  void readIsNotUsedAfterAFailure() {
    add(2);
    shared.read(feed.at(1));
    feed.fails = true;
    add(1);
    assertThrows(StoreUnavailableException.class, () -> shared.read(feed.at(3)));
    assertThrows(StoreUnavailableException.class, () -> shared.read(feed.at(1)));
  }

  @Test
  void pageWithoutALeaseStaysWithoutALease() {
    feed.lease = Duration.ZERO;
    feed.add();
    shared.read(feed.at(1));
    assertEquals(Duration.ZERO, shared.read(feed.at(1)).lease());
    assertEquals(READS_AT_START, feed.reads.get());
  }

  @Test
  void noCallSucceedsDuringAndAfterClose() throws Exception {
    feed.add();
    shared.read(feed.at(1));
    CountDownLatch latch = new CountDownLatch(1);
    feed.hold = latch;
    feed.add();
    CompletableFuture<ChangeFeed.Page> reading = readAsync(feed.at(2));
    Awaitility.await().until(() -> feed.reads.get() == READS_AT_START + 1);
    Thread closing = new Thread(shared::close);
    closing.start();
    Awaitility.await()
        .untilAsserted(
            () -> assertThrows(StoreUnavailableException.class, () -> shared.read(feed.at(1))));
    latch.countDown();
    closing.join();
    reading.handle((page, failure) -> "done").get(60, TimeUnit.SECONDS);
    assertThrows(StoreUnavailableException.class, () -> shared.read(feed.at(1)));
  }

  @Test
  void failedReadIsReportedAsOutage() {
    feed.fails = true;
    assertThrows(StoreUnavailableException.class, () -> shared.read(null));
    assertThrows(StoreUnavailableException.class, () -> shared.read(feed.at(0)));
    feed.fails = false;
    shared.read(null);
  }

  @Test
  void numberOfWaitingThreadsIsBounded() {
    CountDownLatch latch = new CountDownLatch(1);
    feed.hold = latch;
    List<CompletableFuture<ChangeFeed.Page>> waiting = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      waiting.add(readAsync(null));
    }
    Awaitility.await()
        .until(
            () ->
                waiting.stream().filter(CompletableFuture::isCompletedExceptionally).count() == 36);
    feed.hold = null;
    latch.countDown();
    Awaitility.await().until(() -> waiting.stream().allMatch(CompletableFuture::isDone));
  }

  @Test
  void closingTheBrokerClosesTheFeed() {
    shared.read(null);
    shared.close();
    assertTrue(feed.closed, "the feed is not closed");
    assertThrows(StoreUnavailableException.class, () -> shared.read(null));
  }
}
