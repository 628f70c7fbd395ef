package io.accesstokens.testing.program;

import io.accesstokens.testing.TemporaryFolders;
import io.accesstokens.testing.TestJvm;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Clients that OpenAPI Generator makes from an OpenAPI document, and programs that use them. A page
 * of the documentation contains the programs and the configurations of the generator.
 */
public final class GeneratedClients {

  /** Folder of the clients. TypeScript finds the Node.js modules in the parent folder. */
  private static final Path FOLDER = NodeClients.FOLDER.resolve("generated");

  private static final Pattern FILE =
      Pattern.compile("(?s)<!-- file: (\\S+) -->\n```\\w+\n(.*?)```\n");

  private static final Pattern UNTYPED =
      Pattern.compile("(?:Promise<|^    \\w+\\??: .*\\b)(?:any|object)\\b");

  private final Path java = Path.of(System.getProperty("java.home"), "bin", "java");

  private GeneratedClients() {}

  /**
   * Generates all clients of a page, in one process.
   *
   * @param page a page in Markdown. A comment {@code file: NAME} before a code block names the file
   *     that contains this code
   * @param document the OpenAPI document, in JSON
   */
  public static GeneratedClients generate(Path page, String document)
      throws IOException, InterruptedException {
    TemporaryFolders.delete(FOLDER);
    Files.createDirectories(FOLDER);
    Files.writeString(FOLDER.resolve("openapi.json"), document);
    List<String> command = new ArrayList<>();
    GeneratedClients clients = new GeneratedClients();
    command.add(clients.java.toString());
    command.addAll(TestJvm.options("512m"));
    command.addAll(List.of("-Dlog.level=error", "-jar", generator()));
    command.addAll(List.of("batch", "--fail-fast"));
    Matcher files = FILE.matcher(Files.readString(page));
    while (files.find()) {
      Files.writeString(FOLDER.resolve(files.group(1)), files.group(2));
      if (files.group(1).endsWith(".yaml")) {
        command.add(files.group(1));
      }
    }
    var unused = NodeClients.outputOf(FOLDER, Map.of(), command);
    return clients;
  }

  private static String generator() {
    return System.getProperty("openapi-generator.jar");
  }

  /**
   * Compiles a program and its client with all strict checks, and runs the program with Node.js.
   *
   * @param program the file name of the program
   * @param user the name of a sample user
   * @return the output of the program
   */
  public String runTypeScript(String program, String user)
      throws IOException, InterruptedException {
    var unused =
        NodeClients.node(
            FOLDER,
            Map.of(),
            NodeClients.FOLDER.resolve("node_modules/typescript/bin/tsc").toString(),
            "--strict",
            "--noEmitOnError",
            "--target",
            "es2022",
            "--module",
            "nodenext",
            "--outDir",
            "compiled",
            program);
    Path compiled = FOLDER.resolve("compiled").resolve(program.replace(".ts", ".js"));
    return NodeClients.node(FOLDER, credentials(user), compiled.toString());
  }

  /**
   * Returns the lines of the TypeScript client that declare a result or member of type {@code any}
   * or {@code object}.
   */
  public List<String> untyped() throws IOException {
    try (Stream<Path> sources = Files.walk(FOLDER.resolve("typescript"))) {
      return sources
          .filter(source -> source.toString().endsWith(".ts"))
          .flatMap(GeneratedClients::lines)
          .filter(line -> UNTYPED.matcher(line).find())
          .map(String::strip)
          .toList();
    }
  }

  private static Stream<String> lines(Path source) {
    try {
      return Files.readAllLines(source).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compiles a Java program and its client, and runs the program. */
  public String runJava(String program, String user) throws IOException, InterruptedException {
    String classPath =
        String.join(
            File.pathSeparator,
            FOLDER.resolve("classes").toString(),
            generator(), // contains Jackson
            System.getProperty("generated-client.libraries"));
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-nowarn", "-proc:none", "-encoding", "UTF-8", "-cp", classPath));
    arguments.addAll(List.of("-d", FOLDER.resolve("classes").toString()));
    arguments.add(FOLDER.resolve(program).toString());
    try (Stream<Path> sources = Files.walk(FOLDER.resolve("java/src/main"))) {
      sources.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
    }
    int errors =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    if (errors != 0) {
      throw new AssertionError("the Java client does not compile, see the output of javac");
    }
    return NodeClients.outputOf(
        FOLDER,
        credentials(user),
        List.of(java.toString(), "-cp", classPath, program.replace(".java", "")));
  }

  /** Runs a program and its client with Python. */
  public String runPython(String program, String user) throws IOException, InterruptedException {
    return NodeClients.outputOf(
        FOLDER,
        Map.of("ACCESS_TOKENS_USER", user, "ACCESS_TOKENS_PASSWORD", user, "PYTHONPATH", "python"),
        List.of(ServerPrograms.python().toString(), program));
  }

  private static Map<String, String> credentials(String user) {
    return Map.of("ACCESS_TOKENS_USER", user, "ACCESS_TOKENS_PASSWORD", user);
  }
}
