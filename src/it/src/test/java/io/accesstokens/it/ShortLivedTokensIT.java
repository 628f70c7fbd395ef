package io.accesstokens.it;

import static io.accesstokens.testing.client.PersonalTokens.path;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.ShortLivedTokens.exchange;
import static io.accesstokens.testing.client.ShortLivedTokens.header;
import static io.accesstokens.testing.client.ShortLivedTokens.keyIds;
import static io.accesstokens.testing.client.ShortLivedTokens.tryExchange;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ShortLivedTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.ShiftableClock;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;

/** Tests the exchange of personal tokens for JWTs: restarts, replicas, key rotation and errors. */
class ShortLivedTokensIT {

  private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final String OTHER_KEY = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
  private static final String ENCRYPTION_KEY = "ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY";
  private static final String PUBLIC_URL = "ACCESSTOKENS_PUBLICURL";
  private static final String EXCHANGES = "ACCESSTOKENS_RATELIMITS_TOKENEXCHANGESPERMINUTE";
  private static final String INTROSPECT = "/api/access-tokens/introspect";
  private static final String METADATA = "/.well-known/oauth-authorization-server/api/auth";

  private static WarProcess on(TestDatabase database) {
    return WarProcess.inNewFolder()
        .withDatabase(database)
        .withEnvironment(PUBLIC_URL, "http://tokens.example")
        .withEnvironment(EXCHANGES, "1000");
  }

  private static TestToken personal(RunningApplication application) {
    return new PersonalTokens(application.api().as("dave")).create();
  }

