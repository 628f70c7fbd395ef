package io.accesstokens.faults;

import io.accesstokens.testing.Secrets;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Searches the logs of replicas for entries that are not allowed. */
final class ReplicaLogs {

  /**
   * Matches the first line of an entry, which begins with the time; an audit event is a line of
   * JSON.
   */
  private static final Pattern ENTRY = Pattern.compile("^(\\d{4}-\\d\\d-\\d\\dT|\\{)");

  private static final Pattern ERROR =
      Pattern.compile("^\\d\\S* (ERROR|SEVERE|FATAL)\\b|^Exception in thread");

  private static final Pattern TRACE = Pattern.compile("^\\s+at |^Caused by: ");

  /**
   * Matches errors that the faults explain: the pool logs a stack trace when a connection breaks.
   */
  private static final Pattern EXPLAINED =
      Pattern.compile(
          "WARNING com\\.zaxxer\\.hikari\\.pool\\.ProxyConnection: .*SQLSTATE\\((08\\d{3}|57P0\\d)\\)");

  /** Matches errors that an outage of the database for all replicas explains. */
  private static final Pattern OUTAGE =
      Pattern.compile("FeedFollower: the database server is a standby");

  private ReplicaLogs() {}

  /**
   * Searches all logs, line by line.
   *
   * @param rawTokens all raw tokens of the run
   * @param outages true if the database was not available at times
   */
  static void search(
      List<ReplicaProcess> replicas, Set<String> rawTokens, boolean outages, Findings findings)
      throws IOException {
    Secrets secrets = Secrets.of(rawTokens);
    for (ReplicaProcess replica : replicas) {
      for (Path log : replica.logs()) {
        search(replica.name(), log, secrets, outages, findings);
      }
    }
  }

  /** Searches one log; an error with its stack trace counts once. */
  static void search(String name, Path log, Secrets secrets, boolean outages, Findings findings)
      throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.UTF_8)) {
      String entry = "";
      boolean reported = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (ENTRY.matcher(line).find()) {
          entry = line;
          reported = false;
        }
        if (secrets.findIn(line).isPresent()) {
          findings.violated(
              new InvariantViolation(
                  InvariantViolation.Kind.SECRET_IN_LOG, "of " + name + ": " + log));
        }
        boolean trouble =
            (ERROR.matcher(line).find() && !(outages && OUTAGE.matcher(line).find()))
                || (TRACE.matcher(line).find() && !EXPLAINED.matcher(entry).find());
        if (trouble && !reported) {
          reported = true;
          findings.violated(
              new InvariantViolation(
                  InvariantViolation.Kind.UNEXPLAINED_LOG, "of " + name + ": " + entry + line));
        }
      }
    }
  }
}
