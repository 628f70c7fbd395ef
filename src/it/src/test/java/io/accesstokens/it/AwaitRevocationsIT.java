package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.Deployment;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PayaraMicro;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.TomcatServer;
import io.accesstokens.testing.server.WarProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the behavior while revocations wait for the revocation barrier. Leases are long, so that a
 * test can observe the wait.
 */
class AwaitRevocationsIT {

  private static final String REASON = "{\"reason\":\"no longer needed\"}";

  /** The grace period of config/compose.yaml and Kubernetes, after which the process is killed. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private static final Pattern TROUBLE =
      Pattern.compile("(?m)\\b(ERROR|SEVERE)\\b|^\\s+at |\\bWELD-");

  /** The number of characters of the log before and after an error that a failure shows. */
  private static final int EXCERPT = 2_000;

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  /** More than the 200 threads of these servers. */
  private static final int MANY = 240;

  /**
   * Server of the revocations. Each suspends requests in its own way. The WAR started by {@code
   * java -jar} runs on Tomcat 10.1.
   */
  enum Server {
    JAVA_JAR,
    TOMCAT_11,
    PAYARA;

    private Deployment deployment(Map<String, String> environment) {
      return switch (this) {
        case JAVA_JAR -> with(WarProcess.inNewFolder(), environment, WarProcess::withEnvironment);
        case TOMCAT_11 ->
            with(
                TomcatServer.inNewFolder(TomcatServer.Version.TOMCAT_11),
                environment,
                TomcatServer::withEnvironment);
        case PAYARA -> with(PayaraMicro.inNewFolder(), environment, PayaraMicro::withEnvironment);
      };
    }
  }

  /** Sets an environment variable of a deployment. */
  @FunctionalInterface
  private interface Variable<D> {
    D with(D deployment, String name, String value);
  }

  private static <D> D with(D deployment, Map<String, String> environment, Variable<D> variable) {
    D all = deployment;
    for (Map.Entry<String, String> each : environment.entrySet()) {
      all = variable.with(all, each.getKey(), each.getValue());
    }
    return all;
  }

  private RunningApplication start(Duration lease) throws Exception {
    return start(Server.JAVA_JAR, lease);
  }

  private RunningApplication start(Server server, Duration lease) throws Exception {
    return RunningApplication.start(
        server.deployment(
            Map.of(
                "ACCESSTOKENS_DATABASE_URL", database.url(),
                "ACCESSTOKENS_DATABASE_USER", database.user(),
                "ACCESSTOKENS_DATABASE_PASSWORD", database.password(),
                "ACCESSTOKENS_CLUSTER_REPLICAS", "many",
                "ACCESSTOKENS_CLUSTER_LEASEMILLIS", Long.toString(lease.toMillis()))));
  }

  /** A revocation: the call, the token that it revokes, and the status of its success. */
  private record Way(TestToken token, Supplier<ApiResult> call, int status) {}