  @Test
  void exchangeWorksByDefaultAndSurvivesARestart() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDataDirectory();
    TestToken made;
    List<String> keys;
    try (RunningApplication application = RunningApplication.start(call)) {
      made = personal(application);
      Api api = application.api();
      String jwt = exchange(api, made.rawToken());
      assertEquals(api.origin() + "/api/auth", ShortLivedTokens.claims(jwt).getString("iss"));
      JsonObject me = api.bearer(jwt).get(WHOAMI).ok();
      assertEquals("user:default/dave", me.getString("subject"));
      assertEquals(made.id(), me.getString("tokenId"));
      ApiResult metadata = api.get(METADATA);
      assertEquals("public, max-age=300", metadata.headerLine("Cache-Control"));
      assertEquals(
          api.origin() + ShortLivedTokens.TOKEN, metadata.ok().getString("token_endpoint"));
      api.get("/.well-known/oauth-authorization-server/other").problem(404);
      assertEquals(
          metadata.json(), api.get("/api/auth/.well-known/oauth-authorization-server").ok());
      spoofedHostsDoNotMatter(application);
      clientWithoutASecretMaySendItsName(application, made.rawToken());
      keys = keyIds(api);
      application.stop(); // writes the rest of the log
      assertFalse(application.log().contains("sign-in-failed"), application::toString);
    }
    Path file = call.dataDirectory().resolve("signing-keys.secret");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(45, Files.size(file));
    try (RunningApplication application = RunningApplication.start(call)) {
      assertEquals(keys, keyIds(application.api()));
      exchange(application.api(), made.rawToken());
    }
    withoutItsKeyItDoesNotStartAndSaysWhatToDo(call, file);
  }

  /** The OAuth library of Go sends the name of such a client by Basic. */
  private static void clientWithoutASecretMaySendItsName(
      RunningApplication application, String raw) {
    String form = "grant_type=refresh_token&refresh_token=" + raw;
    for (String name : List.of("cli", "", "dave")) {
      application.api().basic(name, "").form(ShortLivedTokens.TOKEN, form).expect(200);
    }
  }

  private static void spoofedHostsDoNotMatter(RunningApplication application) {
    ApiResult answer =
        application
            .socket()
            .send(
                "GET /api/auth/.well-known/openid-configuration HTTP/1.1\r\nHost: evil.example\r\n"
                    + "X-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n")
            .expect(200);
    assertFalse(answer.everything().contains("evil"), answer::toString);
    assertEquals(application.api().origin() + "/api/auth", answer.json().getString("issuer"));
  }

  private static void withoutItsKeyItDoesNotStartAndSaysWhatToDo(WarProcess call, Path file)
      throws Exception {
    Files.delete(file);
    Outcome outcome = call.with("--port", "0").run("");
    assertNotEquals(0, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.err().contains("rotate-keys --withdraw"), outcome::err);
    Outcome withdrawn = call.command("rotate-keys").with("--withdraw").run("");
    assertEquals(0, withdrawn.exitCode(), withdrawn::toString);
    try (RunningApplication application = RunningApplication.start(call)) {
      exchange(application.api(), personal(application).rawToken());
    }
  }

  @Test
  void missingKeyOnADatabaseDisablesTheExchangeOnly() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    try (RunningApplication application = RunningApplication.start(on(database))) {
      Api api = application.api();
      TestToken made = personal(application);
      api.bearer(made.rawToken()).get(WHOAMI).ok();
      refused(tryExchange(api, made.rawToken()), 400, "unsupported_grant_type");
      JsonObject session = BrowserSession.signIn(api, "dave", "dave").get(BrowserSession.PATH).ok();
      assertFalse(session.getBoolean("personalTokenExchange"), session::toString);
      api.get(ShortLivedTokens.KEYS).problem(404);
      api.get(METADATA).problem(404);
      api.get("/api/auth/.well-known/openid-configuration").problem(404);
      // The log is written in the background.
      await(
          () -> {
            String log = application.log();
            assertTrue(log.contains("accessTokens.personal.encryptionKey is not set"), log);
          });
    }
    Outcome outcome = on(database).with("rotate-keys").run("");
    assertNotEquals(0, outcome.exitCode());
    assertTrue(outcome.err().contains("accessTokens.personal.encryptionKey"), outcome::err);
  }

  @Test
  void wrongKeyIsReportedInOneLine() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDataDirectory().with("--port", "0");
    Outcome outcome = call.withEnvironment(ENCRYPTION_KEY, "c2hvcnQ=").run("");
    assertNotEquals(0, outcome.exitCode());
    assertEquals(1, outcome.errorLines().size(), outcome::err);
    assertTrue(
        outcome.err().contains("accessTokens.personal.encryptionKey: must contain base64"),
        outcome::err);
    assertFalse(outcome.err().contains("c2hvcnQ="), outcome::err);
  }

  @Test
  void replicasShareKeysAndRotations() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    WarProcess call = on(database).withEnvironment(ENCRYPTION_KEY, KEY);
    WarProcess another = on(database).withEnvironment(ENCRYPTION_KEY, KEY);
    try (RunningApplication first = RunningApplication.start(call);
        RunningApplication second = RunningApplication.start(another)) {
      List<String> keys = keyIds(first.api());
      assertEquals(1, keys.size());
      assertEquals(keys, keyIds(second.api()));
      replicasAcceptATokenUntilItsParentIsRevoked(first, second);
      rotation(call, first, second);
      withdrawal(call, first, second);
      anotherKeyIsRefused(database);
      alteredRowsAreNotUsed(database, first);
    }
  }

  private static void replicasAcceptATokenUntilItsParentIsRevoked(
      RunningApplication first, RunningApplication second) {
    for (int i = 0; i < 3; i++) {
      TestToken made = personal(first);
      String jwt = exchange(first.api(), made.rawToken());
      second.api().bearer(jwt).get(WHOAMI).ok();
      assertTrue(introspected(second, jwt).getBoolean("active"), "the JWT is not active");
      first.api().as("dave").call("DELETE", path(made.id())).send().expect(204);
      second.api().bearer(jwt).get(WHOAMI).problem(401);
      first.api().bearer(jwt).get(WHOAMI).problem(401);
      assertEquals("{\"active\":false}", introspected(second, jwt).toString());
      ApiResult refused = tryExchange(second.api(), made.rawToken()).expect(400);
      assertEquals("invalid_grant", refused.json().getString("error"));
    }
  }

  private static JsonObject introspected(RunningApplication application, String token) {
    return application.api().as("alice").form(INTROSPECT, "token=" + token).ok();
  }

  private static void rotation(WarProcess call, RunningApplication first, RunningApplication second)
      throws Exception {
    String raw = personal(first).rawToken();
    String before = exchange(first.api(), raw);
    String former = header(before).getString("kid");
    JsonObject rotated =
        CommandLineIT.json(call.with("rotate-keys", "--output", "json").run(""), 0);
    assertEquals(
        Set.of("keyId", "withdrawn", "signsInSeconds", "appliedWithinSeconds"), rotated.keySet());
    assertEquals(900, rotated.getInt("signsInSeconds"), rotated::toString);
    assertEquals(10, rotated.getInt("appliedWithinSeconds"), rotated::toString);
    await(
        () ->
            assertEquals(
                Set.of(former, rotated.getString("keyId")), Set.copyOf(keyIds(first.api()))));
    await(() -> assertEquals(2, keyIds(second.api()).size()));
    assertEquals(former, header(exchange(second.api(), raw)).getString("kid"));

    run(call, "rotate-keys", "--now");
    await(() -> assertNotEquals(former, header(exchange(first.api(), raw)).getString("kid")));
    String after = exchange(first.api(), raw);
    second.api().bearer(after).get(WHOAMI).ok();
    second.api().bearer(before).get(WHOAMI).ok();
    assertTrue(keyIds(first.api()).contains(former), "the former key is no longer published");
    await(
        () ->
            assertEquals(
                header(after).getString("kid"),
                header(exchange(second.api(), raw)).getString("kid")));
  }

  private static void withdrawal(
      WarProcess call, RunningApplication first, RunningApplication second) throws Exception {
    String raw = personal(first).rawToken();
    String before = exchange(first.api(), raw);
    run(call, "rotate-keys", "--withdraw");
    await(() -> first.api().bearer(before).get(WHOAMI).problem(401));
    await(() -> second.api().bearer(before).get(WHOAMI).problem(401));
    await(() -> assertEquals(1, keyIds(second.api()).size()));
    String after = exchange(first.api(), raw);
    second.api().bearer(after).get(WHOAMI).ok();
  }

  private static void run(WarProcess call, String command, String... options) throws Exception {
    Outcome outcome = call.with(command).with(options).run("");
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.out().contains("within 10 seconds"), outcome::toString);
  }

  private static void anotherKeyIsRefused(TestDatabase database) throws Exception {
    WarProcess call = on(database).withEnvironment(ENCRYPTION_KEY, OTHER_KEY);
    for (WarProcess refused : List.of(call.with("--port", "0"), call.with("rotate-keys"))) {
      Outcome outcome = refused.run("");
      assertNotEquals(0, outcome.exitCode(), outcome::toString);
      assertTrue(outcome.err().contains("cannot be opened"), outcome::err);
      assertTrue(
          outcome.err().contains("While the encryption key is being replaced"), outcome::err);
      assertFalse(outcome.err().contains(OTHER_KEY), outcome::err);
    }
  }

  private static void alteredRowsAreNotUsed(TestDatabase database, RunningApplication first)
      throws Exception {
    String raw = personal(first).rawToken();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      assertEquals(
          1,
          statement.executeUpdate(
              "update access_token_signing_keys set generation = generation + 1"));
    }
    await(() -> tryExchange(first.api(), raw).expect(503));
    assertEquals(List.of(), keyIds(first.api()));
  }

  /** An old key is replaced by a new one, and is removed when all its tokens have expired. */
  @Test
  void keysAreRotatedByAge() throws Exception {
    WarProcess call = WarProcess.inNewFolder().with("--in-memory");
    ShiftableClock clock = ShiftableClock.in(call.folder());
    try (RunningApplication application =
        RunningApplication.start(
            clock.usedBy(call).withEnvironment("ACCESSTOKENS_PERSONAL_SIGNINGKEYDAYS", "1"))) {
      Api api = application.api();
      String raw = personal(application).rawToken();
      String first = header(exchange(api, raw)).getString("kid");
      clock.shift(Duration.ofDays(1).minusMinutes(10));
      await(() -> assertEquals(2, keyIds(api).size()));
      assertEquals(first, header(exchange(api, raw)).getString("kid"));
      clock.shift(Duration.ofDays(1).plusMinutes(10));
      String second = header(exchange(api, raw)).getString("kid");
      assertNotEquals(first, second);
      assertTrue(keyIds(api).contains(first), "the former key is no longer published");
      clock.shift(Duration.ofDays(1).plusMinutes(40));
      assertEquals(List.of(second), keyIds(api));
    }
  }

  @Test
  void exchangesAreRateLimitedPerUser() throws Exception {
    try (RunningApplication application =
        RunningApplication.start(
            WarProcess.inNewFolder().with("--in-memory").withEnvironment(EXCHANGES, "3"))) {
      TestToken daves = personal(application);
      ApiResult answer;
      int count = 0;
      do {
        answer = tryExchange(application.api(), daves.rawToken());
        count++;
      } while (answer.status() == 200 && count < 20);
      assertEquals(429, answer.status());
      assertTrue(count > 3, count + " exchanges");
      assertTrue(answer.headerLine("Retry-After").matches("\\d+"), answer::toString);
      assertEquals("no-store", answer.headerLine("Cache-Control"));
      application.api().bearer(daves.rawToken()).get(WHOAMI).ok();
      exchange(
          application.api(), new PersonalTokens(application.api().as("carol")).create().rawToken());
    }
  }

  @Test
  void hostileRequestsAreRefused() throws Exception {
    try (RunningApplication application =
        RunningApplication.start(WarProcess.inNewFolder().with("--in-memory"))) {
      Api api = application.api();
      String raw = personal(application).rawToken();
      String form = "grant_type=refresh_token&refresh_token=" + raw;
      for (String bad :
          List.of(
              form + "&refresh_token=" + raw,
              form + "&grant_type=refresh_token",
              form + "&scope=a&scope=b",
              form + "&x=%FF",
              form + "&x=%",
              "grant_type=refresh_token")) {
        refused(api.form(ShortLivedTokens.TOKEN, bad), 400, "invalid_request");
      }
      refused(
          api.form(ShortLivedTokens.TOKEN + "?refresh_token=" + raw, form), 400, "invalid_request");
      refused(
          api.form(ShortLivedTokens.TOKEN, form + "&x=" + "x".repeat(110_000)),
          413,
          "invalid_request");
      refused(
          api.call("POST", ShortLivedTokens.TOKEN)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .bytes((form + "&x=\u00e4").getBytes(StandardCharsets.UTF_8))
              .send(),
          400,
          "invalid_request");
      refused(
          api.form(ShortLivedTokens.TOKEN, "grant_type=password"), 400, "unsupported_grant_type");
      refused(api.post(ShortLivedTokens.TOKEN, "{}"), 415, "invalid_request");
      refused(api.get(ShortLivedTokens.TOKEN), 405, "invalid_request");
      ApiResult other =
          api.call("OPTIONS", ShortLivedTokens.TOKEN)
              .header("Origin", "https://evil.example")
              .send();
      assertTrue(other.headers("Access-Control-Allow-Origin").isEmpty(), other::toString);
      exchange(api, raw);
    }
  }

  private static void refused(ApiResult answer, int status, String error) {
    answer.expect(status);
    assertEquals(error, answer.json().getString("error"), answer::toString);
    assertEquals("no-store", answer.headerLine("Cache-Control"), answer::toString);
    assertFalse(answer.everything().contains("bpat_"), answer::toString);
  }

  /** Waits for an assertion, because replicas read the keys every ten seconds. */
  private static void await(ThrowingRunnable assertion) {
    Awaitility.await().pollInterval(Duration.ofMillis(500)).untilAsserted(assertion);
  }
}
