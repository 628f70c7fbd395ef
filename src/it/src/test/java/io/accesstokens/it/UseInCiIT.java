package io.accesstokens.it;

import static io.accesstokens.it.YamlValues.at;
import static io.accesstokens.it.YamlValues.map;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.program.Terminal;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the shell commands of the page "Use a token in CI". No command shows the raw token to
 * another process, in its output, or in the history of a shell.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UseInCiIT {

  private static final Path PAGE = Path.of("src/docs/use-in-ci.md");
  private static final Path REFERENCE = Path.of("src/docs/rest-reference.md");
  private static final String DOCUMENTED = "https://tokens.example.com";
  private static final String ADMIN = "admin-of-the-tests";

  /** Behaves like the command of GitHub, and keeps its arguments, environment and secrets. */
  private static final String GH =
      """
      #!/bin/sh
      echo "$@" >> "$STORE/seen"
      cat /proc/$$/environ >> "$STORE/seen"
      case "$1 $2" in
        "api "*) cat "$STORE/updated" ;;
        "secret set") cat > "$STORE/secret-$7" ;;
        *) exit 1 ;;
      esac
      """;

  private RunningApplication application;
  private ServiceTokens alice;
  private WatchingServer server;

  @BeforeAll
  void start() throws Exception {
    application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true")
                .withEnvironment("ACCESSTOKENS_SERVICE_ROTATION_SELF", "keepExpiry"));
    alice = new ServiceTokens(application.api().as("alice"));
    server = new WatchingServer(application);
  }

  @AfterAll
  void close() {
    server.close();
    application.close();
  }

  private static String block(String title) throws Exception {
    return block(PAGE, title);
  }

  private static String block(Path page, String title) throws Exception {
    return CodeBlocks.named(page, "ci: " + title);
  }

  /** Requires that curl was seen at work, and that no process has shown the secrets. */
  private void assertNoProcessShows(String... secrets) {
    assertTrue(server.seen().stream().anyMatch(text -> text.startsWith("curl")), "curl was seen");
    for (String secret : secrets) {
      for (String text : server.seen()) {
        assertFalse(text.contains(secret), () -> "a process shows a secret: " + text);
      }
    }
  }

  private void assertCalled(ShellRun run, TestToken token) {
    assertEquals(0, run.status(), run::output);
    assertTrue(run.output().contains("\"tokenId\":\"" + token.id() + '"'), run::output);
    assertFalse(run.output().contains(token.rawToken()), "the output shows the raw token");
    assertNoProcessShows(token.rawToken());
  }

  private Map<String, String> environment(TestToken token) {
    return Map.of("ACCESS_TOKEN", token.rawToken(), "BASE", server.url());
  }

  private static Object yaml(String title) throws Exception {
    return YamlValues.parse(block(title));
  }

  /** Returns the only step of a workflow with one job, after a check of the structure. */
  private static Object step(Object workflow, String job) {
    assertTrue(
        Set.of("name", true, "permissions", "jobs", "concurrency")
            .containsAll(map(workflow).keySet()), // YAML 1.1 reads "on" as true
        workflow::toString);
    assertEquals(Set.of(job), map(workflow, "jobs").keySet());
    assertEquals(Set.of("runs-on", "environment", "steps"), map(workflow, "jobs", job).keySet());
    assertEquals(1, ((List<?>) at(workflow, "jobs", job, "steps")).size(), workflow::toString);
    Object step = at(workflow, "jobs", job, "steps", 0);
    assertEquals(Set.of("name", "env", "run"), map(step).keySet());
    assertFalse(command(step).contains("${{"), () -> "GitHub would insert: " + step);
    return step;
  }

  private static String command(Object step) {
    return at(step, "run").toString();
  }

  /** Returns the script of the only job, after a check of the structure. */
  private static String script(Object pipeline, String job) {
    assertEquals(Set.of(job), map(pipeline).keySet());
    assertTrue(
        Set.of("image", "rules", "variables", "script", "resource_group", "retry")
            .containsAll(map(pipeline, job).keySet()),
        pipeline::toString);
    return String.join(
        "\n", ((List<?>) at(pipeline, job, "script")).stream().map(Object::toString).toList());
  }

  /** Runs a script as the runner of GitHub does. */
  private static ShellRun bash(Map<String, String> environment, Path folder, String script)
      throws Exception {
    Path file = Files.writeString(folder.resolve("step.sh"), script);
    return ShellRun.of(
        environment, List.of("bash", "--noprofile", "--norc", "-eo", "pipefail", file.toString()));
  }

  @Test
  void githubStepShowsNoToken(@TempDir Path folder) throws Exception {
    TestToken made = alice.create();
    Object step = step(yaml("github"), "deploy");
    assertEquals("${{ secrets.ACCESS_TOKEN }}", at(step, "env", "ACCESS_TOKEN"));
    assertCalled(bash(environment(made), folder, command(step)), made);
  }

  @Test
  void gitlabJobShowsNoToken() throws Exception {
    TestToken made = alice.create();
    String script = script(yaml("gitlab"), "deploy");
    assertCalled(ShellRun.of(environment(made), List.of("sh", "-ec", script)), made);
  }

  @Test
  void jenkinsStageShowsNoToken(@TempDir Path folder) throws Exception {
    TestToken made = alice.create();
    Matcher command = Pattern.compile("sh '''(.*?)'''", Pattern.DOTALL).matcher(block("jenkins"));
    assertTrue(command.find(), "the pipeline has no command");
    String script = command.group(1).replace("\\n", "\n"); // as Groovy reads it
    Path file = Files.writeString(folder.resolve("script.sh"), script);
    assertCalled(ShellRun.of(environment(made), List.of("sh", "-xe", file.toString())), made);
  }

  @Test
  void cronScriptShowsNoToken(@TempDir Path folder) throws Exception {
    TestToken made = alice.create();
    Path token = Files.writeString(folder.resolve("token"), made.rawToken() + "\n");
    String script =
        block("call-api.sh")
            .replace(DOCUMENTED, server.url())
            .replace("/etc/ci/token", token.toString());
    Path file = Files.writeString(folder.resolve("call-api.sh"), script);
    assertCalled(ShellRun.of(Map.of(), List.of("sh", file.toString())), made);
  }

  @Test
  void podReadsTheTokenFromAMountedFile(@TempDir Path folder) throws Exception {
    TestToken made = alice.create();
    PodSpec pod =
        ((CronJob) Manifests.of(block("cronjob.yaml")).objects().get(0))
            .getSpec()
            .getJobTemplate()
            .getSpec()
            .getTemplate()
            .getSpec();
    assertEquals(false, pod.getAutomountServiceAccountToken());
    Container container = pod.getContainers().get(0);
    List<String> command = new ArrayList<>(container.getCommand());
    command.addAll(container.getArgs());
    Path token = Files.writeString(folder.resolve("token"), made.rawToken());
    assertCalled(
        ShellRun.of(Map.of("TOKEN_FILE", token.toString(), "BASE", server.url()), command), made);
  }

  private int statusOf(String rawToken) {
    return application.api().bearer(rawToken).get(ServiceTokens.WHOAMI).status();
  }

  @Test
  void githubRotationMasksAndStoresTheNewToken(@TempDir Path folder) throws Exception {
    TestToken made = alice.create();
    Path gh = Files.writeString(folder.resolve("gh"), GH);
    assertTrue(gh.toFile().setExecutable(true), "gh is executable");
    Object step = step(yaml("github rotation"), "rotate");
    Map<String, String> environment = new HashMap<>(environment(made));
    environment.put("GH_TOKEN", ADMIN);
    environment.put("GITHUB_REPOSITORY", "example/project");
    environment.put("STORE", folder.toString());
    environment.put("PATH", folder + ":" + System.getenv("PATH"));

    Path updated = folder.resolve("updated");
    Files.writeString(updated, Instant.now().minus(Duration.ofDays(6)).toString());
    ShellRun early = bash(environment, folder, command(step));
    assertEquals(new ShellRun(0, ""), early, "before seven days");

    Files.writeString(updated, Instant.now().minus(Duration.ofDays(8)).toString());
    ShellRun due = bash(environment, folder, command(step));
    assertEquals(0, due.status(), due::output);
    String rotated = Files.readString(folder.resolve("secret-production"));
    assertEquals(rotated, Files.readString(folder.resolve("secret-rotation")), "both secrets");
    assertEquals("::add-mask::" + rotated + '\n', due.output());
    assertNotEquals(made.rawToken(), rotated);
    assertEquals(List.of(200, 200), List.of(statusOf(made.rawToken()), statusOf(rotated)));
    assertNoProcessShows(made.rawToken(), rotated);
    String seen = Files.readString(folder.resolve("seen"));
    assertFalse(seen.contains(made.rawToken()) || seen.contains(rotated), seen);
  }

  @Test
  void gitlabRotationStoresTheNewToken() throws Exception {
    TestToken made = alice.create();
    String script = script(yaml("gitlab rotation"), "rotate-token");
    Map<String, String> environment = new HashMap<>(environment(made));
    environment.put("SECRETS_ADMIN", ADMIN);
    environment.put("CI_API_V4_URL", server.url() + "/gitlab");
    environment.put("CI_PROJECT_ID", "7");
    ShellRun run = ShellRun.of(environment, List.of("sh", "-ec", script));
    assertEquals(new ShellRun(0, ""), run);
    String stored = server.stored().get(0);
    assertTrue(stored.startsWith("PUT " + ADMIN + ' '), stored);
    Matcher value = Pattern.compile("name=\"value\"\\s+(\\S+)").matcher(stored);
    assertTrue(value.find(), stored);
    assertEquals(200, statusOf(value.group(1)), "the stored token");
    assertNoProcessShows(made.rawToken(), value.group(1), ADMIN);
  }

  @Test
  void shellKeepsNoTokenInItsHistory(@TempDir Path home) throws Exception {
    TestToken made = alice.create();
    try (Terminal terminal = Terminal.start(Terminal.Shell.BASH, home)) {
      for (String line : block("shell").replace(DOCUMENTED, server.url()).lines().toList()) {
        terminal.paste(line);
        if (line.contains("read -rs")) {
          terminal.await(shown -> shown.endsWith("Token: "), "no prompt");
          // The prompt is a command of its own, which runs before "read".
          Awaitility.await().until(() -> !terminal.echoes());
          terminal.paste(made.rawToken());
        }
      }
      terminal.await(shown -> shown.contains(made.id()), "no response");
      terminal.exit();
      assertFalse(terminal.shown().contains(made.rawToken()), "the terminal shows the raw token");
      assertTrue(String.join("\n", terminal.files()).contains("read -rs"), "there is a history");
      assertFalse(
          String.join("\n", terminal.files()).contains(made.rawToken()),
          "the history contains the raw token");
    }
    assertNoProcessShows(made.rawToken());
  }

  @Test
  void introspectionShowsNeitherTheTokenNorTheClientSecret(@TempDir Path home) throws Exception {
    TestToken client =
        alice.create(TokenRequest.good().with("scopes", "[\"access-tokens:introspect\"]"));
    TestToken token = alice.create();
    String command = block(REFERENCE, "introspection").replace(DOCUMENTED, server.url()).strip();
    try (Terminal terminal = Terminal.start(Terminal.Shell.BASH, home)) {
      terminal.paste(command);
      terminal.await(shown -> shown.endsWith("Client secret: "), "no first prompt");
      Awaitility.await().until(() -> !terminal.echoes());
      terminal.paste(client.rawToken());
      terminal.await(shown -> shown.endsWith("Token: "), "no second prompt");
      Awaitility.await().until(() -> !terminal.echoes());
      terminal.paste(token.rawToken());
      terminal.await(shown -> shown.contains("\"active\":true"), "no response");
      terminal.exit();
      for (String secret : List.of(client.rawToken(), token.rawToken())) {
        assertFalse(terminal.shown().contains(secret), "the terminal shows a secret");
        assertFalse(
            String.join("\n", terminal.files()).contains(secret), "the history contains a secret");
      }
    }
    assertNoProcessShows(client.rawToken(), token.rawToken());
  }

  @Test
  void scheduleNamesTheScriptOnly() throws Exception {
    assertEquals("*/15 * * * * sh /usr/local/bin/call-api.sh\n", block("crontab"));
  }
}
