package io.accesstokens.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Judges everything that is observed of one token. Safe for use by many threads.
 *
 * <p>Observations may arrive in any order. An acceptance is judged against the responses that are
 * known, and again when another response becomes known later. A rejection is judged once: the
 * caller reports a revocation here before it writes the request, so no rejection can be observed
 * earlier.
 */
final class TrackedToken {

  private final String id;
  private final String rawToken;

  private boolean revokeSent;
  private long revokeSentAt;
  private boolean revoked;
  private long revokedAt;
  private @Nullable Check latestAcceptance;
  private boolean condemned;

  TrackedToken(String id, String rawToken) {
    this.id = id;
    this.rawToken = rawToken;
  }

  String id() {
    return id;
  }

  String rawToken() {
    return rawToken;
  }

  /**
   * Records that the token is about to be revoked. The caller must call this before it writes the
   * request.
   */
  synchronized void revokeSent(long at) {
    if (!revokeSent) {
      revokeSent = true;
      revokeSentAt = at;
    }
  }

  /**
   * Records that the response to a revocation, 204 or 409, has arrived completely.
   *
   * @return the violations that this shows
   */
  synchronized List<InvariantViolation> revokeAnswered(long at) {
    if (!revoked || at - revokedAt < 0) {
      revoked = true;
      revokedAt = at;
    }
    Check acceptance = latestAcceptance;
    return acceptance != null && !condemned ? acceptanceAfterAnswer(acceptance) : List.of();
  }

  /**
   * Records a check.
   *
   * @return the violations that this shows
   */
  synchronized List<InvariantViolation> checked(Check check) {
    return switch (check.verdict()) {
      case ACCEPTED -> accepted(check);
      case REFUSED -> refused(check);
      case UNAVAILABLE, UNREACHABLE -> notAnswered(check);
      case UNEXPECTED -> List.of(violation(InvariantViolation.Kind.UNEXPECTED_ANSWER, check, ""));
    };
  }

  private List<InvariantViolation> accepted(Check check) {
    Check latest = latestAcceptance;
    if (latest == null || check.beganAt() - latest.beganAt() > 0) {
      latestAcceptance = check;
    }
    return acceptanceAfterAnswer(check);
  }

  private List<InvariantViolation> acceptanceAfterAnswer(Check check) {
    List<InvariantViolation> found = new ArrayList<>();
    if (revoked && check.beganAt() - revokedAt > 0) {
      condemned = true;
      String late = "began %s after the answer".formatted(millis(check.beganAt() - revokedAt));
      found.add(violation(InvariantViolation.Kind.ACCEPTED_AFTER_THE_ANSWER, check, late));
    }
    return found;
  }

  private List<InvariantViolation> refused(Check check) {
    boolean valid = !revokeSent || check.endedAt() - revokeSentAt < 0;
    return valid
        ? List.of(
            violation(InvariantViolation.Kind.VALID_REFUSED, check, "no revocation was requested"))
        : List.of();
  }

  private List<InvariantViolation> notAnswered(Check check) {
    return check.undisturbed()
        ? List.of(violation(InvariantViolation.Kind.UNDISTURBED_AND_UNAVAILABLE, check, ""))
        : List.of();
  }

  private InvariantViolation violation(InvariantViolation.Kind kind, Check check, String detail) {
    return new InvariantViolation(
        kind,
        "token %s at %s: status %d after %s%s %s"
            .formatted(
                id,
                check.verifier(),
                check.status(),
                millis(check.endedAt() - check.beganAt()),
                check.undisturbed() ? "" : ", while disturbed",
                detail));
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
  }

  /** Returns a text without the secret. */
  @Override
  public String toString() {
    return id;
  }
}
