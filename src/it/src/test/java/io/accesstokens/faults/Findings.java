package io.accesstokens.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The findings of a run so far, in bounded memory. Safe for use by many threads. */
final class Findings {

  /** Number of violations that are kept as text; all are counted. */
  private static final int DESCRIBED = 20;

  private final Counters<Verdict> undisturbed = new Counters<>();
  private final Counters<Verdict> disturbed = new Counters<>();
  private final Counters<InvariantViolation.Kind> violations = new Counters<>();
  private final Counters<Fault> faults = new Counters<>();
  private final Map<Fault, Long> longestRecoveries = new ConcurrentHashMap<>();
  private final List<String> descriptions = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> rawTokens = ConcurrentHashMap.newKeySet();
  private final Latencies revocations = new Latencies();
  private final Map<Fault, Interruptions> interruptions = new ConcurrentHashMap<>();
  private final Ledger ledger = new Ledger();
  private final LogFindings log = new LogFindings();
  private final LongAdder created = new LongAdder();
  private final LongAdder revoked = new LongAdder();
  private final LongAdder answers204 = new LongAdder();
  private final LongAdder answers409 = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder rotated = new LongAdder();
  private final LongAdder repeatedRotations = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final LongAdder skipped = new LongAdder();

  /** Records a check of a token. */
  void checked(TrackedToken token, Check check) {
    (check.undisturbed() ? undisturbed : disturbed).add(check.verdict());
    token.checked(check).forEach(this::violated);
  }

  /** Records a created token. */
  void created(TrackedToken token) {
    created.increment();
    ledger.created(token.id());
    handedOut(token.rawToken());
  }

  /** Records a raw token that must not appear in any log. */
  void handedOut(String rawToken) {
    rawTokens.add(rawToken);
  }

  /**
   * Returns all raw tokens of the run. Only this set grows with a run, by about 50 bytes for each
   * token.
   */
  Set<String> rawTokens() {
    return Set.copyOf(rawTokens);
  }

  /** Records that a token is finally revoked: the first such response to any caller. */
  void revoked() {
    revoked.increment();
  }

  /**
   * Records an attempt to revoke a token. The latency counts if the attempt succeeded at an
   * undisturbed service.
   */
  void attempted(
      TrackedToken token, TokenServiceClient service, TokenServiceClient.Attempt attempt) {
    if (attempt.isFinal()) {
      ledger.revoked(token.id());
      (attempt.status() == 204 ? answers204 : answers409).increment();
      token.revokeAnswered(attempt.endedAt()).forEach(this::violated);
      if (attempt.status() == 204 && attempt.undisturbed()) {
        revocations.add(attempt.endedAt() - attempt.beganAt());
      }
    } else if (attempt.isOpen()) {
      repeated.increment();
    } else {
      violated(
          new InvariantViolation(
              InvariantViolation.Kind.UNEXPECTED_ANSWER,
              "revoking %s at %s: status %d".formatted(token, service.name(), attempt.status())));
    }
  }

  /** Records an attempt to rotate a token. */
  void attempted(
      TrackedToken token, TokenServiceClient service, TokenServiceClient.Rotation rotation) {
    if (rotation.rotated().isPresent()) {
      rotated.increment();
      ledger.rotated(token.id());
      handedOut(rotation.rotated().get().rawToken());
    } else if (rotation.isOpen()) {
      repeatedRotations.increment();
    } else {
      violated(
          new InvariantViolation(
              InvariantViolation.Kind.UNEXPECTED_ANSWER,
              "rotating %s at %s: status %d".formatted(token, service.name(), rotation.status())));
    }
  }

  /** Records an attempt to end the previous secret of a token. */
  void attemptedEnd(
      TrackedToken former, TokenServiceClient service, TokenServiceClient.Attempt attempt) {
    if (attempt.isFinal()) {
      ended(former, attempt.endedAt());
    } else if (!attempt.isOpen()) {
      violated(
          new InvariantViolation(
              InvariantViolation.Kind.UNEXPECTED_ANSWER,
              "ending a secret of %s at %s: status %d"
                  .formatted(former, service.name(), attempt.status())));
    }
  }

  /**
   * Records that a secret has finally ended.
   *
   * @param at the time after the response was read
   */
  void ended(TrackedToken former, long at) {
    ended.increment();
    former.revokeAnswered(at).forEach(this::violated);
  }

  /** Returns the number of secrets that have finally ended. */
  long endedSecrets() {
    return ended.sum();
  }

  /** Returns the number of rotations whose response arrived. */
  long rotations() {
    return rotated.sum();
  }

  /** Returns how many attempts to rotate ended without a known outcome. */
  long openRotations() {
    return repeatedRotations.sum();
  }

  /** Records checks that were skipped because too many were waiting for a response already. */
  void skipped(int checks) {
    skipped.add(checks);
  }

  /** Returns the findings about the transparency log. */
  LogFindings log() {
    return log;
  }

  /** Returns the changes that were answered. */
  Ledger ledger() {
    return ledger;
  }

  /** Returns how long the service was interrupted by faults of this kind. */
  Interruptions interruptions(Fault fault) {
    return interruptions.computeIfAbsent(fault, first -> new Interruptions());
  }

  /**
   * Records the time, in nanoseconds, from the end of a fault until the replica responded again.
   */
  void recovered(Fault fault, long nanos) {
    faults.add(fault);
    longestRecoveries.merge(fault, nanos, Math::max);
  }

  /** Returns how often a fault occurred. */
  long faults(Fault fault) {
    return faults.of(fault);
  }

  /**
   * Returns the longest time, in nanoseconds, from the end of such a fault until the replica
   * responded again.
   */
  long longestRecovery(Fault fault) {
    return longestRecoveries.getOrDefault(fault, 0L);
  }

  /** Records a broken promise. */
  void violated(InvariantViolation violation) {
    violations.add(violation.kind());
    if (descriptions.size() < DESCRIBED) {
      descriptions.add(violation.kind() + ": " + violation.description());
    }
  }

  public long violations(InvariantViolation.Kind kind) {
    return violations.of(kind);
  }

  /**
   * Returns the number of broken promises of each kind; kinds that were never broken are absent.
   */
  public Map<InvariantViolation.Kind, Long> violations() {
    Map<InvariantViolation.Kind, Long> found = new EnumMap<>(InvariantViolation.Kind.class);
    for (InvariantViolation.Kind kind : InvariantViolation.Kind.values()) {
      if (violations(kind) > 0) {
        found.put(kind, violations(kind));
      }
    }
    return found;
  }

  /** Returns the descriptions of the first violations. */
  List<String> descriptions() {
    return List.copyOf(descriptions);
  }

  /** Returns how many checks of undisturbed verifiers, or of disturbed ones, had this outcome. */
  long checks(Verdict verdict, boolean whileDisturbed) {
    return (whileDisturbed ? disturbed : undisturbed).of(verdict);
  }

  /** Returns how many checks had this outcome. */
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

  /** Returns how many revocations got the response 204. */
  long answers204() {
    return answers204.sum();
  }

  /** Returns how many revocations got the response 409, because another one came first. */
  long answers409() {
    return answers409.sum();
  }

  /** Returns how many attempts to revoke ended without a known outcome. */
  long openAttempts() {
    return repeated.sum();
  }

  long skippedChecks() {
    return skipped.sum();
  }

  /** Returns the latencies of revocations with response 204 at undisturbed services. */
  Latencies revocations() {
    return revocations;
  }
}
