package io.accesstokens.testing.program;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import java.io.IOException;
import java.io.StringReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs OAuth, JOSE and webhook clients, linters and the TypeScript compiler from npm with Node.js.
 * The folder {@code src/test/npm} of the module {@code it} defines their versions.
 */
public final class NodeClients {

  /** The folder in which the programs are installed. */
  static final Path FOLDER = Path.of("target/npm").toAbsolutePath();

  private static final Path SOURCE = Path.of("src/it/src/test/npm");
  private static final String PACKAGES = "package.json";
  private static final long SECONDS = 300;

  private NodeClients() {}

  /**
   * Runs one of the clients.
   *
   * @param arguments the arguments, which {@code clients.mjs} documents
   * @return the JSON object that the client prints
   * @throws AssertionError with the output of the client, if the client fails
   */
  public static JsonObject run(String... arguments) throws IOException, InterruptedException {
    return json(node(FOLDER, Map.of(), "clients.mjs", arguments)).asJsonObject();
  }

  /**
   * Checks an OpenAPI document by the recommended rules of Redocly and Spectral.
   *
   * @param json the document, in JSON
   * @throws AssertionError with all errors and warnings, if there are any
   */
  public static void checkOpenApi(String json) throws IOException, InterruptedException {
    install();
    String document = "openapi.json";
    Files.writeString(FOLDER.resolve(document), json);
    List<String> problems = new ArrayList<>();
    String redocly = FOLDER.resolve("node_modules/@redocly/cli/bin/cli.js").toString();
    JsonStructure rules = json(node(FOLDER, Map.of(), redocly, "lint", document, "--format=json"));
    for (JsonObject problem :
        rules.asJsonObject().getJsonArray("problems").getValuesAs(JsonObject.class)) {
      problems.add(
          problem.getString("ruleId")
              + " "
              + problem.getString("message")
              + " "
              + problem.getJsonArray("location"));
    }
    String spectral =
        FOLDER.resolve("node_modules/@stoplight/spectral-cli/dist/index.js").toString();
    JsonStructure results =
        json(node(FOLDER, Map.of(), spectral, "lint", document, "--format=json", "--quiet"));
    results.asJsonArray().forEach(result -> problems.add(result.toString()));
    if (!problems.isEmpty()) {
      throw new AssertionError(String.join("\n", problems));
    }
  }

  /**
   * Checks the types in all scripts of the pages. JSDoc comments in the scripts declare the types.
   *
   * @throws AssertionError with all errors, if there are any
   */
  public static void checkTypesOfPages() throws IOException, InterruptedException {
    install();
    String compiler = FOLDER.resolve("node_modules/typescript/bin/tsc").toString();
    var unused = node(FOLDER, Map.of(), compiler, "--project", "pages.tsconfig.json");
  }

  private static JsonStructure json(String text) {
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.read();
    }
  }

  /**
   * Runs a program with Node.js.
   *
   * @param folder the working directory
   * @return the standard output
   * @throws AssertionError with the output, if the program fails and prints no JSON
   */
  static String node(
      Path folder, Map<String, String> environment, String program, String... arguments)
      throws IOException, InterruptedException {
    install();
    List<String> command = new ArrayList<>();
    command.add(ServerPrograms.node().toString());
    command.add(program);
    command.addAll(List.of(arguments));
    return outputOf(folder, environment, command);
  }

  private static void install() throws IOException, InterruptedException {
    Files.createDirectories(FOLDER);
    try (Stream<Path> files = Files.list(SOURCE)) {
      for (Path file : files.filter(file -> !file.endsWith(PACKAGES)).toList()) {
        Path copy = FOLDER.resolve(file.getFileName());
        if (!Files.exists(copy) || Files.mismatch(file, copy) >= 0) {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    installPackages(SOURCE.resolve(PACKAGES), FOLDER);
  }

  /**
   * Installs packages from npm, without their installation scripts. Does nothing if the packages of
   * a file with the same content are already installed. One process installs at a time.
   *
   * @param packages the file {@code package.json} that names the packages
   * @param folder the folder to which the file is copied
   */
  public static synchronized void installPackages(Path packages, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve("installation.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      channel.lock(); // closing the channel releases the lock
      String wanted = Files.readString(packages);
      Path installed = folder.resolve("installed.json");
      if (!Files.exists(installed) || !Files.readString(installed).equals(wanted)) {
        Files.writeString(folder.resolve(PACKAGES), wanted);
        npm(
            folder,
            "install",
            "--no-package-lock",
            "--no-save",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error");
        Files.writeString(installed, wanted);
      }
    }
  }

  /**
   * Runs npm in a folder.
   *
   * @throws AssertionError with the output of npm, if it fails
   */
  public static void npm(Path folder, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(ServerPrograms.npm().toString()));
    command.addAll(List.of(arguments));
    var unused = outputOf(folder, Map.of(), command);
  }

  /** Returns the path of Node.js. */
  public static Path node() {
    return ServerPrograms.node();
  }

  /**
   * Runs a command.
   *
   * @return the standard output. If a linter fails because it reports problems, the output is JSON
   * @throws AssertionError with the output, if the command fails and prints no JSON, or if it does
   *     not end within five minutes
   */
  static String outputOf(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out-", ".txt");
    Path err = Files.createTempFile(folder, "err-", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("REDOCLY_TELEMETRY", "off");
    builder.environment().put("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String output = Files.readString(out, StandardCharsets.UTF_8);
    boolean json = output.startsWith("{") || output.startsWith("[");
    if (!ended || (process.exitValue() != 0 && !json)) {
      throw new AssertionError(
          command.subList(0, 2) + " failed:\n" + Files.readString(err) + output);
    }
    return output;
  }
}