  private static List<Way> ways(RunningApplication application) throws Exception {
    Api alice = application.api().as("alice");
    ServiceTokens tokens = new ServiceTokens(alice);
    PersonalTokens daves = new PersonalTokens(application.api().as("dave"));
    List<Way> ways = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      TestToken made = tokens.create();
      ways.add(new Way(made, () -> tokens.tryRevoke(made.id()), 204));
    }
    TestToken inBulk = tokens.create();
    String ids = "{\"ids\":[\"" + inBulk.id() + "\"],\"reason\":\"all at once\"}";
    ways.add(new Way(inBulk, () -> alice.post(PATH + "/revoke", ids), 200));
    TestToken presented = tokens.create();
    ways.add(
        new Way(
            presented,
            () -> application.api().form(OAuthTopic.REVOKE, "token=" + presented.rawToken()),
            200));
    TestToken own = daves.create();
    ways.add(new Way(own, () -> daves.tryRevoke(own.id()), 204));
    TestToken somebodys = daves.create();
    String path = PersonalTokens.adminPath(somebodys.id());
    ways.add(new Way(somebodys, () -> alice.delete(path, REASON), 204));
    return ways;
  }

  @ParameterizedTest
  @EnumSource
  void waitingRevocationsBlockNoOtherRequest(Server server) throws Exception {
    Duration lease = Duration.ofSeconds(20);
    try (RunningApplication first = start(server, lease);
        RunningApplication second = start(lease)) {
      int started = first.log().length();
      List<Way> ways = ways(first);
      ServiceTokens elsewhere = new ServiceTokens(second.api().as("alice"));
      TestToken known = elsewhere.create();
      first.api().bearer(known.rawToken()).get(WHOAMI).ok();
      for (Way way : ways.subList(MANY - 1, ways.size())) {
        second.api().bearer(way.token().rawToken()).get(WHOAMI).ok();
      }
      AtomicInteger answered = new AtomicInteger();
      TestToken inParts = new ServiceTokens(first.api().as("alice")).create();
      CompletableFuture<List<ApiResult>> answers = requestAll(first, ways, answered);
      try (Socket socket = requestInParts(first, inParts)) {
        awaitCommits(elsewhere, MANY + 3);
        CompletableFuture<ApiResult> again = async(() -> tryRevoke(first, ways.get(0).token()));
        first.api().bearer(known.rawToken()).get(WHOAMI).ok();
        first.api().bearer(ways.get(0).token().rawToken()).get(WHOAMI).problem(401);
        assertEquals(0, answered.get(), "they were not all waiting");
        assertFalse(again.isDone(), "the repeated one did not wait");
        answers.get();
        assertNoTrouble(first, started);
        for (int i = 0; i < ways.size(); i++) {
          answers.get().get(i).expect(ways.get(i).status());
        }
        for (Way way : ways) {
          second.api().bearer(way.token().rawToken()).get(WHOAMI).problem(401);
        }
        assertEquals(
            ways.get(MANY).token().id(),
            answers.get().get(MANY).json().getJsonArray("revoked").getString(0));
        again.get().problem(409);
        assertTrue(statusLine(socket).startsWith("HTTP/1.1 204"), "the body came after the head");
        second.api().bearer(inParts.rawToken()).get(WHOAMI).problem(401);
        assertNoTrouble(first, started);
      }
    }
  }

  private static CompletableFuture<List<ApiResult>> requestAll(
      RunningApplication first, List<Way> ways, AtomicInteger answered) {
    return async(
        () -> {
          try {
            return Parallel.run(
                ways.size(),
                i -> {
                  ApiResult answer = untilTaken(first, ways.get(i));
                  answered.incrementAndGet();
                  return answer;
                });
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        });
  }

  /**
   * Repeats a revocation until it is accepted.
   *
   * <p>On a busy machine, the first revocations may fail while they wait for a database connection.
   * They return a 503 before any change, and clients repeat them.
   */
  private static ApiResult untilTaken(RunningApplication first, Way way)
      throws InterruptedException {
    while (true) {
      ApiResult answer = way.call().get();
      if (answer.status() != 503) {
        return answer;
      }
      assertEquals("1", answer.headerLine("Retry-After"));
      first.api().bearer(way.token().rawToken()).get(WHOAMI).ok();
      Thread.sleep(1_000); // A client waits as long as Retry-After says.
    }
  }

  private static <T> CompletableFuture<T> async(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, task -> new Thread(task).start());
  }

  private static ApiResult tryRevoke(RunningApplication application, TestToken made) {
    return new ServiceTokens(application.api().as("alice")).tryRevoke(made.id());
  }

  /** Waits until another client sees this number of revoked service tokens. */
  private static void awaitCommits(ServiceTokens tokens, int count) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> tokens.list("status=revoked&limit=1").getInt("total") == count);
  }

  private static void assertNoTrouble(RunningApplication application) throws IOException {
    assertNoTrouble(application, 0);
  }

  /**
   * Asserts that the log has no errors after an offset. The offset excludes the start of the
   * server.
   */
  private static void assertNoTrouble(RunningApplication application, int from) throws IOException {
    String log = application.log().substring(from);
    Matcher trouble = TROUBLE.matcher(log);
    assertFalse(
        trouble.find(),
        () ->
            application.logFile()
                + ": "
                + log.substring(
                    Math.max(0, trouble.start() - EXCERPT),
                    Math.min(log.length(), trouble.end() + EXCERPT)));
  }

  @Test
  void revocationOfADisconnectedClientCompletes() throws Exception {
    Duration lease = Duration.ofSeconds(3);
    try (RunningApplication first = start(lease);
        RunningApplication second = start(lease)) {
      ServiceTokens tokens = new ServiceTokens(first.api().as("alice"));
      TestToken made = tokens.create();
      second.api().bearer(made.rawToken()).get(WHOAMI).ok();
      try (Socket socket = request(first, made)) {
        awaitCommits(new ServiceTokens(second.api().as("alice")), 1);
        socket.setSoLinger(true, 0);
      }
      // This revocation ends after the one whose client has disconnected.
      tokens.revoke(tokens.create().id());
      for (RunningApplication application : List.of(first, second)) {
        application.api().bearer(made.rawToken()).get(WHOAMI).problem(401);
      }
      assertEquals(
          List.of("revoked", "created"),
          tokens.events(made.id()).stream().map(event -> event.getString("event")).toList());
      assertEquals(
          1,
          first
              .log()
              .lines()
              .filter(line -> line.contains(made.id()) && line.contains("\"revoked\""))
              .filter(line -> !line.contains("refused"))
              .count());
      assertNoTrouble(first);
    }
  }

  private static Socket request(RunningApplication application, TestToken made) throws IOException {
    Socket socket = application.socket().connect();
    socket.getOutputStream().write(bytes(head(application, made) + REASON));
    return socket;
  }

  /** Sends the head, and the body once the server has answered another request. */
  private static Socket requestInParts(RunningApplication application, TestToken made)
      throws IOException {
    Socket socket = application.socket().connect();
    socket.getOutputStream().write(bytes(head(application, made)));
    application.api().bearer(made.rawToken()).get(WHOAMI).ok();
    socket.getOutputStream().write(bytes(REASON));
    return socket;
  }

  private static String head(RunningApplication application, TestToken made) {
    return """
    DELETE %s HTTP/1.1\r
    Host: %s\r
    Authorization: Basic YWxpY2U6YWxpY2U=\r
    Content-Type: application/json\r
    Content-Length: %d\r
    \r
    """
        .formatted(
            application.contextPath() + ServiceTokens.path(made.id()),
            application.socket().host(),
            REASON.length());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String statusLine(Socket socket) throws IOException {
    return new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
        .readLine();
  }

  @Test
  void shutdownWaitsForRevocations() throws Exception {
    Duration lease = Duration.ofSeconds(5);
    try (RunningApplication first = start(lease);
        RunningApplication second = start(lease)) {
      TestToken made = new ServiceTokens(first.api().as("alice")).create();
      second.api().bearer(made.rawToken()).get(WHOAMI).ok();
      CompletableFuture<ApiResult> answer = async(() -> tryRevoke(first, made));
      awaitCommits(new ServiceTokens(second.api().as("alice")), 1);
      first.requestStop();
      answer.get().expect(204);
      second.api().bearer(made.rawToken()).get(WHOAMI).problem(401);
      int exit = first.awaitEnd();
      assertTrue(exit == 0 || exit == 143, "exit code " + exit);
      assertNoTrouble(first);
    }
  }

  @Test
  void revocationsBeyondTheShutdownTimeoutFailWith503() throws Exception {
    Duration lease = Duration.ofSeconds(60);
    try (RunningApplication first = start(lease);
        RunningApplication second = start(lease)) {
      ServiceTokens tokens = new ServiceTokens(first.api().as("alice"));
      TestToken made = tokens.create();
      TestToken presented = tokens.create();
      CompletableFuture<ApiResult> answer = async(() -> tryRevoke(first, made));
      CompletableFuture<ApiResult> oauth =
          async(() -> first.api().form(OAuthTopic.REVOKE, "token=" + presented.rawToken()));
      awaitCommits(new ServiceTokens(second.api().as("alice")), 2);
      long stopRequested = System.nanoTime();
      first.requestStop();
      ApiResult cutOff = answer.get().problem(503);
      assertEquals("1", cutOff.headerLine("Retry-After"));
      assertEquals("urn:problem-type:access-tokens:unavailable", cutOff.json().getString("type"));
      ApiResult form = oauth.get().expect(503);
      assertEquals("1", form.headerLine("Retry-After"));
      assertEquals("application/json", form.headerLine("Content-Type"));
      assertEquals("temporarily_unavailable", form.json().getString("error"));
      Awaitility.await().atMost(GRACE).until(() -> !first.isAlive());
      Duration took = Duration.ofNanos(System.nanoTime() - stopRequested);
      assertTrue(took.compareTo(GRACE) < 0, () -> "it would have been killed: " + took);
      assertNoTrouble(first);
    }
  }
}
