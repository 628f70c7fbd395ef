package io.accesstokens.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.rbac.Role;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of the page "Rotate without downtime" unchanged. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RotateWithoutDowntimeIT {

  private static final Path PAGE = Path.of("src/docs/rotate-without-downtime.md");
  private static final String DOCUMENTED = "http://127.0.0.1:8080";

  private RunningApplication application;
  private ServiceTokens alice;

  @BeforeAll
  void start() throws Exception {
    application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withEnvironment("ACCESSTOKENS_SERVICE_ROTATION_SELF", "keepExpiry"));
    alice = new ServiceTokens(application.api().as("alice"));
  }

  @AfterAll
  void close() {
    application.close();
  }

  /** Returns the code block after the comment {@code <!-- rotate: title -->}. */
  private static String block(String title) throws IOException {
    Matcher block =
        Pattern.compile(
                "<!-- rotate: " + Pattern.quote(title) + " -->\\s*```\\w+\\n(.*?)```",
                Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    assertTrue(block.find(), () -> "the page has no block " + title);
    return block.group(1).stripIndent();
  }

  private String local(String commands) {
    return commands.replace(DOCUMENTED, "http://127.0.0.1:" + application.port());
  }

  private record Run(int status, String output) {}

  private static Run shell(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder shell = new ProcessBuilder(command).redirectErrorStream(true);
    shell.environment().putAll(environment);
    Process process = shell.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "the shell runs for more than 30 s");
    return new Run(process.exitValue(), output);
  }

  private static JsonObject json(String text) {
    return Json.createReader(new StringReader(text)).readObject();
  }

  private int statusOf(String rawToken) {
    return application.api().bearer(rawToken).get(ServiceTokens.WHOAMI).status();
  }

  @Test
  void rotationByHandKeepsBothSecretsUntilTheOldOneIsEnded() throws Exception {
    TestToken made = alice.create();
    String rotate = local(block("by hand"));
    String script =
        "set -eu\n"
            + rotate
            + "echo; echo ---\n"
            + rotate.substring(rotate.indexOf("curl")) // the same request again
            + "echo; echo ---\n"
            + local(block("who uses the old secret"));
    Run run = shell(Map.of("ID", made.id()), List.of("bash", "-c", script));
    assertEquals(0, run.status(), run::output);
    String[] answers = run.output().split("\n---\n", -1);
    String lost = json(answers[0]).getString("rawToken");
    String kept = json(answers[1]).getString("rawToken");
    assertEquals(
        made.rawToken().substring(0, 12),
        json(answers[2]).getJsonObject("previousSecret").getString("tokenPrefix"));
    assertEquals(
        List.of(200, 401, 200),
        List.of(statusOf(made.rawToken()), statusOf(lost), statusOf(kept)),
        "old, lost and new secret");
    Run end =
        shell(
            Map.of("ID", made.id()),
            List.of(
                "bash",
                "-c",
                "set -eu\nBASE=http://127.0.0.1:"
                    + application.port()
                    + "/api/access-tokens\n"
                    + block("end the old secret")));
    assertEquals(0, end.status(), end::output);
    assertEquals(
        List.of(401, 200), List.of(statusOf(made.rawToken()), statusOf(kept)), "old and new");
  }

  /** Runs the script with a kill after each of its lines, and then the whole script. */
  @Test
  void scriptContinuesAfterACrashAtAnyLine(@TempDir Path folder) throws Exception {
    List<String> lines = block("rotate-token.sh").lines().toList();
    Path whole = Files.writeString(folder.resolve("rotate-token.sh"), String.join("\n", lines));
    for (int line = 1; line <= lines.size(); line++) {
      TestToken made = alice.create();
      Path file = Files.writeString(folder.resolve("token-" + line), made.rawToken() + "\n");
      List<String> cut = new ArrayList<>(lines.subList(0, line));
      cut.add("kill -9 $$");
      Path crashing = Files.writeString(folder.resolve("crash-" + line + ".sh"), join(cut));
      String base = "http://127.0.0.1:" + application.port();
      Run crash = shell(Map.of(), List.of("sh", crashing.toString(), file.toString(), base));
      assertEquals(137, crash.status(), "exit status of a killed shell: " + crash.output());
      String after = Files.readString(file).strip();
      assertEquals(200, statusOf(after), "the token in the file after a crash at line " + line);

      Run again = shell(Map.of(), List.of("sh", whole.toString(), file.toString(), base));
      assertEquals(0, again.status(), "after a crash at line " + line + ": " + again.output());
      assertEquals("", again.output(), "output after a crash at line " + line);
      String rotated = Files.readString(file).strip();
      assertNotEquals(made.rawToken(), rotated, "the token after a crash at line " + line);
      assertEquals(200, statusOf(rotated), "the new token after a crash at line " + line);
    }
  }

  private static String join(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }

  private static <T> T the(Class<T> type, String kind) throws IOException {
    return type.cast(
        Manifests.of(block("cronjob.yaml")).objects().stream()
            .filter(object -> object.getKind().equals(kind))
            .findFirst()
            .orElseThrow());
  }

  @Test
  void cronJobMayChangeOnlyItsOwnSecret() throws Exception {
    CronJob job = the(CronJob.class, "CronJob");
    Role role = the(Role.class, "Role");
    assertEquals(1, role.getRules().size(), role::toString);
    assertEquals(List.of("ci-token"), role.getRules().get(0).getResourceNames());
    assertEquals(List.of("get", "patch"), role.getRules().get(0).getVerbs());
    assertEquals("Forbid", job.getSpec().getConcurrencyPolicy());
    assertEquals(
        role.getMetadata().getName(),
        job.getSpec().getJobTemplate().getSpec().getTemplate().getSpec().getServiceAccountName());
  }

  /** Runs the commands of the pod against an HTTP server that has the secret of the cluster. */
  @Test
  void cronJobReplacesTheTokenInTheSecret(@TempDir Path account) throws Exception {
    Container container =
        the(CronJob.class, "CronJob")
            .getSpec()
            .getJobTemplate()
            .getSpec()
            .getTemplate()
            .getSpec()
            .getContainers()
            .get(0);
    TestToken made = alice.create();
    ClusterSecret secret = new ClusterSecret(made.rawToken());
    HttpServer cluster =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    cluster.createContext(
        "/api/v1/namespaces/ci/secrets/ci-token", exchange -> respond(exchange, secret));
    cluster.start();
    try {
      Files.writeString(account.resolve("namespace"), "ci");
      Files.writeString(account.resolve("token"), "sample");
      Files.writeString(account.resolve("ca.crt"), "");
      Map<String, String> environment =
          Map.of(
              "BASE",
              "http://127.0.0.1:" + application.port(),
              "CLUSTER",
              "http://127.0.0.1:" + cluster.getAddress().getPort(),
              "ACCOUNT",
              account.toString(),
              "SECRET",
              value(container, "SECRET"));
      List<String> command = new ArrayList<>(container.getCommand());
      command.addAll(container.getArgs());
      Run run = shell(environment, command);
      assertEquals(0, run.status(), run::output);
      assertNotEquals(made.rawToken(), secret.token, "the token in the secret");
      assertEquals(
          List.of(200, 200),
          List.of(statusOf(made.rawToken()), statusOf(secret.token)),
          "old and new secret");
      assertFalse(run.output().contains(secret.token), "the output shows the raw token");
    } finally {
      cluster.stop(0);
    }
  }

  private static String value(Container container, String name) {
    return container.getEnv().stream()
        .filter(variable -> variable.getName().equals(name))
        .map(EnvVar::getValue)
        .findFirst()
        .orElseThrow();
  }

  /** The token in the secret of the cluster. */
  private static final class ClusterSecret {
    private volatile String token;

    ClusterSecret(String token) {
      this.token = token;
    }
  }

  /** Responds like a Kubernetes API server to the requests for one secret. */
  private static void respond(HttpExchange exchange, ClusterSecret secret) throws IOException {
    boolean authenticated =
        "Bearer sample".equals(exchange.getRequestHeaders().getFirst("Authorization"));
    if (exchange.getRequestMethod().equals("PATCH") && authenticated) {
      String patch = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      secret.token = json(patch).getJsonObject("stringData").getString("token");
    }
    String encoded = Base64.getEncoder().encodeToString(secret.token.getBytes(UTF_8));
    byte[] body =
        """
        {
          "kind": "Secret",
          "apiVersion": "v1",
          "metadata": {
            "name": "ci-token",
            "annotations": {
              "kubectl.kubernetes.io/last-applied-configuration": "{\\"data\\":{\\"token\\":\\"b2xk\\"}}"
            }
          },
          "data": {
            "token": "%s"
          },
          "type": "Opaque"
        }
        """
            .formatted(encoded)
            .getBytes(UTF_8);
    exchange.sendResponseHeaders(authenticated ? 200 : 401, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
