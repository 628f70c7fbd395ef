package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.UncachedTokenVerifier;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests floods of unknown tokens, on every resource that accepts a raw token from an anonymous
 * caller.
 */
class UnknownTokenFloodTest {

  private static final int LIMIT = 20;

  private final AtomicInteger unknown = new AtomicInteger();
  private final SecureRandom random = new SecureRandom();
  private final ApiFixture api =
      ApiFixture.with(
          (tokenService, feature) -> {
            feature.unknownTokens(
                address ->
                    unknown.incrementAndGet() > LIMIT
                        ? Optional.of(Duration.ofSeconds(3))
                        : Optional.empty());
            return List.of();
          });

  private enum Sent {
    AS_BEARER {
      @Override
      int status(ApiFixture api, String raw) {
        return api.with(raw).get(ApiFixture.WHOAMI).status();
      }
    },
    TO_VERIFY {
      @Override
      int status(ApiFixture api, String raw) {
        return api.with(raw).get(ApiFixture.VERIFY).status();
      }
    },
    TO_EXT_AUTHZ {
      @Override
      int status(ApiFixture api, String raw) {
        return api.with(raw).get(ApiFixture.VERIFY + "/ext-authz").status();
      }
    },
    TO_REVOKE {
      @Override
      int status(ApiFixture api, String raw) {
        return api.anonymous().form(ApiFixture.REVOKE, "token=" + raw).status();
      }
    };

    abstract int status(ApiFixture api, String raw);
  }

  private String unknown(RawToken.Kind kind) {
    return RawTokenFormat.DEFAULT.create(kind, random).reveal();
  }

  @ParameterizedTest
  @EnumSource
  void floodIsLimitedAndKnownTokensAreNot(Sent sent) {
    String known = api.create("known", "[\"catalog:read\"]").getString("rawToken");
    String revoked = api.create("revoked", "[\"catalog:read\"]").getString("rawToken");
    api.anonymous().form(ApiFixture.REVOKE, "token=" + revoked).expect(200);
    Map<Boolean, Integer> limited = new TreeMap<>();
    for (int i = 0; i < 3 * LIMIT; i++) {
      RawToken.Kind kind = i % 2 == 0 ? RawToken.Kind.SERVICE : RawToken.Kind.PERSONAL;
      limited.merge(sent.status(api, unknown(kind)) == 429, 1, Integer::sum);
    }
    assertEquals(Map.of(false, LIMIT, true, 2 * LIMIT), limited);
    int junk = sent.status(api, "bsat_junk");
    assertTrue(junk == 401 || junk == 200, "malformed tokens cost no look-up: " + junk);
    assertTrue(sent.status(api, revoked) != 429, "a revoked token is known");
    int status = sent.status(api, known);
    assertTrue(status == 200 || status == 204, "a known token is as good as ever: " + status);
    if (sent == Sent.TO_REVOKE) {
      api.with(known).get(ApiFixture.WHOAMI).expect(401);
    }
  }

  @Test
  void limitOfTheRevocationEndpointHasTheFormOfOAuth() {
    for (int i = 0; i < LIMIT; i++) {
      api.anonymous()
          .form(ApiFixture.REVOKE, "token=" + unknown(RawToken.Kind.SERVICE))
          .expect(200);
    }
    ApiFixture.Answer limited =
        api.anonymous()
            .form(ApiFixture.REVOKE, "token=" + unknown(RawToken.Kind.SERVICE))
            .expectOAuth(429, "temporarily_unavailable");
    assertEquals("3", limited.header("Retry-After"));
  }

  @Test
  void unknownTokensOfTheRevocationEndpointAreReported() {
    api.reported.clear();
    api.anonymous().form(ApiFixture.REVOKE, "token=" + unknown(RawToken.Kind.SERVICE)).expect(200);
    assertEquals(List.of("UNKNOWN"), api.reported);
  }

  /**
   * If each request wrote to the database, a caller with a revoked token could overload the
   * database.
   */
  @Test
  void revokedTokenIsReadOnceAndNotWritten() {
    String revoked = api.create("revoked", "[\"catalog:read\"]").getString("rawToken");
    api.anonymous().form(ApiFixture.REVOKE, "token=" + revoked).expect(200);
    AtomicInteger reads = new AtomicInteger();
    api.store.reading = reads::incrementAndGet;
    api.store.writing =
        () -> {
          throw new AssertionError("written");
        };
    api.anonymous().form(ApiFixture.REVOKE, "token=" + revoked).expect(200);
    assertEquals(1, reads.get());
  }

  private static boolean waits(Thread thread) {
    Thread.State state = thread.getState();
    return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
  }

  /** During a stop of the machine, a thread can wait for a read for three seconds, and gets 503. */
  @Test
  void readsOfTheStoreAreBoundedWhileAFloodWaits() throws Exception {
    TimeLimits.repeatAfterStop(
        () -> {
          for (int status : statusesOfAFlood()) {
            assertTrue(status == 200 || status == 429, "" + status);
          }
        });
  }

  private List<Integer> statusesOfAFlood() throws Exception {
    int callers = 60;
    unknown.set(0);
    AtomicInteger reads = new AtomicInteger();
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch slow = new CountDownLatch(1);
    api.store.reading =
        () -> {
          reads.incrementAndGet();
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          Awaitility.await().until(() -> slow.getCount() == 0);
          now.decrementAndGet();
        };
    List<Thread> waiting = new CopyOnWriteArrayList<>();
    ExecutorService threads =
        Executors.newFixedThreadPool(
            callers,
            work -> {
              Thread thread = new Thread(work);
              waiting.add(thread);
              return thread;
            });
    try {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        String raw = unknown(RawToken.Kind.SERVICE);
        answers.add(
            threads.submit(() -> api.anonymous().form(ApiFixture.REVOKE, "token=" + raw).status()));
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  now.get() == UncachedTokenVerifier.DEFAULT_CONCURRENT_READS
                      && waiting.stream().allMatch(UnknownTokenFloodTest::waits));
      slow.countDown();
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> answer : answers) {
        statuses.add(answer.get(60, TimeUnit.SECONDS));
      }
      assertEquals(UncachedTokenVerifier.DEFAULT_CONCURRENT_READS, most.get());
      assertTrue(reads.get() < callers, reads + " reads for " + callers + " tokens");
      return statuses;
    } finally {
      threads.shutdownNow();
    }
  }
}
