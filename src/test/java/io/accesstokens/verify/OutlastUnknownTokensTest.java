package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that is slow, and more unknown tokens than it can answer for. */
class OutlastUnknownTokensTest {

  private static final int READS = 2;
  private static final int WAITING = READS * 8;
  private static final int AT_ONCE = 50;

  private final CountDownLatch slow = new CountDownLatch(1);
  private final AtomicInteger begun = new AtomicInteger();
  private final CachedTokenCheck check = checkOf(this::find);
  private final ExecutorService callers = Executors.newCachedThreadPool();

  private Optional<TokenFacts> find(RawToken token) {
    begun.incrementAndGet();
    try {
      assertTrue(slow.await(1, TimeUnit.MINUTES));
    } catch (InterruptedException e) {
      throw new VerificationUnavailable("interrupted", e);
    }
    return Optional.empty();
  }

  private static CachedTokenCheck checkOf(TokenLookup lookup) {
    return checkOf(lookup, MachineClock.SYSTEM);
  }

  private static CachedTokenCheck checkOf(TokenLookup lookup, MachineClock clock) {
    return new CachedTokenCheck(
        lookup,
        Lease.unlimited(MachineClock.SYSTEM),
        clock,
        new CachedTokenCheck.Limits(Duration.ofMinutes(1), 1000, READS));
  }

  private static RawToken unknown() {
    return RawTokenFormat.DEFAULT.mint(RawToken.Kind.SERVICE, RandomGenerator.getDefault());
  }

  @AfterEach
  void end() {
    slow.countDown();
    callers.shutdownNow();
  }

  /** Reads many together, each read with leave. */
  private final class Together implements TokenLookup {

    final Queue<Set<TokenDigest>> reads = new ConcurrentLinkedQueue<>();
    final Set<TokenDigest> known = ConcurrentHashMap.newKeySet();
    final Set<TokenDigest> unreadable = ConcurrentHashMap.newKeySet();

    /** Whose reader is interrupted. */
    final Set<TokenDigest> interrupting = ConcurrentHashMap.newKeySet();

    /** When they are read alone, the store is gone. */
    final Set<TokenDigest> breaking = ConcurrentHashMap.newKeySet();

    volatile boolean broken;

    @Override
    public Optional<TokenFacts> find(RawToken token) {
      return Optional.ofNullable(findAll(List.of(token)).get(token.digest()));
    }

    @Override
    public Map<TokenDigest, TokenFacts> findAll(Collection<RawToken> tokens) {
      Set<TokenDigest> digests =
          tokens.stream().map(RawToken::digest).collect(Collectors.toCollection(HashSet::new));
      reads.add(Set.copyOf(digests));
      OutlastUnknownTokensTest.this.find(tokens.iterator().next());
      if (interrupting.remove(tokens.iterator().next().digest())) {
        Thread.currentThread().interrupt();
        throw new VerificationUnavailable("interrupted");
      }
      if (broken || (digests.size() == 1 && breaking.containsAll(digests))) {
        throw new VerificationUnavailable("the store is out of reach");
      }
      if (!Collections.disjoint(digests, unreadable)) {
        throw new IllegalStateException("a row that nobody can read");
      }
      digests.retainAll(known);
      return digests.stream().collect(Collectors.toMap(digest -> digest, digest -> facts()));
    }

    @Override
    public int mostAtOnce() {
      return AT_ONCE;
    }
  }

  private static TokenFacts facts() {
    return new TokenFacts(
        new Verification.Accepted(
            UUID.randomUUID(),
            "service-token:group:default/platform:ci",
            new EntityRef("group", "default", "platform"),
            List.of("catalog:read"),
            Instant.parse("2999-01-01T00:00:00Z")),
        false);
  }

  /** Submits that many checks, once all reads are under way, and waits until they wait. */
  private List<Future<Verification>> flood(CachedTokenCheck check, List<RawToken> tokens) {
    List<Future<Verification>> answers = new ArrayList<>();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    for (RawToken token : tokens) {
      answers.add(
          callers.submit(
              () -> {
                threads.add(Thread.currentThread());
                return check.check(token);
              }));
    }
    Awaitility.await()
        .until(
            () ->
                threads.size() == tokens.size()
                    && threads.stream()
                        .allMatch(it -> it.getState() == Thread.State.TIMED_WAITING));
    return answers;
  }

  @Test
  void thoseThatComeMeanwhileAreReadTogether() throws Exception {
    Together store = new Together();
    CachedTokenCheck together = checkOf(store);
    List<RawToken> first = Stream.generate(() -> unknown()).limit(READS).toList();
    List<Future<Verification>> firstAnswers = new ArrayList<>(flood(together, first));
    List<RawToken> tokens = Stream.generate(() -> unknown()).limit(AT_ONCE).toList();
    RawToken known = tokens.get(AT_ONCE / 2);
    store.known.add(known.digest());
    List<Future<Verification>> answers = flood(together, tokens);
    assertThrows(VerificationUnavailable.class, () -> together.check(unknown()));
    slow.countDown();
    for (Future<Verification> answer : firstAnswers) {
      assertInstanceOf(Verification.Refused.class, answer.get(10, TimeUnit.SECONDS));
    }
    for (int i = 0; i < tokens.size(); i++) {
      Verification verdict = answers.get(i).get(10, TimeUnit.SECONDS);
      assertEquals(tokens.get(i) == known, verdict instanceof Verification.Accepted);
    }
    assertEquals(READS + 1, store.reads.size(), "reads");
    assertEquals(
        tokens.stream().map(RawToken::digest).collect(Collectors.toSet()),
        store.reads.stream().filter(read -> read.size() > 1).findFirst().orElseThrow());
    assertInstanceOf(Verification.Accepted.class, together.check(known));
    assertEquals(READS + 1, store.reads.size(), "the known one was cached");
  }

