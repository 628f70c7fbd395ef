package io.accesstokens.testing.server;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs OAuth, JOSE and webhook clients from npm with Node.js. The folder {@code src/test/npm} of
 * the module {@code it} defines the versions of the clients.
 */
public final class NodeClients {

  private static final Path SOURCE = Path.of("src/it/src/test/npm");
  private static final Path FOLDER = Path.of("target/npm").toAbsolutePath();
  private static final long SECONDS = 180;

  private NodeClients() {}

  /**
   * Runs one of the clients.
   *
   * @param arguments the arguments, which {@code clients.mjs} documents
   * @return the JSON object that the client prints
   * @throws AssertionError with the output of the client, if the client fails
   */
  public static JsonObject run(String... arguments) throws IOException, InterruptedException {
    install();
    List<String> command = new ArrayList<>();
    command.add(ServerPrograms.node().toString());
    command.add("clients.mjs");
    command.addAll(List.of(arguments));
    try (JsonReader reader = Json.createReader(new StringReader(outputOf(command)))) {
      return reader.readObject();
    }
  }

  /**
   * Validates an OpenAPI document with Redocly.
   *
   * @param json the document, in JSON
   * @throws AssertionError with the errors of the document, if it is invalid
   */
  public static void checkOpenApi(String json) throws IOException, InterruptedException {
    install();
    Path document = Files.writeString(FOLDER.resolve("openapi.json"), json);
    var unused =
        outputOf(
            List.of(
                ServerPrograms.node().toString(),
                "node_modules/@redocly/cli/bin/cli.js",
                "lint",
                document.getFileName().toString(),
                "--extends=recommended"));
  }

  private static synchronized void install() throws IOException, InterruptedException {
    Files.createDirectories(FOLDER);
    Files.copy(
        SOURCE.resolve("clients.mjs"),
        FOLDER.resolve("clients.mjs"),
        StandardCopyOption.REPLACE_EXISTING);
    String wanted = Files.readString(SOURCE.resolve("package.json"));
    Path installed = FOLDER.resolve("package.json");
    if (Files.isDirectory(FOLDER.resolve("node_modules/jose"))
        && Files.isDirectory(FOLDER.resolve("node_modules/@redocly/cli"))
        && Files.isDirectory(FOLDER.resolve("node_modules/standardwebhooks"))
        && Files.readString(installed).equals(wanted)) {
      return;
    }
    Files.writeString(installed, wanted);
    var unused =
        outputOf(
            List.of(
                ServerPrograms.npm().toString(),
                "install",
                "--no-package-lock",
                "--no-save",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error"));
  }

  private static String outputOf(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(FOLDER, "out-", ".txt");
    Path err = Files.createTempFile(FOLDER, "err-", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(FOLDER.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("REDOCLY_TELEMETRY", "off");
    builder.environment().put("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    Process process = builder.start();
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    if (!ended || process.exitValue() != 0) {
      throw new AssertionError(
          command.subList(0, 2) + " failed:\n" + Files.readString(err) + Files.readString(out));
    }
    return Files.readString(out, StandardCharsets.UTF_8);
  }
}
