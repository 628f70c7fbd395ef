package io.accesstokens.fuzz;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The result of fuzzing one target.
 *
 * @param executionsAtStart how often the target was called with the inputs of the repository
 * @param executions how often the target was called in all
 * @param edgesAtStart the number of control-flow edges that the inputs of the repository reach
 * @param edges the number of edges that were reached in the end
 * @param failure the first lines of the fuzzer's report; empty if it found nothing
 * @param base64 the input that failed; empty if there is none
 */
record FuzzOutcome(
    FuzzTarget target,
    long executionsAtStart,
    long executions,
    int edgesAtStart,
    int edges,
    Optional<String> failure,
    Optional<String> base64) {

  private static final Pattern STATUS = Pattern.compile("^#(\\d+)\\s+\\w+\\s+cov: (\\d+) ");
  private static final Pattern DONE = Pattern.compile("^Done (\\d+) runs ");
  private static final int LINES_OF_FAILURE = 12;
  private static final int LINES_OF_LOG = 30;

  /** Reads the log of a process that has ended. */
  static FuzzOutcome of(FuzzTarget target, int exit, String log) {
    List<String> lines = log.lines().toList();
    long executionsAtStart = 0;
    long executions = 0;
    int first = 0;
    int last = 0;
    for (String line : lines) {
      Matcher status = STATUS.matcher(line);
      if (status.find()) {
        executions = Long.parseLong(status.group(1));
        last = Integer.parseInt(status.group(2));
        if (first == 0 || line.contains("INITED")) {
          executionsAtStart = executions;
          first = last;
        }
      }
      Matcher done = DONE.matcher(line);
      if (done.find()) {
        executions = Long.parseLong(done.group(1));
      }
    }
    return new FuzzOutcome(
        target,
        executionsAtStart,
        executions,
        first,
        last,
        exit == 0 ? Optional.empty() : Optional.of(failure(exit, lines)),
        lines.stream()
            .filter(line -> line.startsWith("Base64: "))
            .map(line -> line.substring("Base64: ".length()))
            .findFirst());
  }

  /** Returns true if most inputs were new. */
  boolean isFuzzed() {
    return executions > 2 * executionsAtStart && edges > 0;
  }

  /** Returns true if one input took too long. */
  boolean isTimeout() {
    return failure.filter(report -> report.contains("libFuzzer: timeout")).isPresent();
  }

  private static String failure(int exit, List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("== Java ") || lines.get(i).contains("ERROR: libFuzzer")) {
        int end = Math.min(lines.size(), i + LINES_OF_FAILURE);
        return String.join("\n", lines.subList(i, end));
      }
    }
    int start = Math.max(0, lines.size() - LINES_OF_LOG);
    return "exit code " + exit + "\n" + String.join("\n", lines.subList(start, lines.size()));
  }
}