  @Test
  void aReadThatFailsFailsForAllAndTheNextOnesGoOn() throws Exception {
    Together store = new Together();
    CachedTokenCheck together = checkOf(store);
    store.broken = true;
    List<RawToken> tokens = Stream.generate(() -> unknown()).limit(READS).toList();
    List<Future<Verification>> answers = new ArrayList<>(flood(together, tokens));
    answers.addAll(flood(together, Stream.generate(() -> unknown()).limit(AT_ONCE).toList()));
    slow.countDown();
    for (Future<Verification> answer : answers) {
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
      assertInstanceOf(VerificationUnavailable.class, failure.getCause());
    }
    store.broken = false;
    for (int i = 0; i < READS * 2; i++) {
      assertInstanceOf(Verification.Refused.class, together.check(unknown()));
    }
  }

  @Test
  void oneThatCannotBeReadIsNothingToThoseThatWereReadWithIt() throws Exception {
    Together store = new Together();
    CachedTokenCheck together = checkOf(store);
    List<Future<Verification>> first =
        flood(together, Stream.generate(() -> unknown()).limit(READS).toList());
    List<RawToken> tokens = Stream.generate(() -> unknown()).limit(AT_ONCE).toList();
    store.unreadable.add(tokens.get(AT_ONCE / 2).digest());
    store.known.add(tokens.get(1).digest());
    List<Future<Verification>> answers = flood(together, tokens);
    slow.countDown();
    for (Future<Verification> answer : first) {
      assertInstanceOf(Verification.Refused.class, answer.get(10, TimeUnit.SECONDS));
    }
    int unreadable = 0;
    for (int i = 0; i < AT_ONCE; i++) {
      try {
        Verification verdict = answers.get(i).get(10, TimeUnit.SECONDS);
        assertEquals(i == 1, verdict instanceof Verification.Accepted);
      } catch (ExecutionException e) {
        assertEquals(AT_ONCE / 2, i);
        unreadable++;
      }
    }
    assertEquals(1, unreadable);
  }

  @Test
  void whoIsInterruptedWhileWaitingTakesNoTurnAlong() throws Exception {
    List<Future<Verification>> reading =
        flood(check, Stream.generate(() -> unknown()).limit(READS).toList());
    List<Future<Verification>> waiting =
        flood(check, Stream.generate(() -> unknown()).limit(WAITING).toList());
    waiting.forEach(it -> it.cancel(true));
    slow.countDown();
    for (Future<Verification> each : reading) {
      assertInstanceOf(Verification.Refused.class, each.get(10, TimeUnit.SECONDS));
    }
    for (int i = 0; i < READS * 2; i++) {
      assertInstanceOf(Verification.Refused.class, check.check(unknown()));
    }
  }

  @Test
  void theTurnOfOneWhoIsInterruptedIsTakenByTheNext() throws Exception {
    Together store = new Together();
    CachedTokenCheck together = checkOf(store);
    List<Future<Verification>> reading =
        flood(together, Stream.generate(() -> unknown()).limit(READS).toList());
    List<RawToken> tokens = Stream.generate(() -> unknown()).limit(AT_ONCE).toList();
    store.interrupting.add(tokens.get(0).digest());
    List<Future<Verification>> waiting = new ArrayList<>(flood(together, tokens.subList(0, 1)));
    waiting.addAll(flood(together, tokens.subList(1, AT_ONCE)));
    slow.countDown();
    for (Future<Verification> each : reading) {
      assertInstanceOf(Verification.Refused.class, each.get(10, TimeUnit.SECONDS));
    }
    ExecutionException stopped =
        assertThrows(ExecutionException.class, () -> waiting.get(0).get(10, TimeUnit.SECONDS));
    assertInstanceOf(VerificationUnavailable.class, stopped.getCause());
    for (Future<Verification> each : waiting.subList(1, AT_ONCE)) {
      assertInstanceOf(Verification.Refused.class, each.get(10, TimeUnit.SECONDS));
    }
    for (int i = 0; i < READS * 2; i++) {
      assertInstanceOf(Verification.Refused.class, together.check(unknown()));
    }
  }

