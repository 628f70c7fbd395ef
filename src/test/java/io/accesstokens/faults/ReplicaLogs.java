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

/** Reads the logs of replicas for what must not be there. */
final class ReplicaLogs {

  /** What is an error, or the inside of one. */
  private static final Pattern TROUBLE =
      Pattern.compile("\\b(ERROR|SEVERE|FATAL)\\b|^\\s+at |^Caused by: |^Exception in thread");

  private ReplicaLogs() {}

  /**
   * Searches all logs, line by line.
   *
   * @param rawTokens that were handed out in the run
   */
  static void search(List<Replica> replicas, Set<String> rawTokens, Findings findings)
      throws IOException {
    Secrets secrets = Secrets.of(rawTokens);
    for (Replica replica : replicas) {
      for (Path log : replica.logs()) {
        search(replica.name(), log, secrets, findings);
      }
    }
  }

  private static void search(String name, Path log, Secrets secrets, Findings findings)
      throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (secrets.findIn(line).isPresent()) {
          findings.violated(new Violation(Violation.Kind.SECRET_IN_LOG, "of " + name + ": " + log));
        }
        if (TROUBLE.matcher(line).find()) {
          findings.violated(
              new Violation(Violation.Kind.UNEXPLAINED_LOG, "of " + name + ": " + line));
        }
      }
    }
  }
}
