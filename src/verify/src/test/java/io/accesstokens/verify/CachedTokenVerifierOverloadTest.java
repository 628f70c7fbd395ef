package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests more unknown tokens than a slow store can look up. */
class CachedTokenVerifierOverloadTest extends SlowStore {

  private final CachedTokenVerifier verifier = verifierOf(this::find);

  /** A revocation by the bearer must find its token, independent of the cache. */
  @Test
  void verifyInStoreBypassesTheCache() {
    AtomicBoolean there = new AtomicBoolean();
    CachedTokenVerifier cached =
        verifierOf(token -> there.get() ? Optional.of(facts()) : Optional.empty());
    RawToken token = unknown();
    assertInstanceOf(Verification.Refused.class, cached.verify(token));
    there.set(true);
    assertInstanceOf(Verification.Refused.class, cached.verify(token), "cached as unknown");
    assertInstanceOf(Verification.Accepted.class, cached.verifyInStore(token));
  }

  @Test
  void checksInStoreShareTheLookUpLimit() throws Exception {
    List<Future<Verification>> all =
        new ArrayList<>(flood(verifier::verifyInStore, unknown(READS * 2)));
    all.addAll(flood(verifier, unknown(READS * 2)));
    assertEquals(READS, begun.get(), "reads");
    slow.countDown();
    for (Future<Verification> each : all) {
      assertInstanceOf(Verification.Refused.class, each.get(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void interruptedCallerReleasesItsBatch() throws Exception {
    List<Future<Verification>> reading = flood(verifier, unknown(READS));
    List<Future<Verification>> waiting = flood(verifier, unknown(WAITING));
    waiting.forEach(call -> call.cancel(true));
    slow.countDown();
    for (Future<Verification> each : reading) {
      assertInstanceOf(Verification.Refused.class, each.get(60, TimeUnit.SECONDS));
    }
    for (int i = 0; i < READS * 2; i++) {
      assertInstanceOf(Verification.Refused.class, verifier.verify(unknown()));
    }
  }

  @Test
  void interruptedCallerDoesNotFailOtherCallersOfItsToken() throws Exception {
    AtomicReference<Thread> loading = new AtomicReference<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    CachedTokenVerifier shared =
        verifierOf(
            token -> {
              if (loading.compareAndSet(null, Thread.currentThread())) {
                try {
                  find(token);
                } catch (VerificationUnavailableException e) {
                  interrupted.set(true);
                  Thread.currentThread().interrupt(); // as the remote verifier does
                  throw e;
                }
              }
              return Optional.of(facts());
            });
    RawToken token = unknown();
    List<Future<Verification>> all = flood(shared, List.of(token));
    all.addAll(flood(shared, Collections.nCopies(WAITING, token)));
    Objects.requireNonNull(loading.get(), "no load has begun").interrupt();
    assertThrows(ExecutionException.class, () -> all.get(0).get(60, TimeUnit.SECONDS));
    assertTrue(interrupted.get(), "the first caller was not interrupted");
    for (Future<Verification> each : all.subList(1, all.size())) {
      assertInstanceOf(Verification.Accepted.class, each.get(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void failingCallerReleasesItsBatch() throws Exception {
    AtomicInteger failures = new AtomicInteger(WAITING);
    CachedTokenVerifier fragile =
        verifierOf(
            this::find,
            new OwnWaits() {
              @Override
              public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout)
                  throws ExecutionException {
                T value = LONG_WAITS.await(result, timeout);
                if (failures.getAndDecrement() > 0) {
                  throw new IllegalStateException("no thread to compensate");
                }
                return value;
              }
            });
    List<Future<Verification>> all = new ArrayList<>(flood(fragile, unknown(READS)));
    all.addAll(flood(fragile, unknown(WAITING)));
    slow.countDown();
    for (Future<Verification> each : all.subList(0, READS)) {
      assertInstanceOf(Verification.Refused.class, each.get(60, TimeUnit.SECONDS));
    }
    for (Future<Verification> each : all.subList(READS, all.size())) {
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> each.get(60, TimeUnit.SECONDS));
      assertInstanceOf(IllegalStateException.class, failure.getCause());
    }
    for (int i = 0; i < READS * 2; i++) {
      assertInstanceOf(Verification.Refused.class, fragile.verify(unknown()));
    }
  }

  /** Tests a look-up that completes between the timeout of a wait and the check of its result. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void resultAtTheTimeoutIsNotReportedAsUnknownToken(boolean found) throws Exception {
    CountDownLatch timedOut = new CountDownLatch(1);
    MachineClock timingOut =
        new OwnWaits() {
          @Override
          public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout) {
            timedOut.countDown();
            Awaitility.await().until(result::isDone);
            return null;
          }
        };
    CachedTokenVerifier both =
        verifierOf(
            token -> {
              find(token);
              if (!found) {
                throw new VerificationUnavailableException("the store is unreachable");
              }
              return Optional.of(facts());
            },
            timingOut);
    RawToken token = unknown();
    Future<Verification> first = callers.submit(() -> both.verify(token));
    Awaitility.await().until(() -> begun.get() == 1);
    Future<Verification> joined = callers.submit(() -> both.verify(token));
    assertTrue(timedOut.await(60, TimeUnit.SECONDS), "no wait has timed out");
    slow.countDown();
    for (Future<Verification> each : List.of(first, joined)) {
      if (found) {
        assertInstanceOf(Verification.Accepted.class, each.get(60, TimeUnit.SECONDS));
      } else {
        ExecutionException failure =
            assertThrows(ExecutionException.class, () -> each.get(60, TimeUnit.SECONDS));
        assertInstanceOf(VerificationUnavailableException.class, failure.getCause());
      }
    }
  }

  @Test
  void oneUnknownTokenDoesNotHoldAllCallers() throws Exception {
    CachedTokenVerifier shared =
        verifierOf(
            this::find,
            new OwnWaits() {
              @Override
              public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout)
                  throws ExecutionException {
                boolean isShort = timeout.compareTo(Duration.ofSeconds(1)) < 0;
                return isShort ? null : LONG_WAITS.await(result, timeout);
              }
            });
    RawToken token = unknown();
    List<Future<Verification>> all = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      all.add(callers.submit(() -> shared.verify(token)));
    }
    // One caller reads, and WAITING callers wait for its result.
    Awaitility.await()
        .until(() -> all.stream().filter(Future::isDone).count() == AT_ONCE - 1 - WAITING);
    slow.countDown();
    int unavailable = 0;
    for (Future<Verification> each : all) {
      try {
        assertInstanceOf(Verification.Refused.class, each.get(60, TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        assertInstanceOf(VerificationUnavailableException.class, e.getCause());
        unavailable++;
      }
    }
    assertEquals(AT_ONCE - 1 - WAITING, unavailable);
  }

  @Test
  void endedWaitAllowsAnotherLongWait() throws Exception {
    Queue<Duration> waits = new ConcurrentLinkedQueue<>();
    AtomicInteger tokens = new AtomicInteger();
    CachedTokenVerifier shared =
        verifierOf(
            token -> {
              Awaitility.await().until(() -> waits.size() == tokens.get());
              return Optional.empty();
            },
            new OwnWaits() {
              @Override
              public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout)
                  throws ExecutionException {
                waits.add(timeout);
                return LONG_WAITS.await(result, timeout);
              }
            });
    for (int i = 0; i < WAITING * 2; i++) {
      RawToken token = unknown();
      tokens.incrementAndGet();
      // One caller reads, and the other caller waits for its result.
      for (Future<Verification> each :
          List.of(
              callers.submit(() -> shared.verify(token)),
              callers.submit(() -> shared.verify(token)))) {
        assertInstanceOf(Verification.Refused.class, each.get(60, TimeUnit.SECONDS));
      }
    }
    assertEquals(Set.of(Duration.ofSeconds(6)), Set.copyOf(waits));
  }

  @Test
  void excessCallersFailFastAndQueuedCallersComplete() throws Exception {
    Set<Thread> waited = ConcurrentHashMap.newKeySet();
    CachedTokenVerifier full =
        verifierOf(
            this::find,
            new OwnWaits() {
              @Override
              public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout)
                  throws ExecutionException {
                waited.add(Thread.currentThread());
                return LONG_WAITS.await(result, timeout);
              }
            });
    List<Future<Verification>> waiting = new ArrayList<>(flood(full, unknown(READS)));
    waiting.addAll(flood(full, unknown(WAITING)));
    assertThrows(VerificationUnavailableException.class, () -> full.verify(unknown()));
    assertEquals(WAITING, waited.size(), "threads that wait for a read of another thread");
    assertFalse(waited.contains(Thread.currentThread()), "the excess caller waits");
    assertEquals(READS, begun.get(), "reads");
    slow.countDown();
    int refused = 0;
    for (Future<Verification> each : waiting) {
      if (each.get(60, TimeUnit.SECONDS) instanceof Verification.Refused) {
        refused++;
      }
    }
    assertEquals(READS + WAITING, refused);
  }
}
