package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerdictCacheTest {

  private static final int MAXIMUM = 100;
  private static final TokenFacts FACTS = SlowStore.facts();

  private final VerdictCache cache = new VerdictCache(MAXIMUM);

  private static TokenDigest digest(int number) {
    // The first bytes are the hash code, which must be distributed as in a real digest.
    return TokenDigest.of(
        ByteBuffer.allocate(TokenDigest.LENGTH).putInt(number * 0x9E3779B9).putInt(number).array());
  }

  private static CachedToken token() {
    return new CachedToken(FACTS, Long.MAX_VALUE);
  }

  private static CachedToken tokenWithScopes(int scopes) {
    Verification.Accepted usual = SlowStore.facts().accepted();
    return new CachedToken(
        new TokenFacts(
            new Verification.Accepted(
                usual.tokenId(),
                usual.subject(),
                usual.owner(),
                IntStream.range(0, scopes).mapToObj(i -> "scope:" + i).toList(),
                usual.expiresAt()),
            false),
        Long.MAX_VALUE);
  }

  private CachedToken put(int number) {
    return put(number, token());
  }

  private CachedToken put(int number, CachedToken token) {
    VerdictCache.Reservation mine = new VerdictCache.Reservation();
    assertNull(cache.reserve(digest(number), mine));
    cache.complete(digest(number), mine, token);
    return token;
  }

  private boolean has(int number) {
    return cache.loaded(digest(number)) != null;
  }

  private void use(int number) {
    CachedToken token = cache.loaded(digest(number));
    assertNotNull(token);
    token.verdictAt(0);
  }

  @Test
  void tokensWithManyScopesNeedMoreOfTheCache() {
    for (int i = 0; i < MAXIMUM; i++) {
      put(i, tokenWithScopes(1_900));
    }
    assertEquals(MAXIMUM / 20, cache.size());
    for (int i = 0; i < MAXIMUM; i++) {
      cache.evict(digest(i));
    }
    for (int i = 0; i < MAXIMUM; i++) {
      put(i);
    }
    assertEquals(MAXIMUM, cache.size());
  }

  @Test
  void tokenWithMoreScopesThanTheCacheHoldsIsCached() {
    put(1, tokenWithScopes(100 * MAXIMUM));
    assertTrue(has(1));
    put(2);
    assertEquals(1, cache.size());
  }

  @Test
  void reservationHasNoFactsUntilItIsCompleted() {
    VerdictCache.Reservation mine = new VerdictCache.Reservation();
    assertNull(cache.reserve(digest(1), mine));
    assertNull(cache.loaded(digest(1)));
    assertEquals(0, cache.size());
    assertSame(mine, cache.reserve(digest(1), new VerdictCache.Reservation()));
    CachedToken token = token();
    cache.complete(digest(1), mine, token);
    assertSame(token, cache.loaded(digest(1)));
    assertSame(token, cache.reserve(digest(1), new VerdictCache.Reservation()));
    assertEquals(1, cache.size());
  }

  @Test
  void factsLoadedBeforeAnEvictionAreNotCached() {
    VerdictCache.Reservation mine = new VerdictCache.Reservation();
    assertNull(cache.reserve(digest(1), mine));
    cache.evict(digest(1));
    VerdictCache.Reservation later = new VerdictCache.Reservation();
    assertNull(cache.reserve(digest(1), later));
    cache.complete(digest(1), mine, token());
    assertNull(cache.loaded(digest(1)));
    CachedToken newer = token();
    cache.complete(digest(1), later, newer);
    assertSame(newer, cache.loaded(digest(1)));
    assertEquals(1, cache.size());
  }

  @Test
  void removedEntriesAreNotCounted() {
    put(1);
    CachedToken second = put(2);
    cache.evict(digest(1));
    cache.evict(digest(1));
    assertEquals(1, cache.size());
    assertTrue(cache.release(digest(2), second));
    assertFalse(cache.release(digest(2), second));
    assertEquals(0, cache.size());
  }

  @Test
  void fullCacheKeepsFactsThatAreUsed() {
    int next = 0;
    while (next < MAXIMUM * 2) {
      put(next++);
    }
    int[] inUse = IntStream.range(0, next).filter(this::has).limit(5).toArray();
    while (next < MAXIMUM * 20) {
      Arrays.stream(inUse).forEach(this::use);
      put(next++);
      assertEquals(MAXIMUM, cache.size());
    }
    assertEquals(MAXIMUM, IntStream.range(0, next).filter(this::has).count());
    assertTrue(Arrays.stream(inUse).allMatch(this::has), "facts in use were removed");
  }

  /** The cache must forget old uses. Otherwise, it would keep the facts that were used once. */
  @Test
  void factsThatAreNoLongerUsedAreRemoved() {
    for (int i = 0; i < MAXIMUM; i++) {
      put(i);
      use(i);
    }
    for (int i = MAXIMUM; i < MAXIMUM * 11; i++) {
      put(i);
      assertTrue(has(i), "new facts were removed");
      assertEquals(MAXIMUM, cache.size());
    }
    assertTrue(IntStream.range(0, MAXIMUM).noneMatch(this::has), "old facts are still cached");
  }

  /** Otherwise, one load could visit each entry of a large cache. */
  @Test
  void removalSkipsFewFacts() {
    List<CachedToken> tokens = new ArrayList<>();
    for (int i = 0; i < MAXIMUM; i++) {
      tokens.add(put(i));
    }
    put(MAXIMUM);
    long cleared = tokens.stream().filter(token -> !token.clearUsed()).count();
    assertEquals(17, cleared, "16 skipped facts, and the removed facts");
  }

  @Test
  void reservationsRemoveNoFacts() {
    for (int i = 0; i < MAXIMUM; i++) {
      put(i);
    }
    for (int i = MAXIMUM; i < MAXIMUM * 3; i++) {
      VerdictCache.Reservation mine = new VerdictCache.Reservation();
      assertNull(cache.reserve(digest(i), mine));
      if (i % 2 == 0) {
        cache.releaseAsUnknown(digest(i), mine, Long.MAX_VALUE);
      }
    }
    assertTrue(IntStream.range(0, MAXIMUM).allMatch(this::has), "facts were removed");
  }

  @Test
  void concurrentChangesKeepTheBound() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int first = thread;
        all.add(threads.submit(() -> change(first)));
      }
      for (Future<?> each : all) {
        each.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(IntStream.range(0, MAXIMUM * 3).filter(this::has).count(), cache.size());
    assertTrue(cache.size() <= MAXIMUM, () -> cache.size() + " entries");
  }

  private void change(int first) {
    for (int i = 0; i < 50_000; i++) {
      TokenDigest digest = digest((first * 71 + i * 7) % (MAXIMUM * 3));
      VerdictCache.Reservation mine = new VerdictCache.Reservation();
      VerdictCache.Entry other = cache.reserve(digest, mine);
      if (other == null && i % 5 == 0) {
        cache.releaseAsUnknown(digest, mine, Long.MIN_VALUE);
      } else if (other == null) {
        cache.complete(digest, mine, token());
      } else if (i % 3 == 0) {
        cache.evict(digest);
      } else if (i % 3 == 1) {
        cache.release(digest, other);
      } else if (other instanceof CachedToken token) {
        token.verdictAt(0);
      }
    }
  }
}
