package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.Metrics;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Tests an outage of the database while the application serves requests, and the recovery. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseOutageIT {

  private static final int CALLERS = 60;

  /**
   * The threads that the requests of the callers may start. A request starts a thread although
   * another one is about to become idle, so there may be some more threads than callers.
   */
  private static final int REQUEST_THREADS = CALLERS + 10;

  private static final Duration LEASE = Duration.ofMillis(500);

  /** Longer than an interruption of verification that leaves the application ready. */
  private static final Duration BEYOND_TOLERANCE = Duration.ofSeconds(13);

  /**
   * For how long the application accepts cached tokens, if it is configured so. Longer than {@link
   * #BEYOND_TOLERANCE}.
   */
  private static final Duration CACHED = Duration.ofSeconds(30);

  /** Longer than the wait for a database that does not respond, shorter than its timeouts. */
  private static final Duration SHORT_WAIT = Duration.ofSeconds(2);

  private static final Duration RECOVERY = Duration.ofSeconds(5);

  /** Time limit of a response, below the usual timeouts of clients and proxies (half a minute). */
  private static final Duration HANGING = Duration.ofSeconds(20);

  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

  private static final String ACTIVE_CONNECTIONS =
      "hikaricp_connections_active{pool=\"access-tokens\"}";

  private final MariaDbServer server = MariaDbServer.create();
  private WarProcess call = WarProcess.inNewFolder().inSeparateProcess();

  @BeforeAll
  void startServer() {
    server.start();
    TestDatabase database = server.newDatabase();
    call = call.withDatabase(database);
  }

  @AfterAll
  void closeServer() {
    server.close();
  }

  @Test
  void outageIs503AndRecoveryNeedsNoRestart() throws Exception {
    try (RunningApplication application = RunningApplication.start(call)) {
      ServiceTokens tokens = new ServiceTokens(application.api().as("alice"));
      TestToken made = tokens.create();
      Api bearer = application.api().bearer(made.rawToken());
      bearer.get(WHOAMI).ok();
      // A cached verdict keeps no thread for long.
      int most = threads(application) + REQUEST_THREADS;

      server.stop();
      awaitEndOfLease(bearer);
      eachCallIs503(application, made);
      loadDoesNotPileUp(application, bearer, most);

      server.start();
      recovers(application, bearer);
      hangingDatabaseEndsInATimeout(application, bearer, most);
      tokens.revoke(made.id());
      TimeLimits.succeedsAfter(
          RECOVERY,
          "the revoked token is refused",
          // On a busy machine the first responses may be 503. The token must not be accepted.
          () -> bearer.get(WHOAMI).expectProblem().expectOneOf(401, 503).status() == 401);
    }
  }

  private void hangingDatabaseEndsInATimeout(RunningApplication application, Api bearer, int most)
      throws Exception {
    server.pause();
    try {
      awaitEndOfLease(bearer);
      for (ApiResult answer :
          TimeLimits.within(HANGING, () -> Parallel.run(CALLERS, i -> bearer.get(WHOAMI)))) {
        unavailable(answer);
      }
      assertEquals(503, application.api().get("/health/ready").status());
      application.api().get("/health/live").expect(200);
      int now = threads(application);
      assertTrue(now <= most, "threads: at most " + most + ", and now " + now);
    } finally {
      server.resume();
    }
    recovers(application, bearer);
  }

  /** The password is changed in the database only, and the open connections end. */
  @Test
  void refusedPasswordIsAnOutage() throws Exception {
    TestDatabase database = server.newDatabase();
    WarProcess limited =
        call.withDatabase(database.url(), "limited", "first")
            .withEnvironment("ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY", KEY);
    try (Connection connection = database.connect();
        Statement administrator = connection.createStatement()) {
      administrator.execute("create user limited@'127.0.0.1' identified by 'first'");
      administrator.execute(
          "grant all on " + connection.getCatalog() + ".* to limited@'127.0.0.1'");
      try (RunningApplication application = RunningApplication.start(limited)) {
        TestToken made = new ServiceTokens(application.api().as("alice")).create();
        Api bearer = application.api().bearer(made.rawToken());
        bearer.get(WHOAMI).ok();
        administrator.execute("alter user limited@'127.0.0.1' identified by 'second'");
        administrator.execute("kill user limited@'127.0.0.1'");
        awaitEndOfLease(bearer);
        for (int i = 0; i < 5; i++) {
          eachCallIs503(application, made);
        }
        administrator.execute("alter user limited@'127.0.0.1' identified by 'first'");
        recovers(application, bearer);
        Metrics.read(application.api().as("alice"))
            .expect(0, "access_tokens_log_failures_total{reason=\"error\"}");
      }
    }
  }

  /** A balancer sends no requests to a replica that is not ready. */
  @Test
  void replicaIsReadyWhileItAcceptsCachedTokens() throws Exception {
    // The time for which the application accepts cached tokens can end during a stop of the
    // machine.
    TimeLimits.repeatAfterStop(this::useCachedTokensDuringOutages);
  }

  private void useCachedTokensDuringOutages() throws Exception {
    WarProcess servesCached =
        call.withEnvironment("ACCESSTOKENS_CLUSTER_ONSTOREOUTAGE", "serve-cached")
            .withEnvironment("ACCESSTOKENS_CLUSTER_SERVECACHEDSECONDS", "" + CACHED.toSeconds())
            // Longer than the test, so that only the end of the extra time ends the acceptance.
            .withEnvironment("ACCESSTOKENS_SERVICE_CACHETTLSECONDS", "600");
    TestDatabase database = server.newDatabase();
    servesCached = servesCached.withDatabase(database);
    try (RunningApplication application = RunningApplication.start(servesCached)) {
      Api bearer =
          application
              .api()
              .bearer(new ServiceTokens(application.api().as("alice")).create().rawToken());
      bearer.get(WHOAMI).ok();
      cachedTokensAreAcceptedWhileTheDatabaseHangs(application, bearer);
      cachedTokensAreAcceptedAfterTheEndOfTheDatabase(application, bearer);
    }
  }

  private static void acceptsCachedTokens(
      RunningApplication application, Api bearer, Duration time) {
    Awaitility.await()
        .during(time)
        .atMost(CACHED)
        .until(
            () -> {
              TimeLimits.within(SHORT_WAIT, () -> bearer.get(WHOAMI).ok());
              application.api().get("/health/ready").expect(200);
              return true;
            });
  }

  private void cachedTokensAreAcceptedWhileTheDatabaseHangs(
      RunningApplication application, Api bearer) throws Exception {
    TimeLimits.within(
        LEASE.multipliedBy(2).plus(SHORT_WAIT),
        () -> {
          recovers(application, bearer);
          server.pause();
          try {
            long start = System.nanoTime();
            while (System.nanoTime() - start < LEASE.multipliedBy(2).toNanos()) {
              bearer.get(WHOAMI).ok();
            }
          } finally {
            server.resume();
          }
          return true;
        });
    recovers(application, bearer);
    server.pause();
    try {
      acceptsCachedTokens(application, bearer, LEASE.multipliedBy(4));
    } finally {
      server.resume();
    }
    recovers(application, bearer);
  }

  private void cachedTokensAreAcceptedAfterTheEndOfTheDatabase(
      RunningApplication application, Api bearer) throws Exception {
    server.stop();
    try {
      // The ping can fail before the lease ends.
      TimeLimits.succeedsAfter(
          RECOVERY,
          "the application accepts cached tokens",
          () -> application.api().get("/health/ready").status() == 200);
      acceptsCachedTokens(application, bearer, BEYOND_TOLERANCE);
      TimeLimits.succeedsAfter(
          CACHED, "the extra time has ended", () -> bearer.get(WHOAMI).status() == 503);
      application.api().get("/health/ready").expect(503);
    } finally {
      server.start();
    }
  }

  /** Blocked changes occupy all connections, for example during a migration on PostgreSQL. */
  @Test
  void replicaWithBusyConnectionsIsReadyWhileItHasALease() throws Exception {
    // After a stop of the machine, the lease has been over for too long.
    TimeLimits.repeatAfterStop(this::blockChangesAndThenTheFeed);
  }

  private void blockChangesAndThenTheFeed() throws Exception {
    TestDatabase database = server.newDatabase();
    WarProcess small =
        call.withDatabase(database).withEnvironment("ACCESSTOKENS_DATABASE_MAXIMUMPOOLSIZE", "3");
    AtomicBoolean done = new AtomicBoolean();
    try (RunningApplication application = RunningApplication.start(small);
        Connection changes = database.connect();
        Connection feed = database.connect()) {
      Api api = application.api();
      ServiceTokens tokens = new ServiceTokens(api.as("alice"));
      Api bearer = api.bearer(tokens.create().rawToken());
      bearer.get(WHOAMI).ok();
      changes.createStatement().execute("lock tables service_access_token_audit_log read");
      FutureTask<List<ApiResult>> blocked =
          new FutureTask<>(() -> Parallel.run(20, i -> createUntil(done, tokens)));
      new Thread(blocked).start();
      Awaitility.await().until(() -> Metrics.read(api.as("alice")).value(ACTIVE_CONNECTIONS) == 3);
      for (int i = 0; i < 5; i++) {
        TimeLimits.within(Duration.ofSeconds(2), () -> api.get("/health/ready").expect(200));
        bearer.get(WHOAMI).ok();
      }
      feed.createStatement().execute("lock tables access_token_change_counter write");
      awaitEndOfLease(bearer);
      // A ping can succeed if a connection becomes free, until the lease has been over for a time.
      TimeLimits.succeedsAfter(
          HANGING, "the replica is not ready", () -> api.get("/health/ready").status() == 503);
      feed.createStatement().execute("unlock tables");
      changes.createStatement().execute("unlock tables");
      done.set(true);
      blocked.get();
      recovers(application, bearer);
    } finally {
      done.set(true);
    }
  }

  private static ApiResult createUntil(AtomicBoolean done, ServiceTokens tokens) {
    ApiResult answer = tokens.tryCreate(good());
    while (!done.get()) {
      answer = tokens.tryCreate(good());
    }
    return answer;
  }

  /** Waits until the lease ends. Until then the application may use cached verdicts. */
  private static void awaitEndOfLease(Api bearer) throws Exception {
    TimeLimits.succeedsAfter(
        LEASE.plus(HANGING), "the lease has ended", () -> bearer.get(WHOAMI).status() == 503);
  }

  private static void recovers(RunningApplication application, Api bearer) throws Exception {
    ServiceTokens tokens = new ServiceTokens(application.api().as("alice"));
    TimeLimits.succeedsAfter(
        RECOVERY,
        "the application has recovered",
        () ->
            application.api().get("/health/ready").status() == 200
                && bearer.get(WHOAMI).status() == 200
                && tokens.tryCreate(good()).status() == 201);
  }

  private static void eachCallIs503(RunningApplication application, TestToken made) {
    Api anonymous = application.api();
    Api alice = anonymous.as("alice");
    Api bearer = anonymous.bearer(made.rawToken());
    unavailable(bearer.get(WHOAMI));
    unavailable(bearer.get(PATH));
    unavailable(alice.get(PATH));
    unavailable(alice.get(PATH + '/' + made.id()));
    unavailable(alice.get(PATH + '/' + made.id() + "/audit"));
    unavailable(alice.post(PATH, good().json()));
    unavailable(new ServiceTokens(alice).tryRevoke(made.id()));
    assertEquals(503, anonymous.get("/health/ready").status());
    anonymous.get("/health/live").expect(200);
    // Requests that need no database succeed.
    alice.get(WHOAMI).ok();
    anonymous.bearer("bsat_nonsense").get(WHOAMI).problem(401);
    anonymous.get(WHOAMI).problem(401);
    alice.post(PATH, "{}").problem(422);
    anonymous.as("dave").get(PATH).problem(403);
  }

  private static void unavailable(ApiResult answer) {
    answer.problem(503);
    assertTrue(answer.header("Retry-After").isPresent(), answer::toString);
  }

  private static void loadDoesNotPileUp(RunningApplication application, Api bearer, int most)
      throws Exception {
    for (int round = 0; round < 3; round++) {
      List<ApiResult> answers = Parallel.run(CALLERS, i -> bearer.get(WHOAMI));
      for (ApiResult answer : answers) {
        unavailable(answer);
      }
      int now = threads(application);
      assertTrue(now <= most, "threads: at most " + most + ", and now " + now);
    }
    unavailable(TimeLimits.within(Duration.ofSeconds(10), () -> bearer.get(WHOAMI)));
  }

  /** Returns the number of threads of the process. */
  private static int threads(RunningApplication application) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + application.processId() + "/status")).stream()
        .filter(line -> line.startsWith("Threads:"))
        .mapToInt(line -> Integer.parseInt(line.substring("Threads:".length()).strip()))
        .findFirst()
        .orElseThrow();
  }
}
