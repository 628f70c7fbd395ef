package io.accesstokens.testing.server;

import io.accesstokens.testing.program.ServerProcess;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** A real Keycloak in a separate process, on a loopback port. Keycloak stores no data on disk. */
public final class KeycloakServer implements AutoCloseable {

  private static final Duration READY = Duration.ofMinutes(4);
  private static final String ADMIN = "keeper";

  private final Process process;
  private final Path log;
  private final URI direct;

  private KeycloakServer(Process process, Path log, URI direct) {
    this.process = process;
    this.log = log;
    this.direct = direct;
  }

  /**
   * Starts Keycloak, waits until it responds, and creates a realm.
   *
   * @param port the loopback port on which Keycloak listens
   * @param publicUrl the base URL that Keycloak announces to clients
   * @param realm the realm, in the format of a Keycloak export file
   * @throws IllegalStateException if Keycloak is missing or does not respond within four minutes
   */
  public static KeycloakServer start(int port, URI publicUrl, JsonObject realm)
      throws IOException, InterruptedException {
    Path home =
        Path.of(Objects.requireNonNull(System.getProperty("keycloak.home"), "keycloak.home"));
    if (!Files.isRegularFile(home.resolve("bin/kc.sh"))) {
      throw new IllegalStateException(
          "there is no Keycloak in " + home + ": run \"mvn -DskipTests pre-integration-test\"");
    }
    Path log = Files.createTempFile("access-tokens-keycloak-", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            home.resolve("bin/kc.sh").toString(),
            "start-dev",
            "--db=dev-mem",
            "--cache=local",
            "--health-enabled=false",
            "--http-host=127.0.0.1",
            "--http-port=" + port,
            "--hostname=" + publicUrl);
    builder.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN);
    builder.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN);
    // This code cannot use TestJvm, because the script selects the garbage collector.
    builder.environment().put("JAVA_OPTS_KC_HEAP", "-Xmx384m -XX:TieredStopAtLevel=1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    KeycloakServer server =
        new KeycloakServer(process, log, URI.create("http://127.0.0.1:" + port));
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    server.awaitReady();
    server.administer("POST", "/admin/realms", realm.toString());
    return server;
  }

  private void awaitReady() throws InterruptedException {
    long end = System.nanoTime() + READY.toNanos();
    while (true) {
      try {
        HttpRequest request =
            HttpRequest.newBuilder(direct.resolve("/realms/master"))
                .timeout(Duration.ofSeconds(10))
                .build();
        if (HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode()
            == 200) {
          return;
        }
      } catch (IOException e) {
        // The server is not ready yet.
      }
      if (!process.isAlive() || System.nanoTime() > end) {
        String wrote = log();
        close();
        throw new IllegalStateException("Keycloak did not start: " + wrote);
      }
      Thread.sleep(200);
    }
  }

  /**
   * Calls the Admin REST API and returns the response body.
   *
   * @throws IllegalStateException if the status of the response is not 2xx
   */
  public String administer(String method, String path, String json)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(direct.resolve(path))
            .header("Authorization", "Bearer " + adminToken())
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(json))
            .build();
    HttpResponse<String> answer = send(request);
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException(
          method + ' ' + path + ": " + answer.statusCode() + ' ' + answer.body());
    }
    return answer.body();
  }

  private String adminToken() throws IOException, InterruptedException {
    String form =
        form(
            Map.of(
                "grant_type",
                "password",
                "client_id",
                "admin-cli",
                "username",
                ADMIN,
                "password",
                ADMIN));
    HttpRequest request =
        HttpRequest.newBuilder(direct.resolve("/realms/master/protocol/openid-connect/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    try (JsonReader reader = Json.createReader(new StringReader(send(request).body()))) {
      return reader.readObject().getString("access_token");
    }
  }

  private static HttpResponse<String> send(HttpRequest request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(
            field ->
                field.getKey() + '=' + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  /** Returns the output of Keycloak so far. */
  public String log() {
    return ServerProcess.output(log);
  }

  @Override
  public void close() {
    // The start script runs the server in a child process.
    List<ProcessHandle> all = process.descendants().toList();
    process.destroy();
    all.forEach(ProcessHandle::destroy);
    ServerProcess.awaitEnd(process, Duration.ofSeconds(10));
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
