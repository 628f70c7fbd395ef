package io.accesstokens.testing.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts the answers of each operation by status, and keeps findings. Safe for several threads. */
final class Tally {

  /** How many requests of one finding are shown. */
  private static final int EXAMPLES = 6;

  private final Map<String, Map<Integer, Integer>> statuses = new TreeMap<>();
  private final Map<String, List<String>> findings = new TreeMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  synchronized void answered(FuzzedRequest request, int status) {
    boolean declared = request.isDeclared() && !request.isHead();
    String name = declared ? request.operation().name() : "HEAD and methods that are not declared";
    statuses.computeIfAbsent(name, key -> new TreeMap<>()).merge(status, 1, Integer::sum);
  }

  /** Notes a finding; those of one kind are shown together. */
  synchronized void found(String kind, String example) {
    counts.merge(kind, 1, Integer::sum);
    List<String> examples = findings.computeIfAbsent(kind, key -> new ArrayList<>());
    if (examples.size() < EXAMPLES) {
      examples.add(example);
    }
  }

  synchronized boolean saw(Operation operation, int status) {
    return statuses.getOrDefault(operation.name(), Map.of()).containsKey(status);
  }

  /** All findings, with examples; empty if there are none. */
  synchronized String findings() {
    return findings.entrySet().stream()
        .map(
            entry ->
                counts.get(entry.getKey())
                    + " times: "
                    + entry.getKey()
                    + '\n'
                    + String.join("\n", entry.getValue()))
        .collect(Collectors.joining("\n\n"));
  }

  /** A line for each operation: how often it gave each status. */
  synchronized String table() {
    return statuses.entrySet().stream()
        .map(entry -> String.format("%-60s %s", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining("\n"));
  }
}
