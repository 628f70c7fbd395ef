package io.accesstokens.token.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RecordedLog;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.UseLimits;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that {@link UsageRecorder} records when each scope was last needed, with bounds. */
class UsageRecorderScopesTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final String READ = "catalog:read";
  private static final String WRITE = "catalog:write";

  private final AtomicLong now = new AtomicLong(NOON.toEpochMilli());
  private final SummingTokenStore store = new SummingTokenStore();
  private final UsageRecorder uses =
      new UsageRecorder(
          store,
          new Clock() {
            @Override
            public Instant instant() {
              return Instant.ofEpochMilli(now.get());
            }

            @Override
            public ZoneOffset getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
              return this;
            }
          });

  private static SecretId secret() {
    return new SecretId(UUID.randomUUID(), 1);
  }

  private static Verification.Accepted accepted(
      SecretId secret, String ownerKind, List<String> scopes) {
    return new Verification.Accepted(
        secret.tokenId(),
        "s",
        new EntityRef(ownerKind, "default", "platform"),
        scopes,
        null,
        NOON.plusSeconds(60),
        UseLimits.NONE,
        new PresentedSecret(secret, false, false));
  }

  private static Verification.Accepted accepted(SecretId secret) {
    return accepted(secret, EntityRef.GROUP, List.of(READ, WRITE));
  }

  /** Records that scopes are needed at this number of milliseconds after noon. */
  private void need(SecretId secret, long millis, String... scopes) {
    now.set(NOON.toEpochMilli() + millis);
    uses.scopesNeeded(accepted(secret), List.of(scopes));
  }

  private Map<String, Instant> written(SecretId secret) {
    return store.usage(secret).neededScopes();
  }

  private void failWrites() {
    store.before =
        batch -> {
          throw new StoreUnavailableException("down", null);
        };
  }

  @Test
  void lastNeedOfEachScopeIsWrittenWithTheUses() {
    SecretId secret = secret();
    uses.accepted(accepted(secret), ClientInfo.at("192.0.2.1"));
    need(secret, 1, READ);
    need(secret, 7, READ, WRITE);
    need(secret, 3, READ, WRITE); // a clock that is set back does not move times back
    assertEquals(Map.of(), written(secret), "nothing is written by a request");
    uses.flush();
    assertEquals(Map.of(READ, NOON.plusMillis(7), WRITE, NOON.plusMillis(7)), written(secret));
    assertEquals(1, store.usage(secret).accepted().count());
    assertEquals(List.of(1), store.batches);
    need(secret, 9, WRITE);
    uses.flush();
    assertEquals(Map.of(READ, NOON.plusMillis(7), WRITE, NOON.plusMillis(9)), written(secret));
    assertEquals(1, store.usage(secret).accepted().count(), "a need is not a use");
  }

  @Test
  void otherNeedsAreNotRecorded() {
    SecretId secret = secret();
    uses.scopesNeeded(accepted(secret), List.of());
    uses.scopesNeeded(accepted(secret, EntityRef.USER, List.of(READ)), List.of(READ));
    uses.flush();
    assertEquals(List.of(), store.batches);
    need(secret, 0, "techdocs:read");
    uses.flush();
    assertEquals(Map.of(), written(secret), "a scope that the token does not have");
  }

  @Test
  void needsOfTwoDaysAreKeptDuringAnOutage() {
    SecretId secret = secret();
    failWrites();
    need(secret, 0, READ, WRITE);
    assertThrows(StoreUnavailableException.class, uses::flush);
    long day = 86_400_000;
    need(secret, day, READ);
    assertThrows(StoreUnavailableException.class, uses::flush);
    store.before = batch -> {};
    uses.flush();
    assertEquals(Map.of(READ, NOON.plusMillis(day), WRITE, NOON), written(secret));
    assertEquals(List.of(1, 1), store.batches, "a batch for each day");
  }

  @Test
  void scopesOfATokenAreBounded() {
    SecretId secret = secret();
    List<String> scopes =
        IntStream.rangeClosed(0, NeededScopes.MAX).mapToObj(i -> "scope:" + i).toList();
    uses.scopesNeeded(accepted(secret, EntityRef.GROUP, scopes), scopes);
    now.incrementAndGet();
    uses.scopesNeeded(accepted(secret, EntityRef.GROUP, scopes), scopes);
    uses.flush();
    Map<String, Instant> expected = new HashMap<>();
    scopes.subList(0, NeededScopes.MAX).forEach(it -> expected.put(it, NOON.plusMillis(1)));
    assertEquals(expected, written(secret));
  }

  @Test
  void memoryAndBatchesAreBounded() {
    List<String> scopes = IntStream.range(0, 50).mapToObj(i -> "scope:" + i).toList();
    failWrites();
    int tokens = UsageRecorder.MAX_SCOPES / 50;
    for (int i = 0; i < tokens; i++) {
      uses.scopesNeeded(accepted(secret(), EntityRef.GROUP, scopes), scopes);
      if (i == tokens / 2) {
        assertThrows(StoreUnavailableException.class, uses::flush);
      }
    }
    SecretId late = secret();
    need(late, 0, READ);
    assertThrows(StoreUnavailableException.class, uses::flush);
    need(late, 0, READ);
    AtomicInteger largest = new AtomicInteger();
    AtomicInteger written = new AtomicInteger();
    store.before =
        batch -> {
          int size = batch.values().stream().mapToInt(usage -> usage.neededScopes().size()).sum();
          largest.accumulateAndGet(size, Math::max);
          written.addAndGet(size);
        };
    uses.flush();
    assertEquals(UsageRecorder.MAX_SCOPES, written.get());
    assertTrue(largest.get() < UsageRecorder.BATCH_ENTRIES + 50, "scopes in a batch: " + largest);
    assertEquals(Map.of(), written(late));
    need(late, 5, READ);
    uses.flush();
    assertEquals(Map.of(READ, NOON.plusMillis(5)), written(late), "after the outage");
  }

  @Test
  void useThatIsNotCountedIsReportedOnce() {
    failWrites();
    for (int i = 0; i < UsageRecorder.MAX_SECRETS; i++) {
      uses.recordUse(new UUID(1, i));
    }
    SecretId late = secret();
    uses.accepted(accepted(late), ClientInfo.at("192.0.2.1"));
    need(late, 0, READ);
    try (RecordedLog log = new RecordedLog(UsageRecorder.class)) {
      assertThrows(StoreUnavailableException.class, uses::flush);
      List<String> reports = log.lines().stream().filter(it -> it.contains("not counted")).toList();
      assertEquals(1, reports.size(), reports::toString);
      assertTrue(
          reports
              .get(0)
              .startsWith("WARNING 1 uses were not counted, because 200000 secrets have unwritten"),
          reports::toString);
    }
  }

  @Test
  @Timeout(120)
  void latestOfConcurrentNeedsIsWritten() throws Exception {
    SecretId secret = secret();
    int workers = 8;
    int each = 50_000;
    List<Thread> threads = new ArrayList<>();
    List<List<String>> needed = List.of(List.of(READ), List.of(WRITE), List.of(WRITE, READ));
    for (int t = 0; t < workers; t++) {
      int first = t;
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  uses.scopesNeeded(accepted(secret), needed.get((first + i) % needed.size()));
                  now.incrementAndGet();
                }
              });
      thread.start();
      threads.add(thread);
    }
    while (threads.stream().anyMatch(Thread::isAlive)) {
      uses.flush();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    need(secret, (long) workers * each, READ);
    uses.flush();
    TokenUsage usage = store.usage(secret);
    assertEquals(NOON.plusMillis((long) workers * each), usage.neededScopes().get(READ));
    Instant write = usage.neededScopes().getOrDefault(WRITE, NOON);
    // Each thread needs the scope in two of its last three calls.
    assertTrue(
        write.isAfter(NOON.plusMillis((long) workers * each - workers * 3L - 1)), "" + write);
    assertEquals(0, usage.accepted().count());
  }
}
