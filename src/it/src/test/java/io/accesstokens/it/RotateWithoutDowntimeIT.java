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
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
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
    return CodeBlocks.named(PAGE, "rotate: " + title);
  }

  private String local(String commands) {
    return commands.replace(DOCUMENTED, "http://127.0.0.1:" + application.port());
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
            + local(block("who uses the old secret"))
            + "echo; echo ---\n"
            + local(block("which clients use the old secret"));
    ShellRun run = ShellRun.of(Map.of("ID", made.id()), List.of("bash", "-c", script));
    assertEquals(0, run.status(), run::output);
    String[] answers = run.output().split("\n---\n", -1);
    String lost = json(answers[0]).getString("rawToken");
    String kept = json(answers[1]).getString("rawToken");
    assertEquals(
        made.rawToken().substring(0, 12),
        json(answers[2]).getJsonObject("previousSecret").getString("tokenPrefix"));
    assertEquals(0, json(answers[3]).getJsonArray("callers").size(), "no client has used it");
    assertEquals(
        List.of(200, 401, 200),
        List.of(statusOf(made.rawToken()), statusOf(lost), statusOf(kept)),
        "old, lost and new secret");
    ShellRun end =
        ShellRun.of(
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
      age(file, Duration.ofDays(7).plusMinutes(1));
      List<String> cut = new ArrayList<>(lines.subList(0, line));
      cut.add("kill -9 $$");
      Path crashing = Files.writeString(folder.resolve("crash-" + line + ".sh"), join(cut));
      String base = "http://127.0.0.1:" + application.port();
      ShellRun crash =
          ShellRun.of(Map.of(), List.of("sh", crashing.toString(), file.toString(), base));
      assertEquals(137, crash.status(), "exit status of a killed shell: " + crash.output());
      String after = Files.readString(file).strip();
      assertEquals(200, statusOf(after), "the token in the file after a crash at line " + line);

      ShellRun again =
          ShellRun.of(Map.of(), List.of("sh", whole.toString(), file.toString(), base));
      assertEquals(0, again.status(), "after a crash at line " + line + ": " + again.output());
      assertEquals("", again.output(), "output after a crash at line " + line);
      String rotated = Files.readString(file).strip();
      assertNotEquals(made.rawToken(), rotated, "the token after a crash at line " + line);
      assertEquals(200, statusOf(rotated), "the new token after a crash at line " + line);
    }
  }

  private static void age(Path file, Duration age) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }

  @Test
  void scriptChangesNothingBeforeSevenDays(@TempDir Path folder) throws Exception {
    Path script = Files.writeString(folder.resolve("rotate.sh"), block("rotate-token.sh"));
    TestToken made = alice.create();
    Path file = Files.writeString(folder.resolve("token"), made.rawToken() + "\n");
    String base = "http://127.0.0.1:" + application.port();
    for (Duration age : List.of(Duration.ZERO, Duration.ofDays(7).minusMinutes(5))) {
      age(file, age);
      ShellRun run = ShellRun.of(Map.of(), List.of("sh", script.toString(), file.toString(), base));
      assertEquals(0, run.status(), run::output);
      assertEquals(made.rawToken() + "\n", Files.readString(file), "the file at the age " + age);
      assertEquals(prefix(made.rawToken()), currentPrefix(made), "the token at the age " + age);
    }
    ShellRun missing =
        ShellRun.of(Map.of(), List.of("sh", script.toString(), file + ".missing", base));
    assertNotEquals(0, missing.status(), "exit status without a file");
  }

  private static String prefix(String rawToken) {
    return rawToken.substring(0, 12);
  }

  /** Returns the first characters of the raw token with the current secret. */
  private String currentPrefix(TestToken token) {
    return application
        .api()
        .as("alice")
        .get(ServiceTokens.path(token.id()))
        .ok()
        .getString("tokenPrefix");
  }

  @Test
  void schedulesRunSeveralTimesInTheLifeOfAKey() throws Exception {
    String sixHours = "17 */6 * * *";
    assertTrue(block("crontab").startsWith(sixHours + ' '), block("crontab"));
    assertEquals(sixHours, the(CronJob.class, "CronJob").getSpec().getSchedule());
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

  @Test
  void cronJobReplacesTheTokenInTheSecret(@TempDir Path account) throws Exception {
    TestToken made = alice.create();
    try (Cluster cluster = new Cluster(made.rawToken())) {
      ShellRun run = runCronJob(cluster, account);
      assertEquals(0, run.status(), run::output);
      String first = cluster.token;
      assertNotEquals(made.rawToken(), first, "the token in the secret");
      assertEquals(
          List.of(200, 200),
          List.of(statusOf(made.rawToken()), statusOf(first)),
          "old and new secret");
      assertFalse(run.output().contains(first), "the output shows the raw token");

      cluster.rotated.addAndGet(-Duration.ofDays(7).minusMinutes(5).toSeconds());
      ShellRun early = runCronJob(cluster, account);
      assertEquals(0, early.status(), early::output);
      assertEquals(first, cluster.token, "the token in the secret before seven days");
      assertEquals(prefix(first), currentPrefix(made), "the token before seven days");

      cluster.rotated.addAndGet(-Duration.ofMinutes(6).toSeconds());
      ShellRun due = runCronJob(cluster, account);
      assertEquals(0, due.status(), due::output);
      assertNotEquals(first, cluster.token, "the token in the secret after seven days");
      assertEquals(prefix(cluster.token), currentPrefix(made), "the token after seven days");
    }
  }

  @Test
  void nextRunOfTheCronJobFinishesARotationThatTheClusterDidNotStore(@TempDir Path account)
      throws Exception {
    TestToken made = alice.create();
    try (Cluster cluster = new Cluster(made.rawToken())) {
      cluster.refusesChanges = true;
      for (int attempt = 1; attempt <= 3; attempt++) {
        ShellRun failed = runCronJob(cluster, account);
        assertNotEquals(0, failed.status(), "exit status of attempt " + attempt);
        assertEquals(made.rawToken(), cluster.token, "the token after attempt " + attempt);
        assertEquals(200, statusOf(made.rawToken()), "the old secret after attempt " + attempt);
        assertNotEquals(
            prefix(made.rawToken()), currentPrefix(made), "prefix after attempt " + attempt);
      }
      cluster.refusesChanges = false;
      ShellRun next = runCronJob(cluster, account);
      assertEquals(0, next.status(), next::output);
      assertEquals(prefix(cluster.token), currentPrefix(made), "the token in the secret");
      assertEquals(
          List.of(200, 200),
          List.of(statusOf(made.rawToken()), statusOf(cluster.token)),
          "old and new secret");
    }
  }

  /** Runs the commands of the pod against an HTTP server that has the secret of the cluster. */
  private ShellRun runCronJob(Cluster cluster, Path account) throws Exception {
    Container container =
        the(CronJob.class, "CronJob")
            .getSpec()
            .getJobTemplate()
            .getSpec()
            .getTemplate()
            .getSpec()
            .getContainers()
            .get(0);
    Files.writeString(account.resolve("namespace"), "ci");
    Files.writeString(account.resolve("token"), "sample");
    Files.writeString(account.resolve("ca.crt"), "");
    Map<String, String> environment =
        Map.of(
            "BASE",
            "http://127.0.0.1:" + application.port(),
            "CLUSTER",
            cluster.url(),
            "ACCOUNT",
            account.toString(),
            "SECRET",
            value(container, "SECRET"));
    List<String> command = new ArrayList<>(container.getCommand());
    command.addAll(container.getArgs());
    return ShellRun.of(environment, command);
  }

  private static String value(Container container, String name) {
    return container.getEnv().stream()
        .filter(variable -> variable.getName().equals(name))
        .map(EnvVar::getValue)
        .findFirst()
        .orElseThrow();
  }

  /** Responds like a Kubernetes API server to the requests for one secret. */
  private static final class Cluster implements AutoCloseable {

    private final HttpServer server;
    private volatile String token;

    /** The stored time in seconds; 0 if the secret has none. */
    private final AtomicLong rotated = new AtomicLong();

    private volatile boolean refusesChanges;

    Cluster(String token) throws IOException {
      this.token = token;
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/api/v1/namespaces/ci/secrets/ci-token", this::respond);
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }

    private void respond(HttpExchange exchange) throws IOException {
      boolean authenticated =
          "Bearer sample".equals(exchange.getRequestHeaders().getFirst("Authorization"));
      int status = authenticated ? 200 : 401;
      if (exchange.getRequestMethod().equals("PATCH") && authenticated) {
        JsonObject patch = json(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        if (refusesChanges) {
          status = 500;
        } else {
          JsonObject values = patch.getJsonObject("stringData");
          token = values.getString("token");
          rotated.set(Long.parseLong(values.getString("rotated")));
        }
      }
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
              %s"token": "%s"
            },
            "type": "Opaque"
          }
          """
              .formatted(
                  rotated.get() == 0 ? "" : "\"rotated\": \"" + base64("" + rotated) + "\",\n    ",
                  base64(token))
              .getBytes(UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }

    private static String base64(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
  }
}
