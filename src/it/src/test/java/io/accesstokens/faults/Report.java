package io.accesstokens.faults;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Formats a run as one Markdown table. */
final class Report {

  private Report() {}

  static String of(
      Findings findings, List<? extends Fault> faults, RunSettings settings, long tookNanos) {
    StringBuilder text = new StringBuilder();
    row(text, settings.database() + ", seed " + settings.seed(), "seen");
    text.append("|---|---:|\n");
    row(text, "time, s", seconds(tookNanos));
    row(text, "tokens created", findings.createdTokens());
    row(text, "tokens revoked", findings.revokedTokens());
    row(
        text,
        "responses to revocations: 204, 409, none or 503",
        findings.answers204() + ", " + findings.answers409() + ", " + findings.openAttempts());
    row(
        text,
        "rotations confirmed, without a response; secrets ended",
        findings.rotations() + ", " + findings.openRotations() + "; " + findings.endedSecrets());
    row(text, "verifications", findings.checks());
    row(text, "accepted, refused", both(findings, Verdict.ACCEPTED, Verdict.REFUSED));
    row(
        text,
        "**accepted, begun after the answer that ended the token or secret**",
        findings.violations(InvariantViolation.Kind.ACCEPTED_AFTER_THE_ANSWER));
    row(
        text,
        "**confirmed changes that are not in the transparency log exactly once**",
        findings.violations(InvariantViolation.Kind.NOT_LOGGED_ONCE));
    LogFindings log = findings.log();
    row(
        text,
        "entries verified; checkpoints verified, **forks and other errors**",
        log.entries()
            + "; "
            + log.checkpoints()
            + ", "
            + findings.violations(InvariantViolation.Kind.WRONG_LOG));
    row(
        text,
        "without a fault, from response to checkpoint (of " + log.undisturbed().count() + "), s",
        distribution(log.undisturbed()));
    row(
        text,
        "while a replica has a fault, the same (of " + log.disturbed().count() + "), s",
        distribution(log.disturbed()));
    row(text, "log complete after the last fault, s", seconds(log.completedAfter()));
    row(
        text,
        "**confirmed changes and audit events lost**",
        findings.violations(InvariantViolation.Kind.LOST_CHANGE));
    row(text, "**valid, refused**", findings.violations(InvariantViolation.Kind.VALID_REFUSED));
    row(
        text,
        "503, no response; at disturbed replicas",
        findings.checks(Verdict.UNAVAILABLE, true)
            + ", "
            + findings.checks(Verdict.UNREACHABLE, true));
    row(
        text,
        "503, no response; at undisturbed replicas",
        findings.checks(Verdict.UNAVAILABLE, false)
            + ", "
            + findings.checks(Verdict.UNREACHABLE, false));
    row(text, "left out, as too many waited already", findings.skippedChecks());
    Latencies latencies = findings.revocations();
    row(
        text,
        "revocation at an undisturbed replica, ms: p50, p99 (of " + latencies.count() + ")",
        latencies.quantile(0.5) + ", " + latencies.quantile(0.99));
    int bound = RunSettings.LEASE_MILLIS + RunSettings.MARGIN_MILLIS;
    row(
        text,
        "its p99 is under the lease plus " + RunSettings.MARGIN_MILLIS + " ms",
        latencies.quantile(0.99) < bound ? "yes" : "no");
    for (Fault fault : faults) {
      row(
          text,
          fault + ": times, longest recovery in s",
          findings.faults(fault) + ", " + seconds(findings.longestRecovery(fault)));
      Interruptions interruptions = findings.interruptions(fault);
      if (interruptions.verifications().count() > 0) {
        row(text, fault + ": no verification, s", distribution(interruptions.verifications()));
        row(text, fault + ": no change, s", distribution(interruptions.changes()));
      }
    }
    for (Map.Entry<InvariantViolation.Kind, Long> violation : findings.violations().entrySet()) {
      row(text, "violations: " + violation.getKey(), violation.getValue());
    }
    return text.toString();
  }

  private static String both(Findings findings, Verdict one, Verdict other) {
    return findings.checks(one) + ", " + findings.checks(other);
  }

  /** Returns the median, the ninth decile and the maximum. */
  private static String distribution(Latencies latencies) {
    return Stream.of(0.5, 0.9, 1.0)
        .map(share -> seconds(latencies.quantile(share) * 1_000_000L))
        .collect(Collectors.joining(", ", "p50, p90, longest: ", ""));
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f", nanos / 1e9);
  }

  private static void row(StringBuilder text, String what, Object value) {
    text.append("| ").append(what).append(" | ").append(value).append(" |\n");
  }
}
