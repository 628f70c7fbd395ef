package io.accesstokens.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Fuzzes every target. System properties:
 *
 * <ul>
 *   <li>{@code fuzz.seconds} is the time for each target. A target has more time if it only repeats
 *       its inputs of the repository in this time. Without this property, each target has a fixed
 *       number of inputs.
 *   <li>{@code fuzz.processes} is the number of concurrent processes.
 *   <li>{@code fuzz.only} selects the targets whose names contain it.
 *   <li>{@code fuzz.keep} adds inputs that reach new code to the repository.
 * </ul>
 *
 * <p>Each build starts with the same seed and tries the same number of inputs, so that a new
 * finding is due to a change of the code. {@code src/bench/fuzz} starts with another seed each
 * time.
 */
class FuzzIT {

  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 0);
  private static final int PROCESSES = Integer.getInteger("fuzz.processes", 2);
  private static final int MAX_SECONDS = 64;
  private static final boolean KEEP = Boolean.getBoolean("fuzz.keep");
  private static final String ONLY = System.getProperty("fuzz.only", "");

  /** Maximum time for a fixed number of inputs, which takes a few seconds without other load. */
  private static final int MAX_SECONDS_OF_RUNS = 600;

  /** Number of inputs of a target in a build, including those of the repository. */
  private static final int RUNS = 5_000;

  /** Targets that read files or start databases. They try few new inputs. */
  private static final Set<String> SLOW =
      Set.of(
          "app.settings.SettingsFuzzTest.files",
          "app.settings.SettingsFuzzTest.values",
          "backstage.ImportSourceFuzzTest.rows");

  private static final Path ROOT = Path.of("").toAbsolutePath();
  private static final Path WORK = ROOT.resolve("target/fuzz");

  private record Result(FuzzOutcome outcome, int newInputs) {}

  @Test
  void parsersWithstandRandomInput() throws Exception {
    List<FuzzTarget> targets =
        FuzzTarget.all().stream().filter(target -> target.toString().contains(ONLY)).toList();
    assertFalse(targets.isEmpty(), "no target has a name with " + ONLY);
    deleteRecursively(WORK);
    List<Result> results = fuzz(targets);
    String report = report(results);
    Files.createDirectories(WORK);
    Files.writeString(WORK.resolve("report.md"), report);
    List<String> findings =
        results.stream()
            .map(Result::outcome)
            .filter(outcome -> outcome.failure().isPresent())
            .map(FuzzIT::described)
            .toList();
    assertTrue(findings.isEmpty(), () -> String.join("\n\n", findings));
    for (Result result : results) {
      FuzzOutcome outcome = result.outcome();
      assertTrue(
          outcome.isFuzzed(),
          () -> outcome.target() + " was not fuzzed; see " + WORK.resolve(outcome.target() + ""));
    }
  }

  private static List<Result> fuzz(List<FuzzTarget> targets) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(PROCESSES);
    try {
      List<Callable<Result>> tasks = new ArrayList<>();
      targets.forEach(target -> tasks.add(() -> fuzz(target)));
      List<Result> results = new ArrayList<>();
      for (Future<Result> future : executor.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  private static Result fuzz(FuzzTarget target) throws IOException, InterruptedException {
    Path inputs = target.inputs();
    if (!Files.isDirectory(inputs)) {
      throw new AssertionError(target + " has no inputs in " + inputs);
    }
    Result result = fuzz(target, inputs, WORK.resolve(target.toString()));
    // The machine may have stopped the process during an input. Without a number of seconds, the
    // same seed gives the same inputs.
    return SECONDS == 0 && result.outcome().isTimeout()
        ? fuzz(target, inputs, WORK.resolve(target + ".repeated"))
        : result;
  }

  private static Result fuzz(FuzzTarget target, Path inputs, Path directory)
      throws IOException, InterruptedException {
    FuzzProcess process = new FuzzProcess(target, directory);
    FuzzOutcome outcome =
        SECONDS == 0
            ? process.fuzz(
                MAX_SECONDS_OF_RUNS, SLOW.contains(target.toString()) ? few(inputs) : RUNS)
            : fuzzForSeconds(process);
    if (KEEP && outcome.failure().isEmpty()) {
      process.keepNewInputs(inputs.toAbsolutePath());
    }
    return new Result(outcome, process.countNewInputs());
  }

  private static FuzzOutcome fuzzForSeconds(FuzzProcess process)
      throws IOException, InterruptedException {
    FuzzOutcome outcome = process.fuzz(SECONDS);
    for (int seconds = 4 * SECONDS; seconds <= MAX_SECONDS; seconds *= 4) {
      if (outcome.isFuzzed() || outcome.failure().isPresent()) {
        break;
      }
      outcome = process.fuzz(seconds);
    }
    return outcome;
  }

  /** Returns a number of inputs so that most of them are new. */
  private static int few(Path inputs) throws IOException {
    try (Stream<Path> files = Files.list(inputs)) {
      return 6 * (int) files.count() + 20;
    }
  }

  private static String described(FuzzOutcome outcome) {
    Path inputs = ROOT.relativize(outcome.target().inputs().toAbsolutePath());
    return outcome.target()
        + ": "
        + outcome.failure().orElse("")
        + outcome
            .base64()
            .map(
                base64 ->
                    "\n  To keep the input as a test: echo '"
                        + base64
                        + "' | base64 -d > "
                        + inputs.resolve("NAME"))
            .orElse("");
  }

  private static String report(List<Result> results) {
    StringBuilder report = new StringBuilder();
    report.append("| target | executions | edges of the corpus | edges | new inputs | finding |\n");
    report.append("|---|---:|---:|---:|---:|---|\n");
    for (Result result : results) {
      FuzzOutcome outcome = result.outcome();
      report.append(
          String.format(
              Locale.ROOT,
              "| `%s` | %,d | %d | %d | %d | %s |%n",
              outcome.target(),
              outcome.executions(),
              outcome.edgesAtStart(),
              outcome.edges(),
              result.newInputs(),
              outcome.failure().isPresent() ? "yes" : "none"));
    }
    return report.toString();
  }

  private static void deleteRecursively(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
