package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Provides a slow store with many concurrent callers. The test determines when a read ends. */
abstract class SlowStore {

  static final int READS = 2;
  static final int WAITING = READS * 8;
  static final int AT_ONCE = 50;

  final CountDownLatch slow = new CountDownLatch(1);
  final AtomicInteger begun = new AtomicInteger();
  final ExecutorService callers = Executors.newCachedThreadPool();

  final Optional<TokenFacts> find(RawToken token) {
    begun.incrementAndGet();
    try {
      assertTrue(slow.await(1, TimeUnit.MINUTES), "the test has not released the store");
    } catch (InterruptedException e) {
      throw new VerificationUnavailableException("interrupted", e);
    }
    return Optional.empty();
  }

  /** The system clock, with waits that last longer than the machine can stop. */
  static final MachineClock LONG_WAITS =
      new OwnWaits() {
        @Override
        public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout)
            throws ExecutionException {
          return SYSTEM.await(result, Duration.ofMinutes(1));
        }
      };

  /** Returns a verifier whose callers wait longer for a read than the machine can stop. */
  static CachedTokenVerifier verifierOf(TokenLookup lookup) {
    return verifierOf(lookup, LONG_WAITS);
  }

  static CachedTokenVerifier verifierOf(TokenLookup lookup, MachineClock clock) {
    return new CachedTokenVerifier(
        lookup,
        Lease.unlimited(MachineClock.SYSTEM),
        clock,
        new CachedTokenVerifier.Limits(Duration.ofMinutes(1), 1000, READS));
  }

  static RawToken unknown() {
    return RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, RandomGenerator.getDefault());
  }

  @AfterEach
  void end() {
    slow.countDown();
    callers.shutdownNow();
  }

  static TokenFacts facts() {
    return new TokenFacts(
        new Verification.Accepted(
            UUID.randomUUID(),
            "service-token:group:default/platform:ci",
            new EntityRef("group", "default", "platform"),
            List.of("catalog:read"),
            Instant.parse("2999-01-01T00:00:00Z")),
        false);
  }

  /**
   * Submits a verification of each token while all reads are busy, and returns when all of them
   * wait.
   */
  final List<Future<Verification>> flood(CachedTokenVerifier verifier, List<RawToken> tokens) {
    return flood(verifier::verify, tokens);
  }

  final List<Future<Verification>> flood(
      Function<RawToken, Verification> verify, List<RawToken> tokens) {
    List<Future<Verification>> answers = new ArrayList<>();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    for (RawToken token : tokens) {
      answers.add(
          callers.submit(
              () -> {
                threads.add(Thread.currentThread());
                return verify.apply(token);
              }));
    }
    Awaitility.await()
        .until(
            () ->
                threads.size() == tokens.size()
                    && threads.stream()
                        .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
    return answers;
  }

  /** Returns that many tokens that do not exist. */
  static List<RawToken> unknown(int count) {
    return Stream.generate(SlowStore::unknown).limit(count).toList();
  }

  /** The system clock, with waits that a test implements. */
  abstract static class OwnWaits implements MachineClock {
    @Override
    public final long monotonicNanos() {
      return SYSTEM.monotonicNanos();
    }

    @Override
    public final long wallMillis() {
      return SYSTEM.wallMillis();
    }
  }
}