  @Test
  void whoWaitsAndFailsInAnUnheardOfWayTakesNoTurnAlong() throws Exception {
    AtomicInteger failures = new AtomicInteger(WAITING);
    CachedTokenCheck fragile =
        checkOf(
            this::find,
            new MachineClock() {
              @Override
              public long monotonicNanos() {
                return SYSTEM.monotonicNanos();
              }

              @Override
              public long wallMillis() {
                return SYSTEM.wallMillis();
              }

              @Override
              public <T> @Nullable T await(CompletableFuture<T> result, Duration patience)
                  throws ExecutionException {
                T given = SYSTEM.await(result, patience);
                if (failures.getAndDecrement() > 0) {
                  throw new IllegalStateException("no thread to compensate");
                }
                return given;
              }
            });
    List<Future<Verification>> all =
        new ArrayList<>(flood(fragile, Stream.generate(() -> unknown()).limit(READS).toList()));
    all.addAll(flood(fragile, Stream.generate(() -> unknown()).limit(WAITING).toList()));
    slow.countDown();
    for (Future<Verification> each : all.subList(0, READS)) {
      assertInstanceOf(Verification.Refused.class, each.get(10, TimeUnit.SECONDS));
    }
    for (Future<Verification> each : all.subList(READS, all.size())) {
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> each.get(10, TimeUnit.SECONDS));
      assertInstanceOf(IllegalStateException.class, failure.getCause());
    }
    for (int i = 0; i < READS * 2; i++) {
      assertInstanceOf(Verification.Refused.class, fragile.check(unknown()));
    }
  }

  /** What becomes of a look-up between the end of a wait for it and the look at it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatEndsWhenTheWaitForItIsGivenUpIsNotTakenForAnUnknownToken(boolean found)
      throws Exception {
    CountDownLatch givenUp = new CountDownLatch(1);
    MachineClock impatient =
        new MachineClock() {
          @Override
          public long monotonicNanos() {
            return SYSTEM.monotonicNanos();
          }

          @Override
          public long wallMillis() {
            return SYSTEM.wallMillis();
          }

          @Override
          public <T> @Nullable T await(CompletableFuture<T> result, Duration patience) {
            givenUp.countDown();
            Awaitility.await().until(result::isDone);
            return null;
          }
        };
    CachedTokenCheck both =
        checkOf(
            token -> {
              find(token);
              if (!found) {
                throw new VerificationUnavailable("the store is out of reach");
              }
              return Optional.of(facts());
            },
            impatient);
    RawToken token = unknown();
    Future<Verification> first = callers.submit(() -> both.check(token));
    Awaitility.await().until(() -> begun.get() == 1);
    Future<Verification> joined = callers.submit(() -> both.check(token));
    assertTrue(givenUp.await(10, TimeUnit.SECONDS));
    slow.countDown();
    for (Future<Verification> each : List.of(first, joined)) {
      if (found) {
        assertInstanceOf(Verification.Accepted.class, each.get(10, TimeUnit.SECONDS));
      } else {
        ExecutionException failure =
            assertThrows(ExecutionException.class, () -> each.get(10, TimeUnit.SECONDS));
        assertInstanceOf(VerificationUnavailable.class, failure.getCause());
      }
    }
  }

  @Test
  void anOutageInTheMiddleEndsTheReadingOfOneAfterTheOther() throws Exception {
    Together store = new Together();
    CachedTokenCheck together = checkOf(store);
    List<Future<Verification>> answers =
        flood(together, Stream.generate(() -> unknown()).limit(READS).toList());
    List<RawToken> tokens = Stream.generate(() -> unknown()).limit(AT_ONCE).toList();
    store.unreadable.add(tokens.get(AT_ONCE / 2).digest());
    store.breaking.addAll(tokens.stream().map(RawToken::digest).toList());
    answers.addAll(flood(together, tokens));
    slow.countDown();
    for (Future<Verification> answer : answers.subList(READS, answers.size())) {
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
      assertInstanceOf(VerificationUnavailable.class, failure.getCause());
    }
    assertEquals(READS + 2, store.reads.size(), "those together, and one of them alone");
  }

  @Test
  void thoseBeyondTheBoundAreToldAtOnceAndTheOthersAreAnswered() throws Exception {
    List<Future<Verification>> waiting = new ArrayList<>();
    for (int i = 0; i < READS; i++) {
      waiting.add(callers.submit(() -> check.check(unknown())));
    }
    Awaitility.await().until(() -> begun.get() == READS);
    AtomicInteger asked = new AtomicInteger();
    for (int i = 0; i < WAITING; i++) {
      waiting.add(
          callers.submit(
              () -> {
                asked.incrementAndGet();
                return check.check(unknown());
              }));
    }
    Awaitility.await().until(() -> asked.get() == WAITING);
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () ->
            // Those who have asked may not have queued yet: soon they have.
            Awaitility.await()
                .untilAsserted(
                    () -> {
                      long from = System.nanoTime();
                      assertThrows(VerificationUnavailable.class, () -> check.check(unknown()));
                      assertTrue(System.nanoTime() - from < Duration.ofSeconds(2).toNanos());
                    }));
    slow.countDown();
    int refused = 0;
    for (Future<Verification> each : waiting) {
      if (each.get(10, TimeUnit.SECONDS) instanceof Verification.Refused) {
        refused++;
      }
    }
    assertEquals(READS + WAITING, refused);
  }
}
