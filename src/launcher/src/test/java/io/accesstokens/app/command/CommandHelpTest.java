package io.accesstokens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.ProductVersion;
import io.accesstokens.token.StoreUnavailableException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.catalina.LifecycleException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Tests the help of the commands. */
class CommandHelpTest {

  private static CommandLine program() {
    Path none = Path.of("none");
    return CommandLineProgram.commandLine(
        new ServeCommand(none, none), new ImportBackstageCommand(none));
  }

  @Test
  void eachCommandPrintsTheVersion() {
    Map<String, CommandLine> commands = new TreeMap<>(program().getSubcommands());
    commands.remove("generate-completion"); // a part of picocli
    commands.forEach(
        (name, command) ->
            assertEquals(
                List.of("access-tokens " + ProductVersion.text()),
                List.of(command.getCommandSpec().version()),
                () -> "version of " + name));
  }

  @Test
  void optionsOfRotateKeysThatWouldBeIgnoredAreErrors() {
    Map.of(
            "--remove-old", "--remove-old needs --log",
            "--list", "--list needs --log, and cannot be combined with --remove-old",
            "--log --list --remove-old",
                "--list needs --log, and cannot be combined with --remove-old",
            "--log --withdraw", "--log cannot be combined with --now or --withdraw",
            "--log --now", "--log cannot be combined with --now or --withdraw")
        .forEach(
            (options, message) -> {
              StringWriter err = new StringWriter();
              int exit =
                  program()
                      .setErr(new PrintWriter(err))
                      .execute(("rotate-keys " + options).split(" ", -1));
              assertEquals(2, exit, err::toString);
              assertTrue(err.toString().startsWith(message), err::toString);
            });
  }

  @Test
  void optionsBeforeACommandAreErrors() {
    for (String line :
        List.of(
            "--config other.yaml migrate --dry-run",
            "--config other.yaml rotate-keys --withdraw",
            "--data-dir other verify-log --database",
            "--port 80 hash-password",
            "--in-memory generate-completion")) {
      String[] words = line.split(" ", -1);
      StringWriter err = new StringWriter();
      int exit = program().setErr(new PrintWriter(err)).execute(words);
      assertEquals(2, exit, err::toString);
      assertTrue(
          err.toString().startsWith("the option " + words[0] + " must not be before the command "),
          err::toString);
      assertEquals(2, err.toString().lines().count(), err::toString);
    }
  }

  @Test
  void furtherArgumentsOfACommandAreErrors() {
    List<String> lines =
        List.of(
            "unknown",
            "archive-log --before 2020-01-01 --dry-run unknown",
            "explain --person alice --permission p unknown",
            "generate-completion unknown",
            "hash-password unknown",
            "import-backstage --url jdbc:x unknown",
            "migrate unknown",
            "notices --dry-run unknown",
            "rotate-keys unknown",
            "verify-log unknown");
    assertEquals(program().getSubcommands().size() + 1, lines.size(), "commands");
    for (String line : lines) {
      StringWriter err = new StringWriter();
      int exit = program().setErr(new PrintWriter(err)).execute(line.split(" ", -1));
      assertEquals(2, exit, () -> line + ": " + err);
      assertTrue(
          err.toString().matches("(?s)Unmatched argument at index \\d+: 'unknown'\n.*"),
          err::toString);
    }
  }

  @Test
  void helpCanBeBeforeACommand() {
    StringWriter out = new StringWriter();
    assertEquals(0, program().setOut(new PrintWriter(out)).execute("--help", "migrate"));
    assertTrue(out.toString().startsWith("Usage: access-tokens "), out::toString);
  }

  @Test
  void malformedOptionsOfArchiveLogAreErrors() {
    Map.of(
            "--older-than-days 400", "--out or --dry-run is required",
            "--older-than-days 0 --dry-run", "--older-than-days must be 1 or more",
            "--before yesterday --dry-run", "--before must be a day or an instant",
            "--before 2020-01-01 --dry-run --operator a\tb", "--operator must be a name",
            "--before 2020-01-01 --dry-run --operator p\uFFFD",
                "the value of the option --operator has a character that the locale")
        .forEach(
            (options, message) -> {
              StringWriter err = new StringWriter();
              int exit =
                  program()
                      .setErr(new PrintWriter(err))
                      .execute(("archive-log " + options).split(" ", -1));
              assertEquals(2, exit, err::toString);
              assertTrue(err.toString().startsWith(message), err::toString);
            });
  }

  @CommandLine.Command(name = "failing")
  private record Failing(Exception failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      throw failure;
    }
  }

  private static void assertReported(String line, Exception failure) {
    StringWriter err = new StringWriter();
    CommandLine program = program().addSubcommand(new Failing(failure));
    assertEquals(1, program.setErr(new PrintWriter(err)).execute("failing"), err::toString);
    assertEquals(line, err.toString().strip());
  }

  @Test
  void unavailableDatabaseIsReportedInOneLine() {
    assertReported(
        "the database is unreachable",
        new StoreUnavailableException("the database is unreachable", null));
  }

  @Test
  void tooManyOpenFilesAreReportedInOneLine() {
    Error library = new UnsatisfiedLinkError("libextnet.so: cannot open: Too many open files");
    assertReported(
        "Too many open files. The limit of open files of this process (ulimit -n) must be at least"
            + " 1024",
        new LifecycleException("Failed to initialize component", library));
  }

  @Test
  void helpOfEachCommandListsItsExitCodes() {
    Set<String> complete =
        program().getSubcommands().entrySet().stream()
            .filter(
                command ->
                    command
                        .getValue()
                        .getCommandSpec()
                        .usageMessage()
                        .exitCodeList()
                        .keySet()
                        .containsAll(Set.of("0", "2")))
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        Set.of(
            "archive-log",
            "explain",
            "hash-password",
            "import-backstage",
            "migrate",
            "notices",
            "rotate-keys",
            "verify-log"),
        complete);
  }
}
