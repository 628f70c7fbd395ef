package io.accesstokens.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a run has seen so far, in bounded memory. Safe for use by many threads. */
final class Findings {

  /** Enough to understand what is wrong; all are counted. */
  private static final int DESCRIBED = 20;

  private final Counters<Verdict> undisturbed = new Counters<>();
  private final Counters<Verdict> disturbed = new Counters<>();
  private final Counters<Violation.Kind> violations = new Counters<>();
  private final Counters<Fault> faults = new Counters<>();
  private final Map<Fault, Long> longestRecoveries = new ConcurrentHashMap<>();
  private final List<String> descriptions = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> rawTokens = ConcurrentHashMap.newKeySet();
  private final Latencies revocations = new Latencies();
  private final LongAdder created = new LongAdder();
  private final LongAdder revoked = new LongAdder();
  private final LongAdder answers204 = new LongAdder();
  private final LongAdder answers409 = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder skipped = new LongAdder();

  /** A token was asked about. */
  void checked(TrackedToken token, Check check) {
    (check.undisturbed() ? undisturbed : disturbed).add(check.verdict());
    token.checked(check).forEach(this::violated);
  }

  /** A token was made. */
  void created(TrackedToken token) {
    created.increment();
    handedOut(token.rawToken());
  }

  /** A raw token was handed out, which must not be seen in any log. */
  void handedOut(String rawToken) {
    rawTokens.add(rawToken);
  }

  /** All that were handed out; some fifty bytes for each are all that grows with a run. */
  Set<String> rawTokens() {
    return Set.copyOf(rawTokens);
  }

  /** A token was revoked for good: the first such answer to anybody. */
  void revoked() {
    revoked.increment();
  }

  /**
   * An attempt to revoke ended; its latency counts if it did the work at an undisturbed service.
   */
  void attempted(TrackedToken token, TokenService service, TokenService.Attempt attempt) {
    if (attempt.isFinal()) {
      (attempt.status() == 204 ? answers204 : answers409).increment();
      token.revokeAnswered(attempt.endedAt()).forEach(this::violated);
      if (attempt.status() == 204 && attempt.undisturbed()) {
        revocations.add(attempt.endedAt() - attempt.beganAt());
      }
    } else if (attempt.isOpen()) {
      repeated.increment();
    } else {
      violated(
          new Violation(
              Violation.Kind.UNEXPECTED_ANSWER,
              "revoking %s at %s: status %d".formatted(token, service.name(), attempt.status())));
    }
  }

  /** Checks that could not be made, because too many waited for an answer already. */
  void skipped(int checks) {
    skipped.add(checks);
  }

  /** A fault was over, and its replica answered again so many nanoseconds later. */
  void recovered(Fault fault, long nanos) {
    faults.add(fault);
    longestRecoveries.merge(fault, nanos, Math::max);
  }

  /** How often a fault was on. */
  long faults(Fault fault) {
    return faults.of(fault);
  }

  /** The longest that a replica took to answer again after the end of such a fault, in ns. */
  long longestRecovery(Fault fault) {
    return longestRecoveries.getOrDefault(fault, 0L);
  }

  /** A promise was broken. */
  void violated(Violation violation) {
    violations.add(violation.kind());
    if (descriptions.size() < DESCRIBED) {
      descriptions.add(violation.kind() + ": " + violation.description());
    }
  }

  long violations(Violation.Kind kind) {
    return violations.of(kind);
  }

  /** The number of broken promises of each kind, without those that were never broken. */
  Map<Violation.Kind, Long> violations() {
    Map<Violation.Kind, Long> found = new EnumMap<>(Violation.Kind.class);
    for (Violation.Kind kind : Violation.Kind.values()) {
      if (violations(kind) > 0) {
        found.put(kind, violations(kind));
      }
    }
    return found;
  }

  /** The first violations, in words. */
  List<String> descriptions() {
    return List.copyOf(descriptions);
  }

  /** How many checks of undisturbed verifiers, or of disturbed ones, had this outcome. */
  long checks(Verdict verdict, boolean whileDisturbed) {
    return (whileDisturbed ? disturbed : undisturbed).of(verdict);
  }

  /** How many checks had this outcome. */
  long checks(Verdict verdict) {
    return checks(verdict, false) + checks(verdict, true);
  }

  long checks() {
    return undisturbed.all() + disturbed.all();
  }

  long createdTokens() {
    return created.sum();
  }

  long revokedTokens() {
    return revoked.sum();
  }

  /** How many revocations were answered by 204. */
  long answers204() {
    return answers204.sum();
  }

  /** How many revocations were answered by 409: somebody else's had been there. */
  long answers409() {
    return answers409.sum();
  }

  /** How many attempts to revoke ended without a known outcome. */
  long openAttempts() {
    return repeated.sum();
  }

  long skippedChecks() {
    return skipped.sum();
  }

  /** How long revocations took that were answered by 204 at undisturbed services. */
  Latencies revocations() {
    return revocations;
  }
}
