package io.accesstokens.testing.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts the responses of each operation by status, and collects findings. Thread-safe. */
final class Tally {

  /** Maximum number of examples for each kind of finding. */
  private static final int EXAMPLES = 6;

  private final Map<String, Map<Integer, Integer>> statuses = new TreeMap<>();
  private final Map<String, List<String>> findings = new TreeMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  synchronized void answered(FuzzedRequest request, int status) {
    boolean declared = request.isDeclared() && !request.isHead();
    String name = declared ? request.operation().name() : "HEAD and methods that are not declared";
    statuses.computeIfAbsent(name, key -> new TreeMap<>()).merge(status, 1, Integer::sum);
  }

  /** Adds a finding. Counts findings of the same kind together. */
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

  /** Returns all findings with examples, or an empty string if there are no findings. */
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

  /** Returns one line for each operation, with the number of responses by status. */
  synchronized String table() {
    return statuses.entrySet().stream()
        .map(entry -> String.format("%-60s %s", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining("\n"));
  }
}
