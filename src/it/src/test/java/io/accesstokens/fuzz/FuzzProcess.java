package io.accesstokens.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs one target in a separate process, because the fuzzer instruments and ends its JVM. */
final class FuzzProcess {

  /**
   * Matches libraries that no target uses. The fuzzer reads every class of every library, which
   * takes seconds.
   */
  private static final Pattern UNUSED =
      Pattern.compile(
          "/(?:selenium|opentelemetry|arquillian|shrinkwrap|payara|archunit|grizzly|guava|awaitility"
              + "|json-schema-validator|angus-mail|antlr4|byte-buddy|flyway|greenmail|hibernate|jackson"
              + "|jandex|javassist|kubernetes|micrometer|prometheus|protobuf|tomcat|weld)[^/]*\\.jar$");

  /** The seed is the same in each build; 0 means another seed each time. */
  private static final int SEED = Integer.getInteger("fuzz.seed", 1);

  /** A longer time for one input is a finding. */
  private static final int SECONDS_AN_INPUT = 20;

  /** Time to start and end the process on a busy machine. */
  private static final int SECONDS_AROUND = 300;

  /** In a shorter run, the optimizing compiler takes longer than it saves. */
  private static final int SECONDS_TO_OPTIMIZE = 60;

  private static final List<String> NO_OPTIMIZING_COMPILER = List.of("-XX:TieredStopAtLevel=1");

  private final FuzzTarget target;
  private final Path directory;

  /**
   * @param directory the directory for the log, new inputs and findings of the target
   */
  FuzzProcess(FuzzTarget target, Path directory) {
    this.target = target;
    this.directory = directory;
  }

  /** Fuzzes for a given time, beginning with the inputs of the repository. */
  FuzzOutcome fuzz(int seconds) throws IOException, InterruptedException {
    return fuzz(
        seconds, List.of(), seconds < SECONDS_TO_OPTIMIZE ? NO_OPTIMIZING_COMPILER : List.of());
  }

  /**
   * Fuzzes with a given number of inputs, beginning with those of the repository.
   *
   * @param seconds the maximum time
   */
  FuzzOutcome fuzz(int seconds, int runs) throws IOException, InterruptedException {
    return fuzz(seconds, List.of("-runs=" + runs), NO_OPTIMIZING_COMPILER);
  }

  private FuzzOutcome fuzz(int seconds, List<String> limits, List<String> jvmOptions)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    List<String> options = new ArrayList<>(limits);
    options.addAll(List.of("-max_total_time=" + seconds, "-len_control=0", "-seed=" + SEED));
    int exit = run("fuzz.log", seconds + SECONDS_AROUND, jvmOptions, options);
    return FuzzOutcome.of(target, exit, log("fuzz.log"));
  }

  /**
   * Copies the inputs that reach code which no input of the repository reaches.
   *
   * @param inputs the target's directory in the repository
   */
  void keepNewInputs(Path inputs) throws IOException, InterruptedException {
    Path found = newInputs();
    if (!Files.isDirectory(found)) {
      return;
    }
    int exit =
        run(
            "merge.log",
            SECONDS_AROUND,
            List.of(),
            // Only edges count: with counters, many inputs differ only in how often they reach the
            // same code.
            List.of("-merge=1", "-use_counters=0", inputs.toString(), found.toString()));
    if (exit != 0) {
      throw new AssertionError(target + " cannot merge its inputs:\n" + log("merge.log"));
    }
  }

  private Path newInputs() {
    return directory.resolve(".cifuzz-corpus").resolve(target.className()).resolve(target.method());
  }

  /** Returns how many inputs the fuzzer kept. */
  int countNewInputs() throws IOException {
    if (!Files.isDirectory(newInputs())) {
      return 0;
    }
    try (Stream<Path> files = Files.list(newInputs())) {
      return (int) files.count();
    }
  }

  private String log(String name) throws IOException {
    return Files.readString(directory.resolve(name), StandardCharsets.ISO_8859_1);
  }

  private int run(String log, int seconds, List<String> jvmOptions, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:-OmitStackTraceInFastThrow",
            "-cp",
            classPath(),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.className(),
            "--target_method=" + target.method(),
            "--hooks=true",
            "--instrumentation_includes=io.accesstokens.**",
            "--instrumentation_excludes=io.accesstokens.testing.**",
            "--custom_hook_includes=io.accesstokens.**",
            "-timeout=" + SECONDS_AN_INPUT,
            "-rss_limit_mb=0"));
    command.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(log).toFile());
    builder.environment().keySet().removeIf(FuzzProcess::changesTheFuzzer);
    Process process = builder.start();
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        throw new AssertionError(target + " does not end; see " + directory.resolve(log));
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean changesTheFuzzer(String variable) {
    return variable.startsWith("JAZZER_") || variable.equals("JAVA_TOOL_OPTIONS");
  }

  private static String classPath() {
    return Stream.concat(
            FuzzTarget.testClasses().stream().map(Path::toString),
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1)))
        // An empty entry is the working directory, of which the fuzzer would read each file.
        .filter(entry -> !entry.isEmpty() && !UNUSED.matcher(entry).find())
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
