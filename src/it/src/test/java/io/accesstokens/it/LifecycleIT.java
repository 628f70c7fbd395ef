package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.program.ServerPrograms;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests the start and the graceful shutdown of the application, and restarts. */
class LifecycleIT {

  private static final Pattern ERASURE_ON_H2 = Pattern.compile("\\| H2 \\| `([^`]*)`");

  /** The server may end when no connection has sent a request for this time. */
  private static final Duration QUIET = Duration.ofMillis(100);

  @Test
  void startWithoutConfigurationPrintsTheNextSteps() throws Exception {
    TimeLimits.repeatAfterStop(LifecycleIT::startWithoutConfiguration);
  }

  private static void startWithoutConfiguration() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar();
    try (RunningApplication application = RunningApplication.start(call)) {
      // The application accepts connections before it writes the last line about its start.
      Awaitility.await().until(() -> application.log().contains("Data: "));
      String log = application.log();
      assertTrue(log.contains("http://127.0.0.1:" + application.port()), log);
      assertTrue(log.contains("alice"), log);
      // Warnings at each start would teach operators to ignore warnings. Only a stop of the machine
      // can be the reason of a warning.
      assertFalse(log.matches("(?s).*\\b(WARNING|ERROR)\\b.*"), log);
      assertTrue(Files.isDirectory(call.dataDirectory()), "data lies in ./data by default");
      application.api().as("alice").get(WHOAMI).ok();
    }
  }

  @Test
  void stateSurvivesAShutdownThatRemovesTemporaryFiles() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar().withDataDirectory();
    RunningApplication first = RunningApplication.start(call);
    try (first) {
      ServiceTokens alice = new ServiceTokens(first.api().as("alice"));
      TestToken alive = alice.create();
      TestToken dead = alice.create(good().of("payments"));
      alice.revoke(dead.id());
      List<JsonObject> events = alice.loggedEvents(dead.id());
      Instant usageRecorder = Instant.now().minusMillis(1);
      first.api().bearer(alive.rawToken()).get(WHOAMI).ok();
      int exit = first.stop();
      assertTrue(exit == 0 || exit == 143, "exit code " + exit);
      assertFalse(first.log().contains("\tat "), first::toString);
      try (var left = Files.list(call.temporaryDirectory())) {
        assertEquals(List.of(), left.toList());
      }
      try (var files = Files.list(call.dataDirectory())) {
        assertEquals(
            List.of(), files.filter(file -> file.toString().endsWith(".lock.db")).toList());
      }
      try (RunningApplication second = first.restart()) {
        ServiceTokens again = new ServiceTokens(second.api().as("alice"));
        // This use was only in memory when the process received the signal.
        JsonObject kept = again.get(alive.id());
        assertFalse(kept.isNull("lastUsedAt"), "the last use was lost");
        assertFalse(
            Instant.parse(kept.getString("lastUsedAt")).isBefore(usageRecorder), kept::toString);
        second.api().bearer(alive.rawToken()).get(WHOAMI).ok();
        second.api().bearer(dead.rawToken()).get(WHOAMI).problem(401);
        assertEquals(events, again.events(dead.id()));
        assertEquals("revoked", again.get(dead.id()).getString("status"));
      }
    }
  }

  @Test
  void documentedStatementEndsTheSessionsInEmbeddedH2() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar();
    try (RunningApplication application = RunningApplication.start(call)) {
      BrowserSession.signIn(application.api(), "alice", "alice").get(WHOAMI).ok();
      application.stop();
    }
    Files.createSymbolicLink(
        call.folder().resolve("access-tokens.war"),
        Path.of("target/access-tokens.war").toAbsolutePath());
    String commands =
        CodeBlocks.matching(Path.of("src/docs/commands.md"), "h2 statement: .*?", "bash");
    String output = outputOfBash(call.folder(), commands);
    assertTrue(output.contains("Update count: 1,"), output);

    Matcher erasure = ERASURE_ON_H2.matcher(Files.readString(Path.of("src/docs/audit-log.md")));
    assertTrue(erasure.find(), "the statement for H2 is not documented");
    String other = commands.replace("delete from access_token_sessions", erasure.group(1));
    output = outputOfBash(call.folder(), other);
    assertTrue(output.contains("Update count: 0,"), output);
    assertFalse(
        Files.exists(call.folder().resolve("data/access-tokens.trace.db")),
        "H2 wrote a trace file");
  }

  private static String outputOfBash(Path folder, String commands) throws IOException {
    ServerPrograms.unzip();
    Process process =
        new ProcessBuilder("bash", "-c", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** During a stop of the machine, the request exceeds its deadline, and the shutdown its wait. */
  @Test
  void shutdownWaitsForRequestsInFlight() throws Exception {
    TimeLimits.repeatAfterStop(LifecycleIT::stopDuringARequest);
  }

  private static void stopDuringARequest() throws Exception {
    int managementPort = RunningApplication.freePort();
    WarProcess call =
        WarProcess.inNewFolder()
            .fromWar()
            .withDataDirectory()
            .withEnvironment("ACCESSTOKENS_MANAGEMENT_PORT", String.valueOf(managementPort));
    try (RunningApplication application = RunningApplication.start(call)) {
      application.api().as("alice").get(WHOAMI).ok();
      String body = good().json();
      String head =
          """
          POST %s HTTP/1.1\r
          Host: %s\r
          Authorization: Basic YWxpY2U6YWxpY2U=\r
          Content-Type: application/json\r
          Content-Length: %d\r
          \r
          """
              .formatted(PATH, application.socket().host(), body.length());
      try (Socket socket = application.socket().connect()) {
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(bytes, 0, 10);
        socket.getOutputStream().flush();
        // The server reads the connections in their order, so it has read the head by then.
        application.api().as("alice").get(WHOAMI).ok();
        application.requestStop();
        Awaitility.await("it runs while a request is in flight")
            .during(Duration.ofSeconds(1))
            .until(application::isAlive);
        Awaitility.await("it stops listening").until(() -> refusesConnections(application));
        Api management = Api.at(URI.create("http://127.0.0.1:" + managementPort));
        assertEquals(503, management.get("/health/ready").status());
        assertEquals(200, management.get("/health/live").status());
        socket.getOutputStream().write(bytes, 10, bytes.length - 10);
        socket.getOutputStream().flush();
        application.socket().read(socket, "POST " + PATH).expect(201);
      }
      int exit = application.awaitEnd();
      assertTrue(exit == 0 || exit == 143, "exit code " + exit);
    }
  }

  private static boolean refusesConnections(RunningApplication application) throws IOException {
    try {
      application.socket().connect().close();
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  /**
   * The order of Kubernetes: first the readiness check fails, and then the server stops. A stop of
   * the machine can last longer than the time between both.
   */
  @Test
  void readinessFailsWhileRequestsAreStillServed() throws Exception {
    TimeLimits.repeatAfterStop(LifecycleIT::stopAfterADelay);
  }

  private static void stopAfterADelay() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .fromWar()
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_SHUTDOWN_DELAYSECONDS", "10");
    try (RunningApplication application = RunningApplication.start(call);
        Socket kept = application.socket().connect()) {
      assertEquals(
          "", get(application, kept, "/health/ready").expect(200).headerLine("Connection"));
      application.api().as("alice").get(WHOAMI).ok(); // hashes the password, which takes a moment
      application.requestStop();
      Awaitility.await("the readiness check fails")
          .until(() -> application.api().get("/health/ready").status() == 503);
      assertEquals(200, application.api().get("/health/live").status());
      application.api().as("alice").get(WHOAMI).ok();
      ApiResult last = get(application, kept, "/health/live").expect(200);
      assertEquals("close", last.headerLine("Connection"));
      assertEquals(-1, kept.getInputStream().read(), "the connection is still open");
      int exit = application.awaitEnd();
      assertTrue(exit == 0 || exit == 143, "exit code " + exit);
      assertFalse(application.log().contains("\tat "), application::toString);
    }
  }

  /**
   * With busy connections, requests arrive in every moment of the stop. A stop of the machine makes
   * all clients silent.
   */
  @Test
  void requestsOnOpenConnectionsAreServedUntilAResponseClosesThem() throws Exception {
    TimeLimits.repeatAfterStop(LifecycleIT::stopBesideBusyConnections);
  }

  private static void stopBesideBusyConnections() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar().with("--in-memory");
    try (RunningApplication application = RunningApplication.start(call)) {
      int clients = 8;
      CountDownLatch connected = new CountDownLatch(clients);
      List<Boolean> closed =
          Parallel.run(
              clients,
              i -> {
                try (Socket kept = application.socket().connect()) {
                  ApiResult answer = get(application, kept, "/health/live").expect(200);
                  connected.countDown();
                  for (int sent = 1; answer.headerLine("Connection").isEmpty(); sent++) {
                    if (i == 0 && sent == 200) {
                      connected.await();
                      application.requestStop();
                    }
                    long answered = System.nanoTime();
                    try {
                      answer = get(application, kept, "/health/live");
                    } catch (AssertionError | IOException e) {
                      // A client that does not get a processor is silent, and the server may end.
                      Duration silent = Duration.ofNanos(System.nanoTime() - answered);
                      assertTrue(silent.compareTo(QUIET) >= 0, () -> "after " + silent + ": " + e);
                      return false;
                    }
                    answer.expect(200);
                  }
                  assertEquals("close", answer.headerLine("Connection"));
                  return true;
                }
              });
      assertTrue(closed.contains(true), "no response has closed a connection");
      int exit = application.awaitEnd();
      assertTrue(exit == 0 || exit == 143, "exit code " + exit);
    }
  }

  private static ApiResult get(RunningApplication application, Socket socket, String path)
      throws Exception {
    String head = "GET " + path + " HTTP/1.1\r\nHost: " + application.socket().host() + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    return application.socket().read(socket, "GET " + path);
  }

  @Test
  void startCanBeTried() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar().with("--in-memory", "--port", "0");
    Outcome outcome = call.with("--stop-when-ready").run("");
    assertEquals(0, outcome.exitCode(), outcome::err);
    assertTrue(outcome.out().contains("is ready at"), outcome::out);
    try (var left = Files.list(call.temporaryDirectory())) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void stateInMemoryIsLostAtTheEnd() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar().with("--in-memory");
    RunningApplication first = RunningApplication.start(call);
    try (first) {
      String raw = new ServiceTokens(first.api().as("alice")).create().rawToken();
      first.stop();
      assertFalse(Files.exists(call.dataDirectory()), "nothing is written in memory");
      try (RunningApplication second = first.restart()) {
        second.api().bearer(raw).get(WHOAMI).problem(401);
      }
    }
  }

  @Test
  void settingsAreReadFromTheEnvironment() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_SERVICE_MAXTOKENLIFETIMEDAYS", "10")
            .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWTOKENMANAGEMENT", "true");
    try (RunningApplication application = RunningApplication.start(call)) {
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      assertEquals(Duration.ofDays(10), CreateTokenTopic.life(alice.create().token()));
      alice.tryCreate(good().with("expiresInDays", "11")).violates("expiresInDays");
      alice.create(good().scopes("access-tokens:service:read"));
    }
  }

  @Test
  void optionsOverrideTheEnvironmentWhichOverridesTheFile() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .withConfig(
                """
                accessTokens:
                  port: 1
                  service:
                    maxTokenLifetimeDays: 20
                    defaultTokenLifetimeDays: 5
                    admin:
                      userEntityRefs: [user:default/alice]
                """)
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_PORT", "2")
            .withEnvironment("ACCESSTOKENS_SERVICE_MAXTOKENLIFETIMEDAYS", "9");
    try (RunningApplication application = RunningApplication.start(call)) {
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      assertEquals(Duration.ofDays(5), CreateTokenTopic.life(alice.create().token()));
      alice.create(good().with("expiresInDays", "9"));
      alice.tryCreate(good().with("expiresInDays", "10")).violates("expiresInDays");
    }
  }

  /** A pipe can be read once only. The listener and the application must use the same settings. */
  @Test
  void settingsFileMayBeAPipe() throws Exception {
    WarProcess call = WarProcess.inNewFolder();
    Path pipe = call.folder().resolve("settings");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(), "mkfifo");
    Thread writer =
        new Thread(
            () -> {
              try {
                Files.writeString(
                    pipe, "accessTokens: {inMemory: true, service: {maxTokenLifetimeDays: 10}}");
                Files.writeString(pipe, ""); // a second reader gets an empty file
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    writer.setDaemon(true);
    writer.start();
    try (RunningApplication application =
        RunningApplication.start(call.with("--config", pipe.toString()))) {
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      assertEquals(Duration.ofDays(10), CreateTokenTopic.life(alice.create().token()));
      assertFalse(Files.exists(call.dataDirectory()), "setting inMemory is not applied");
    }
  }

  @Test
  void dataDirectoryIsCreatedForADatabaseElsewhere() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar();
    Path database = call.folder().resolve("db/tokens");
    call = call.withEnvironment("ACCESSTOKENS_DATABASE_URL", "jdbc:h2:" + database);
    try (RunningApplication application = RunningApplication.start(call)) {
      new ServiceTokens(application.api().as("alice")).create();
    }
    assertTrue(Files.exists(call.dataDirectory().resolve("signing-keys.secret")));
  }

  @Test
  void tlsIsServedWithAPemCertificate() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar();
    Certificate certificate = Certificate.selfSigned(call.folder());
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(certificate.trusting())
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    WarProcess tls =
        call.with("--in-memory")
            .with("--tls-certificate", certificate.certificateFile().toString())
            .with("--tls-key", certificate.keyFile().toString());
    try (RunningApplication application = RunningApplication.startTls(tls, client)) {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create("https://127.0.0.1:" + application.port() + "/health/live"))
              .build();
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      assertEquals(200, response.statusCode());
      assertEquals(
          "max-age=31536000",
          response.headers().firstValue("Strict-Transport-Security").orElse("none"));
      Awaitility.await()
          .until(() -> application.log().contains("https://127.0.0.1:" + application.port()));
    }
  }

  @Test
  void invalidCertificateIsReportedInOneLine() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar();
    String nonsense = call.file("cert.pem", "nonsense").toString();
    CommandLineIT.refuses(
        call.with("--in-memory", "--port", "" + RunningApplication.freePort())
            .with("--tls-certificate", nonsense, "--tls-key", nonsense)
            .run(""),
        1,
        "");
  }
}
