package io.accesstokens.plots;

import io.accesstokens.plots.BarChart.Group;
import io.accesstokens.plots.BarChart.Mark;
import io.accesstokens.plots.ResultTables.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The plots of the README. All numbers are read from the tables of the benchmark results, so that a
 * plot cannot contradict its table.
 */
final class ResultPlots {

  private static final String RATE = "per second";

  private final ResultTables results;

  ResultPlots(String document) {
    this.results = new ResultTables(document);
  }

  /** Returns the images, by file name. */
  Map<String, String> images() {
    return new TreeMap<>(
        Map.of(
            "verification.svg", verification().svg(),
            "revocation.svg", revocation().svg(),
            "changes.svg", changes().svg(),
            "pages.svg", pages().svg()));
  }

  private BarChart verification() {
    Table table = results.table("src/bench/verification", RATE);
    return new BarChart(
        "Verifications, beside a bare servlet and Keycloak",
        "requests per second, more is better",
        Stream.of(
                Map.entry("bare servlet", "bare servlet"),
                Map.entry("verify", "`verify?scope=…`"),
                Map.entry("introspect", "`introspect`, Bearer of a service token"),
                Map.entry("Keycloak, introspect", "Keycloak introspection"))
            .map(row -> new Group(row.getKey(), table.number(row.getValue(), RATE)))
            .toList(),
        List.of(RATE),
        null,
        "src/bench/verification");
  }

  private BarChart revocation() {
    String p50 = "revocation p50, ms";
    Table verifiers = results.table("src/bench/verifiers", p50);
    Table writes = results.table("src/bench/writes", RATE);
    List<Group> groups = new ArrayList<>();
    for (String database : List.of("MariaDB", "PostgreSQL")) {
      String row = database + " | revoke | HTTP | 256";
      groups.add(
          new Group(
              database + ", 256 clients",
              writes.number(row, "p50, ms"),
              writes.number(row, "p99, ms")));
    }
    for (List<String> row : verifiers.rows()) {
      groups.add(
          new Group(
              row.get(0) + " remote verifiers",
              verifiers.number(row.get(0), p50),
              verifiers.number(row.get(0), "revocation p99, ms")));
    }
    double lease = verifiers.number(verifiers.rows().get(0).get(0), "lease, ms");
    return new BarChart(
        "Time until a revocation is final for all replicas and verifiers",
        "ms from the request to the response, less is better",
        groups,
        List.of("p50", "p99"),
        new Mark(lease, String.format(Locale.ROOT, "lease, %.0f ms", lease)),
        "src/bench/writes, src/bench/verifiers");
  }

  private BarChart changes() {
    Table table = results.table("src/bench/writes", RATE);
    List<Group> groups =
        Stream.of("H2", "MariaDB", "PostgreSQL")
            .map(
                database ->
                    new Group(
                        database,
                        table.number(database + " | create | JDBC | 16", RATE),
                        table.number(database + " | create | HTTP | 16", RATE)))
            .toList();
    return new BarChart(
        "Tokens created by 16 clients, beside a loop with the same statements",
        "tokens created per second, more is better",
        groups,
        List.of("JDBC loop", "over HTTP"),
        null,
        "src/bench/writes");
  }

  private BarChart pages() {
    String few = "few, ms";
    Table table = results.table("src/bench/scale", few);
    return new BarChart(
        "Time of a request on MariaDB with ten thousand and with 300,000 tokens",
        "ms, median, less is better",
        Stream.of(
                "list",
                "list status=active",
                "list status=expiring",
                "list groupEntityRef=platform",
                "audit",
                "audit of the busiest token")
            .map(
                row ->
                    new Group(
                        row,
                        table.number(row + " | alice", few),
                        table.number(row + " | alice", "many, ms")))
            .toList(),
        List.of("10,000 tokens", "300,000 tokens"),
        null,
        "src/bench/scale");
  }
}
