package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.Exchanges;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the log of {@code java -jar}: its format, its trace ids, and a blocked output. */
class LogFormatIT {

  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String TRACE_PARENT = "00-" + TRACE_ID + "-00f067aa0ba902b7-01";
  private static final String REASON = "{\"reason\":\"no longer needed\"}";

  private static final Set<String> LEVELS = Set.of("ERROR", "WARNING", "INFO", "DEBUG", "TRACE");

  @Test
  void everyLineIsAnObjectOfOneSchema() throws Exception {
    RunningApplication application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withEnvironment("ACCESSTOKENS_LOG_FORMAT", "json")
                .withEnvironment("ACCESSTOKENS_LOG_LEVELS", "io.accesstokens.signing=off")
                .withEnvironment("ACCESSTOKENS_LOG_ACCESS", "true"));
    Set<String> newIds = new HashSet<>();
    try (application) {
      Api alice = application.api().as("alice");
      application
          .api()
          .as("dave")
          .call("GET", ServiceTokens.PATH + "?limit=1&q=query-secret")
          .header("traceparent", TRACE_PARENT)
          .header("User-Agent", "client/7")
          .send()
          .problem(403);
      TestToken token = new ServiceTokens(alice).create();
      ApiResult revoked =
          alice
              .call("DELETE", ServiceTokens.PATH + '/' + token.id())
              .header("X-Request-Id", "revocation-1")
              .json(REASON)
              .send()
              .expect(204);
      assertEquals("revocation-1", revoked.headerLine("X-Request-Id"));
      application.socket().send("GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      // More requests than threads: no thread keeps an id for its next request.
      for (int i = 0; i < 50; i++) {
        newIds.add(
            application.api().get(ServiceTokens.PATH).problem(401).json().getString("traceId"));
      }
      assertEquals(50, newIds.size(), newIds::toString);
    }
    assertTrue(newIds.stream().allMatch(id -> id.matches("[0-9a-f]{32}")), newIds::toString);

    String log = application.log();
    List<JsonObject> lines = log.lines().map(LogFormatIT::parse).toList();
    lines.forEach(LogFormatIT::assertSchema);
    assertTrue(log.contains("is ready at"), log);
    assertFalse(log.contains("created the signing key"), "a suppressed logger");
    assertFalse(log.contains("query-secret"), "a query string is in the log");

    JsonObject denied = one(lines, "audit", event -> "denied".equals(event.getString("event")));
    assertEquals(TRACE_ID, denied.getString("traceId"));
    JsonObject audited = one(lines, "audit", event -> "revoked".equals(event.getString("event")));
    assertEquals("revocation-1", audited.getString("traceId"));
    JsonObject request = one(lines, "access", event -> event.getInt("status") == 403);
    assertEquals(TRACE_ID, request.getString("traceId"));
    JsonObject access = request.getJsonObject("access");
    assertEquals("GET", access.getString("method"));
    assertEquals(ServiceTokens.PATH, access.getString("path"));
    assertEquals("127.0.0.1", access.getString("clientAddress"));
    assertEquals("client/7", access.getString("userAgent"));
    assertTrue(access.getInt("responseBytes") > 0, access::toString);
    assertTrue(access.getInt("durationMillis") >= 0, access::toString);
    JsonObject deferred = one(lines, "access", event -> "DELETE".equals(event.getString("method")));
    assertEquals("revocation-1", deferred.getString("traceId"));
    assertEquals(204, deferred.getJsonObject("access").getInt("status"));
    one(lines, "access", event -> "/*".equals(event.getString("path")));
  }

  /** The Java platform resets all levels when the shutdown of a process begins. */
  @Test
  void levelsApplyDuringTheShutdown() throws Exception {
    RunningApplication application =
        RunningApplication.start(WarProcess.inNewFolder().fromWar().with("--in-memory"));
    try (application) {
      application.stop();
      String log = application.log();
      assertFalse(log.contains(" INFO org.apache."), log);
    }
  }

