package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.Deployment;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
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

/**
 * Tests the behavior while revocations wait for the revocation barrier. Leases are long, so that a
 * test can observe the wait.
 */
abstract class AwaitRevocationsContract {

  /**
   * The number of threads for requests that a deployment must have: {@link #MAX_CONCURRENT}, and 25
   * for health checks and request heads.
   */
  static final int REQUEST_THREADS = 45;

  private static final int MAX_CONCURRENT = 20;

  /** A number of requests that exceeds {@link #REQUEST_THREADS}. */
  private static final int MANY = 60;

  /** Longer than {@link #MANY} revocations take. */
  private static final Duration LONG_LEASE = Duration.ofSeconds(10);

  private static final String REASON = "{\"reason\":\"no longer needed\"}";

  private static final Pattern TROUBLE =
      Pattern.compile("(?m)\\b(ERROR|SEVERE)\\b|^\\s+at |\\bWELD-");

  /**
   * Matches a warning of the connection pool and its stack trace. On a busy machine, a background
   * write may pause for more than a second between two statements. Then the database ends the
   * connection, and the write is repeated.
   */
  private static final Pattern LOST_CONNECTION =
      Pattern.compile(
          "marked as broken because of SQLSTATE\\(08\\d{3}\\).*\\R"
              + "(?:(?:\\s+at |\\s+\\.{3} |\\s*Suppressed: |Caused by: |\\S+Exception: ).*\\R)*");

  /** The number of characters of the log before and after an error that a failure shows. */
  private static final int EXCERPT = 2_000;

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  /**
   * Returns a deployment of the server that receives the revocations, with {@link #REQUEST_THREADS}
   * threads for requests. Each kind of server suspends requests in its own way.
   *
   * @param environment the environment variables of the deployment
   */
  abstract Deployment deployment(Map<String, String> environment) throws Exception;

  /** Starts {@code java -jar} as a replica. */
  final RunningApplication start(Duration lease) throws Exception {
    return RunningApplication.start(WarProcess.inNewFolder().withEnvironment(environment(lease)));
  }

  final Map<String, String> environment(Duration lease) {
    return Map.of(
        "ACCESSTOKENS_DATABASE_URL", database.url(),
        "ACCESSTOKENS_DATABASE_USER", database.user(),
        "ACCESSTOKENS_DATABASE_PASSWORD", database.password(),
        "ACCESSTOKENS_CLUSTER_REPLICAS", "many",
        "ACCESSTOKENS_CLUSTER_LEASEMILLIS", Long.toString(lease.toMillis()),
        "ACCESSTOKENS_REQUESTS_MAXCONCURRENT", Integer.toString(MAX_CONCURRENT));
  }

  /** A revocation: the call, the token that it revokes, and the status of its success. */
  private record Way(TestToken token, Supplier<ApiResult> call, int status) {}

  private List<Way> ways(RunningApplication application) throws Exception {
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

  /** During a stop of the machine, the lease ends. Then no revocation waits. */
  @Test
  void waitingRevocationsBlockNoOtherRequest() throws Exception {
    TimeLimits.repeatAfterStop(this::revokeWhileOthersAreServed);
  }

  private void revokeWhileOthersAreServed() throws Exception {
    try (RunningApplication first = RunningApplication.start(deployment(environment(LONG_LEASE)));
        RunningApplication second = start(LONG_LEASE)) {
      int started = first.log().length();
      List<Way> ways = ways(first);
      ServiceTokens elsewhere = new ServiceTokens(second.api().as("alice"));
      int revokedBefore = revoked(elsewhere);
      TestToken known = elsewhere.create();
      first.api().bearer(known.rawToken()).get(WHOAMI).ok();
      for (Way way : ways.subList(MANY - 1, ways.size())) {
        second.api().bearer(way.token().rawToken()).get(WHOAMI).ok();
      }
      AtomicInteger answered = new AtomicInteger();
      TestToken inParts = new ServiceTokens(first.api().as("alice")).create();
      CompletableFuture<List<ApiResult>> answers = requestAll(first, ways, answered);
      try (Socket socket = requestInParts(first, inParts)) {
        awaitCommits(elsewhere, revokedBefore + MANY + 3);
        CompletableFuture<ApiResult> again = async(() -> tryRevoke(first, ways.get(0).token()));
        first.api().bearer(known.rawToken()).get(WHOAMI).ok();
        first.api().bearer(ways.get(0).token().rawToken()).get(WHOAMI).problem(401);
        int early = answered.get();
        boolean isRepetitionDone = again.isDone();
        for (int i = 0; i < ways.size(); i++) {
          if (answers.get().get(i).status() == ways.get(i).status()) {
            ApiResult use = second.api().bearer(ways.get(i).token().rawToken()).get(WHOAMI);
            TimeLimits.assertAlways(
                use.status() != 200, () -> "accepted after the revocation: " + use);
          }
        }
        assertEquals(0, early, "they were not all waiting");
        assertFalse(isRepetitionDone, "the repeated one did not wait");
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
   * Such a revocation returns 503 before any change, and clients repeat the request.
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

  static <T> CompletableFuture<T> async(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, task -> new Thread(task).start());
  }

  static ApiResult tryRevoke(RunningApplication application, TestToken made) {
    return new ServiceTokens(application.api().as("alice")).tryRevoke(made.id());
  }

  /** Waits until another client sees this number of revoked service tokens. */
  static void awaitCommits(ServiceTokens tokens, int count) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> revoked(tokens) == count);
  }

  /** Returns the number of revoked service tokens. */
  private static int revoked(ServiceTokens tokens) {
    return tokens.list("status=revoked&limit=1").getInt("total");
  }

  static void assertNoTrouble(RunningApplication application) throws IOException {
    assertNoTrouble(application, 0);
  }

  /**
   * Asserts that the log has no errors after an offset. The offset excludes the start of the
   * server.
   */
  private static void assertNoTrouble(RunningApplication application, int from) throws IOException {
    String log = withoutLostConnections(application.log().substring(from));
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

  /** Returns a log without the warnings about connections that the database has ended. */
  static String withoutLostConnections(String log) {
    return LOST_CONNECTION.matcher(log).replaceAll("lost connection\n");
  }

  static Socket request(RunningApplication application, TestToken made) throws IOException {
    Socket socket = application.socket().connect();
    socket.getOutputStream().write(bytes(head(application, made) + REASON));
    return socket;
  }

  /** Sends the head. Sends the body after the server has responded to another request. */
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
}
