package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Tests that tokens which arrive during a slow read are read together in the next one. */
class BatchingTokenLoaderTest extends SlowStore {

  /** Reads many tokens together; a test can block each read. */
  private final class BatchingStore implements TokenLookup {

    final Queue<Set<TokenDigest>> reads = new ConcurrentLinkedQueue<>();
    final Set<TokenDigest> known = ConcurrentHashMap.newKeySet();
    final Set<TokenDigest> unreadable = ConcurrentHashMap.newKeySet();

    /** Tokens whose read is interrupted. */
    final Set<TokenDigest> interrupting = ConcurrentHashMap.newKeySet();

    /** Tokens for which the store is unavailable when they are read alone. */
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
      BatchingTokenLoaderTest.this.find(tokens.iterator().next());
      if (interrupting.remove(tokens.iterator().next().digest())) {
        Thread.currentThread().interrupt();
        throw new VerificationUnavailableException("interrupted");
      }
      if (broken || (digests.size() == 1 && breaking.containsAll(digests))) {
        throw new VerificationUnavailableException("the store is unreachable");
      }
      if (!Collections.disjoint(digests, unreadable)) {
        throw new IllegalStateException("an unreadable row");
      }
      digests.retainAll(known);
      return digests.stream().collect(Collectors.toMap(digest -> digest, digest -> facts()));
    }

    @Override
    public int maxConcurrent() {
      return AT_ONCE;
    }
  }

  @Test
  void queuedTokensAreReadInOneBatch() throws Exception {
    BatchingStore store = new BatchingStore();
    CachedTokenVerifier verifier = verifierOf(store);
    List<RawToken> first = unknown(READS);
    List<Future<Verification>> firstAnswers = new ArrayList<>(flood(verifier, first));
    List<RawToken> tokens = unknown(AT_ONCE);
    RawToken known = tokens.get(AT_ONCE / 2);
    store.known.add(known.digest());
    List<Future<Verification>> answers = flood(verifier, tokens);
    assertThrows(VerificationUnavailableException.class, () -> verifier.verify(unknown()));
    slow.countDown();
    for (Future<Verification> answer : firstAnswers) {
      assertInstanceOf(Verification.Refused.class, answer.get(60, TimeUnit.SECONDS));
    }
    for (int i = 0; i < tokens.size(); i++) {
      Verification verdict = answers.get(i).get(60, TimeUnit.SECONDS);
      assertEquals(tokens.get(i) == known, verdict instanceof Verification.Accepted, "token " + i);
    }
    assertEquals(READS + 1, store.reads.size(), "reads");
    assertEquals(
        tokens.stream().map(RawToken::digest).collect(Collectors.toSet()),
        store.reads.stream().filter(read -> read.size() > 1).findFirst().orElseThrow());
    assertInstanceOf(Verification.Accepted.class, verifier.verify(known));
    assertEquals(READS + 1, store.reads.size(), "the known one was cached");
  }

  @Test
  void failedReadFailsItsBatchOnly() throws Exception {
    BatchingStore store = new BatchingStore();
    CachedTokenVerifier verifier = verifierOf(store);
    store.broken = true;
    List<RawToken> tokens = unknown(READS);
    List<Future<Verification>> answers = new ArrayList<>(flood(verifier, tokens));
    answers.addAll(flood(verifier, unknown(AT_ONCE)));
    slow.countDown();
    for (Future<Verification> answer : answers) {
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> answer.get(60, TimeUnit.SECONDS));
      assertInstanceOf(VerificationUnavailableException.class, failure.getCause());
    }
    store.broken = false;
    for (int i = 0; i < READS * 2; i++) {
      assertInstanceOf(Verification.Refused.class, verifier.verify(unknown()));
    }
  }

  @Test
  void unreadableTokenDoesNotFailItsBatch() throws Exception {
    BatchingStore store = new BatchingStore();
    CachedTokenVerifier verifier = verifierOf(store);
    List<Future<Verification>> first = flood(verifier, unknown(READS));
    List<RawToken> tokens = unknown(AT_ONCE);
    store.unreadable.add(tokens.get(AT_ONCE / 2).digest());
    store.known.add(tokens.get(1).digest());
    List<Future<Verification>> answers = flood(verifier, tokens);
    slow.countDown();
    for (Future<Verification> answer : first) {
      assertInstanceOf(Verification.Refused.class, answer.get(60, TimeUnit.SECONDS));
    }
    int unreadable = 0;
    for (int i = 0; i < AT_ONCE; i++) {
      try {
        Verification verdict = answers.get(i).get(60, TimeUnit.SECONDS);
        assertEquals(i == 1, verdict instanceof Verification.Accepted, "token " + i);
      } catch (ExecutionException e) {
        assertEquals(AT_ONCE / 2, i);
        unreadable++;
      }
    }
    assertEquals(1, unreadable, "unreadable tokens");
  }

  @Test
  void batchOfAnInterruptedCallerIsDispatchedToTheNext() throws Exception {
    BatchingStore store = new BatchingStore();
    CachedTokenVerifier verifier = verifierOf(store);
    List<Future<Verification>> reading = flood(verifier, unknown(READS));
    List<RawToken> tokens = unknown(AT_ONCE);
    store.interrupting.add(tokens.get(0).digest());
    List<Future<Verification>> waiting = new ArrayList<>(flood(verifier, tokens.subList(0, 1)));
    waiting.addAll(flood(verifier, tokens.subList(1, AT_ONCE)));
    slow.countDown();
    for (Future<Verification> each : reading) {
      assertInstanceOf(Verification.Refused.class, each.get(60, TimeUnit.SECONDS));
    }
    ExecutionException stopped =
        assertThrows(ExecutionException.class, () -> waiting.get(0).get(60, TimeUnit.SECONDS));
    assertInstanceOf(VerificationUnavailableException.class, stopped.getCause());
    for (Future<Verification> each : waiting.subList(1, AT_ONCE)) {
      assertInstanceOf(Verification.Refused.class, each.get(60, TimeUnit.SECONDS));
    }
    for (int i = 0; i < READS * 2; i++) {
      assertInstanceOf(Verification.Refused.class, verifier.verify(unknown()));
    }
  }

  @Test
  void outageStopsReadingTokensOneByOne() throws Exception {
    BatchingStore store = new BatchingStore();
    CachedTokenVerifier verifier = verifierOf(store);
    List<Future<Verification>> answers = flood(verifier, unknown(READS));
    List<RawToken> tokens = unknown(AT_ONCE);
    store.unreadable.add(tokens.get(AT_ONCE / 2).digest());
    store.breaking.addAll(tokens.stream().map(RawToken::digest).toList());
    answers.addAll(flood(verifier, tokens));
    slow.countDown();
    for (Future<Verification> answer : answers.subList(READS, answers.size())) {
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> answer.get(60, TimeUnit.SECONDS));
      assertInstanceOf(VerificationUnavailableException.class, failure.getCause());
    }
    assertEquals(READS + 2, store.reads.size(), "those together, and one of them alone");
  }
}