  /** A restored database lacks the changes after the backup, so an operator must repeat them. */
  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void documentedCommandFindsTheChangesAfterABackup(String format) throws Exception {
    RunningApplication application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withEnvironment("ACCESSTOKENS_LOG_FORMAT", format));
    String id;
    try (application) {
      Api alice = application.api().as("alice");
      ServiceTokens tokens = new ServiceTokens(alice);
      id = tokens.create().id();
      tokens.update(id, "{\"requestsPerMinute\":10}");
      tokens.tryRotate(id, "{}").expect(200);
      alice.call("DELETE", ServiceTokens.path(id) + "/previous-secret").send().expect(204);
      tokens.tryRotate(id, "{\"gracePeriodSeconds\":0}").expect(200);
      tokens.revoke(id);
      alice.post("/api/access-tokens/personal", "{\"name\":\"mine\"}").expect(201);
    }
    String command =
        CodeBlocks.matching(Path.of("src/docs/replicas-and-revocation.md"), "restore: .*?", "bash");
    Path folder = WarProcess.inNewFolder().folder();
    Files.writeString(folder.resolve("audit.log"), application.log());
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    List<JsonObject> events =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .map(LogFormatIT::parse)
            .map(line -> line.containsKey("audit") ? line.getJsonObject("audit") : line)
            .toList();
    assertEquals(
        List.of(
            "created",
            "updated",
            "rotated",
            "previous-secret-ended",
            "rotated",
            "revoked",
            "minted"),
        events.stream().map(event -> event.getString("event")).toList());
    assertEquals(6, events.stream().filter(event -> id.equals(event.getString("tokenId"))).count());
  }

  private static JsonObject parse(String line) {
    try (JsonReader reader = Json.createReader(new StringReader(line))) {
      return reader.readObject();
    } catch (RuntimeException e) {
      throw new AssertionError("not a JSON object: " + line, e);
    }
  }

  private static void assertSchema(JsonObject line) {
    assertTrue(Instant.parse(line.getString("time")).isAfter(Instant.EPOCH), line::toString);
    assertTrue(LEVELS.contains(line.getString("level")), line::toString);
    for (String member : List.of("logger", "message", "thread")) {
      assertFalse(line.getString(member).isBlank(), line::toString);
    }
  }

  /** Returns the only line of a logger whose event matches. */
  private static JsonObject one(
      List<JsonObject> lines, String logger, Predicate<JsonObject> matches) {
    List<JsonObject> found =
        lines.stream()
            .filter(line -> line.getString("logger").equals(logger))
            .filter(line -> matches.test(line.getJsonObject(logger)))
            .toList();
    assertEquals(1, found.size(), found::toString);
    return found.get(0);
  }

  /** More lines than a pipe and the streams can hold. */
  private static final int LINES = 500;

  /** Nothing reads the outputs of the process, as if its disk or its log collector hung. */
  @Test
  @Timeout(300)
  void blockedOutputsStopNoRevocationAndLoseNoLine() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .fromWar()
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_LOG_ACCESS", "true");
    Path auditPipe = pipe(call.folder().resolve("audit.pipe"));
    Path errorsPipe = pipe(call.folder().resolve("errors.pipe"));
    // Each of them waits for the process.
    var audit = CompletableFuture.supplyAsync(() -> open(auditPipe));
    var errors = CompletableFuture.supplyAsync(() -> open(errorsPipe));
    int port = RunningApplication.freePort();
    Process process = call.with("--port", Integer.toString(port)).start(auditPipe, errorsPipe);
    try (BufferedReader auditLines = audit.get(60, TimeUnit.SECONDS);
        BufferedReader errorLines = errors.get(60, TimeUnit.SECONDS)) {
      List<String> lines = new ArrayList<>();
      readUntil("Data: in memory", auditLines, lines);

      Api alice = new Api(URI.create("http://127.0.0.1:" + port), new Exchanges()).as("alice");
      ServiceTokens tokens = new ServiceTokens(alice);
      List<TestToken> made = new ArrayList<>();
      for (int i = 0; i < LINES; i++) {
        made.add(tokens.create());
        alice.anonymous().get("/health/live").expect(200);
      }
      List<TestToken> revoked = new ArrayList<>();
      TimeLimits.within(
          Duration.ofSeconds(20),
          () -> {
            List<TestToken> next = made.subList(revoked.size(), revoked.size() + 5);
            for (TestToken token : next) {
              alice.delete(ServiceTokens.PATH + '/' + token.id(), REASON).expect(204);
            }
            return revoked.addAll(next);
          });
      for (TestToken token : revoked) {
        alice.bearer(token.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
      }

      var allErrors = CompletableFuture.supplyAsync(() -> errorLines.lines().toList());
      for (TestToken token : revoked) {
        String event = "\"event\":\"revoked\"";
        while (lines.stream().noneMatch(l -> l.contains(event) && l.contains(token.id()))) {
          lines.add(auditLines.readLine());
        }
      }
      process.destroy();
      auditLines.lines().forEach(lines::add);
      assertEquals(LINES, count(lines, "\"event\":\"created\""), "audit events in the log");
      lines.addAll(allErrors.get(60, TimeUnit.SECONDS));
      long requests = count(lines, "\"path\":\"/health/live\"");
      assertTrue(requests >= LINES, requests + " requests in the log");
      for (TestToken token : made) {
        assertEquals(0, count(lines, token.rawToken()), "lines with a raw token");
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static Path pipe(Path file) throws Exception {
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor(), "mkfifo");
    return file;
  }

  private static long count(List<String> lines, String text) {
    return lines.stream().filter(line -> line.contains(text)).count();
  }

  private static BufferedReader open(Path pipe) {
    try {
      return Files.newBufferedReader(pipe);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void readUntil(String text, BufferedReader output, List<String> lines)
      throws IOException {
    while (lines.isEmpty() || !lines.get(lines.size() - 1).contains(text)) {
      lines.add(output.readLine());
    }
  }
}
