package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TestJvm;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests programs that have one library and its dependencies, on the class path and on the module
 * path.
 */
class LibraryProgramsIT {

  /** The documented command that starts an application on the module path. */
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^java --module-path \\S+ (--add-modules \\S+) --module ");

  private static final String ENTRY =
      """
      LogEntry entry =
          new LogEntry(
              "event", "token", LogEntry.SERVICE, null, "revoked", "user:default/alice", Map.of(),
              "2030-01-01T00:00:00.000Z", 7);
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void logParsesAnEntry(boolean modular) throws Exception {
    compile(
        "log",
        "requires io.accesstokens.log;",
        "import io.accesstokens.log.LogEntry; import java.util.Map;",
        ENTRY + "System.out.print(LogEntry.parse(entry.bytes()).event());");
    assertEquals("revoked", run("log", modular));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void coreConvertsAnEntryToOcsf(boolean modular) throws Exception {
    compile(
        "core",
        "requires io.accesstokens.core; requires io.accesstokens.log; requires jakarta.json;",
        """
        import io.accesstokens.log.LogEntry;
        import io.accesstokens.transparency.ocsf.OcsfEvents;
        import java.util.Map;
        """,
        ENTRY + "System.out.print(OcsfEvents.of(entry).getInt(\"class_uid\"));");
    assertEquals("3004", run("core", modular));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void authVerifiesATokenOfAService(boolean modular) throws Exception {
    compile(
        "auth",
        "requires io.accesstokens.auth; requires io.accesstokens.verify;",
        """
        import io.accesstokens.auth.remote.*;
        import io.accesstokens.verify.*;
        import java.net.URI;
        """,
        """
        try (RemoteTokenVerifier verifier =
            RemoteTokenVerifier.builder(
                    URI.create(arguments[0]), () -> VerifierCredential.token(arguments[1]))
                .build()) {
          RawToken token = RawTokenFormat.DEFAULT.parse(arguments[2]).orElseThrow();
          // needs no lease, so the program does not wait for the change feed
          System.out.print(((Verification.Accepted) verifier.verifyInStore(token)).subject());
        }
        """);
    try (IntrospectionService service = new IntrospectionService()) {
      assertEquals(
          "service-token:group:default/platform:ci",
          run(
              "auth",
              modular,
              service.url(),
              IntrospectionService.VERIFIER,
              service.token("ci", "catalog:read")));
    }
  }

  private static String jars(String library) {
    return LibraryJars.withDependencies(library).stream()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Path classes() {
    return folder.resolve("classes");
  }

  /** Compiles a program. On the class path, its module declaration has no effect. */
  private void compile(String library, String requires, String imports, String statements)
      throws IOException {
    Path module = folder.resolve("module-info.java");
    Files.writeString(module, "module program { " + requires + " }");
    Path program = folder.resolve("Program.java");
    Files.writeString(
        program,
        "package program; "
            + imports
            + "public class Program { public static void main(String[] arguments) {\n"
            + statements
            + "}}");
    StringWriter output = new StringWriter();
    int exitCode =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                new PrintWriter(output),
                new PrintWriter(output),
                "--module-path",
                jars(library),
                "-d",
                classes().toString(),
                module.toString(),
                program.toString());
    assertEquals(0, exitCode, output::toString);
  }

  /** Runs the compiled program, and returns its standard output. */
  private String run(String library, boolean modular, String... arguments) throws Exception {
    String path = classes() + File.pathSeparator + jars(library);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(TestJvm.options("64m"));
    if (modular) {
      command.addAll(List.of("--module-path", path));
      command.addAll(documentedOptions());
      command.addAll(List.of("--module", "program/program.Program"));
    } else {
      command.addAll(List.of("--class-path", path, "program.Program"));
    }
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output.txt");
    Path errors = folder.resolve("errors.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      assertTrue(process.waitFor(2, TimeUnit.MINUTES), "the program does not end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), Files.readString(errors));
    return Files.readString(output);
  }

  private static List<String> documentedOptions() throws IOException {
    String page = Files.readString(Path.of("src/docs/embed-in-an-application.md"));
    Matcher command = COMMAND.matcher(page);
    assertTrue(command.find(), "the page has no command for the module path");
    return Stream.of(command.group(1).split(" ", 2)).toList();
  }
}
