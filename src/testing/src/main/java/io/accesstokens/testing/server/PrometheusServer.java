package io.accesstokens.testing.server;

import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.program.ServerPrograms;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Prometheus server that scrapes one application. */
public final class PrometheusServer implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI base;
  private final Process process;

  private PrometheusServer(URI base, Process process) {
    this.base = base;
    this.process = process;
  }

  /** The exit code and the output of {@code promtool}. */
  public record Outcome(int exitCode, String output) {}

  /**
   * Runs {@code promtool}, and waits until it ends.
   *
   * @param input the standard input
   */
  public static Outcome promtool(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of(ServerPrograms.promtool().toString()));
    command.addAll(List.of(arguments));
    try {
      Path in = Files.writeString(Files.createTempFile("promtool-", ".txt"), input);
      Process process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectInput(in.toFile()).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exitCode = process.waitFor();
      Files.delete(in);
      return new Outcome(exitCode, output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /**
   * Starts a server that scrapes a port each second, and returns when it accepts queries.
   *
   * @param folder an existing folder for the configuration, the data and the log
   * @param port the loopback port of {@code /metrics}
   * @param rules the file with the rules
   */
  public static PrometheusServer start(Path folder, int port, Path rules) throws IOException {
    return start(
        folder,
        String.join(
            "\n",
            "global: {scrape_interval: 1s, evaluation_interval: 1s}",
            "rule_files: ['" + rules.toAbsolutePath() + "']",
            "scrape_configs:",
            "  - job_name: access-tokens",
            "    static_configs: [{targets: ['127.0.0.1:" + port + "']}]",
            ""));
  }

  /**
   * Starts a server with a configuration, and returns when it accepts queries.
   *
   * @param folder an existing folder for the configuration, the data and the log
   * @param text the content of the configuration file
   */
  public static PrometheusServer start(Path folder, String text) throws IOException {
    Path configuration = Files.writeString(folder.resolve("prometheus.yaml"), text);
    String address = "127.0.0.1:" + ServerProcess.freePort();
    Path log = folder.resolve("prometheus.log");
    Process process =
        new ProcessBuilder(
                ServerPrograms.prometheus().toString(),
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("prometheus"),
                "--web.listen-address=" + address)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    PrometheusServer server = new PrometheusServer(URI.create("http://" + address), process);
    try {
      ServerProcess.await(process, log, TIMEOUT, () -> server.query("vector(1)"));
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  /**
   * Evaluates a query now.
   *
   * @return the series of the result
   * @throws IllegalArgumentException if the query is invalid
   */
  public JsonArray query(String expression) {
    return get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .getJsonArray("result");
  }

  /** Returns the groups of the rules that the server evaluates, with the state of each rule. */
  public JsonArray ruleGroups() {
    return get("/api/v1/rules").getJsonArray("groups");
  }

  private JsonObject get(String path) {
    try {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalArgumentException(response.body());
      }
      try (JsonReader reader = Json.createReader(new StringReader(response.body()))) {
        return reader.readObject().getJsonObject("data");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    ServerProcess.awaitEnd(process, TIMEOUT);
  }
}
