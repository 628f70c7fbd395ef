package io.accesstokens.plots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that the plots of the README show the numbers of the benchmark results. */
class ResultPlotsTest {

  private static final Path RESULTS = Path.of("src/bench/RESULTS.md");
  private static final Path PLOTS = Path.of("src/docs/plots");

  @Test
  void plotsShowTheNumbersOfTheTables() throws IOException {
    Map<String, String> images = new ResultPlots(Files.readString(RESULTS)).images();
    if (Boolean.getBoolean("plots.draw")) {
      Files.createDirectories(PLOTS);
      for (Map.Entry<String, String> image : images.entrySet()) {
        Files.writeString(PLOTS.resolve(image.getKey()), image.getValue());
      }
    }
    try (Stream<Path> files = Files.list(PLOTS)) {
      assertEquals(
          images.keySet(),
          files
              .map(file -> file.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new)));
    }
    for (Map.Entry<String, String> image : images.entrySet()) {
      assertEquals(
          image.getValue(),
          Files.readString(PLOTS.resolve(image.getKey())),
          image.getKey() + " differs from the tables: draw it with -Dplots.draw=true");
    }
  }

  @Test
  void readmeShowsEachPlotWithAnAlternativeText() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    for (String name : new ResultPlots(Files.readString(RESULTS)).images().keySet()) {
      assertTrue(
          readme.matches("(?s).*!\\[[^\\]]{20,}\\]\\(src/docs/plots/" + name + "\\).*"), name);
    }
  }

  @Test
  void otherNumberGivesAnotherPlot() throws IOException {
    String results = Files.readString(RESULTS);
    String changed = results.replaceFirst("(\\| Keycloak introspection \\| )\\d+", "$13210");
    Map<String, String> images = new ResultPlots(changed).images();
    String plot = images.getOrDefault("verification.svg", "");
    assertTrue(plot.contains(">3,210</text>"), plot);
    assertEquals(
        images.get("revocation.svg"), new ResultPlots(results).images().get("revocation.svg"));
  }

  @Test
  void numbersAreFoundByTheirHeadings() {
    ResultTables tables =
        new ResultTables(
            """
            # Results
            ## Writes: `src/bench/writes`
            | other | p50 |
            |---|---:|
            | a | 1 |

            Text.
            | database | by | rate |
            |---|---|---:|
            | H2 | JDBC | **1,234.5** |
            | H2 | HTTP | - |
            ## Another
            | database | by | rate |
            |---|---|---:|
            | H2 | JDBC | 7 |
            """);
    ResultTables.Table table = tables.table("src/bench/writes", "rate");
    assertEquals(1234.5, table.number("H2 | JDBC", "rate"));
    assertEquals(List.of("database", "by", "rate"), table.heading());
    // Two rows, no number, no such row, column, table or section.
    assertThrows(IllegalStateException.class, () -> table.number("H2", "rate"));
    assertThrows(IllegalStateException.class, () -> table.number("H2 | HTTP", "rate"));
    assertThrows(IllegalStateException.class, () -> table.number("H3 | HTTP", "rate"));
    assertThrows(IllegalStateException.class, () -> table.number("H2 | JDBC", "p50"));
    assertThrows(IllegalStateException.class, () -> tables.table("src/bench/writes", "p99"));
    assertThrows(IllegalStateException.class, () -> tables.table("src/bench/none", "rate"));
  }
}
