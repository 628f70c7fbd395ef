package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.login.password.PasswordHash;
import io.accesstokens.testing.BackstageCatalog;
import io.accesstokens.testing.OpenIdIssuer;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;

/** Tests sessions in a database that two processes share. */
class SessionsIT {

  private static final String SESSIONS = "/api/access-tokens/sessions";
  private static final String OPEN_ID = BrowserSession.PATH + "/oidc";
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final TestDatabase database = MariaDbServer.shared().newDatabase();
  private final WarProcess files = WarProcess.inNewFolder();
  private Path people = files.folder();

  private WarProcess call() {
    return WarProcess.inNewFolder()
        .withEnvironment("ACCESSTOKENS_LOGIN_USERSFILE", people.toString())
        .withDatabase(database);
  }

  @Test
  void sessionIsSharedByReplicas() throws Exception {
    String all = Files.readString(Path.of("config/people.yaml"));
    people = files.file("people.yaml", all);
    try (RunningApplication first = RunningApplication.start(call().inSeparateProcess());
        RunningApplication second = RunningApplication.start(call())) {
      BrowserSession carol = BrowserSession.signIn(first.api(), "carol", "carol");
      BrowserSession bob = BrowserSession.signIn(second.api(), "bob", "bob");
      BrowserSession dave = BrowserSession.signIn(first.api(), "dave", "dave");
      onlyADigestIsStored(carol);
      hasNoSampleGroup(carol, first);

      carol.on(second.api()).get(WHOAMI).ok();
      carol.on(second.api()).delete(BrowserSession.PATH, "").expect(204);
      carol.on(first.api()).get(WHOAMI).problem(401);

      signedOutThereAndRenewedAtBoth(first, second);

      bob.on(first.api()).get(WHOAMI).ok();
      first.kill();
      try (RunningApplication again = first.restart()) {
        bob.on(again.api()).get(WHOAMI).ok();
        dave.on(again.api()).get(WHOAMI).ok();
        String changed = withPasswordOfDave(all, "another password");
        BrowserSession atSecond = BrowserSession.signIn(second.api(), "dave", "dave");
        replacePeople(changed);
        awaitEnd(dave, bob, again);
        awaitEnd(atSecond, bob, second);
        awaitAccount("dave", "another password", again, second);
        BrowserSession returned = BrowserSession.signIn(again.api(), "dave", "another password");
        BrowserSession other = BrowserSession.signIn(second.api(), "dave", "another password");
        returned.on(second.api()).get(WHOAMI).ok();
        other.on(again.api()).get(WHOAMI).ok();
        replacePeople(withoutDave(changed));
        awaitEnd(returned, bob, again);
        awaitEnd(other, bob, second);
        replacePeople(changed);
        awaitAccount("dave", "another password", again, second);
        for (BrowserSession ended : List.of(returned, other)) {
          ended.on(again.api()).get(WHOAMI).problem(401);
          ended.on(second.api()).get(WHOAMI).problem(401);
        }
      }
      assertFalse(second.log().contains(value(bob)), "a session's key is in the log");
    }
  }

  private void replacePeople(String yaml) throws IOException {
    Path next = Files.writeString(people.resolveSibling("next"), yaml);
    Files.move(next, people, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Waits until a replica ends one session, and asserts that the other one is still valid. The
   * session must not have been used at another replica that can already have ended it.
   */
  private static void awaitEnd(
      BrowserSession ended, BrowserSession other, RunningApplication replica) {
    await().atMost(TIMEOUT).untilAsserted(() -> ended.on(replica.api()).get(WHOAMI).problem(401));
    other.on(replica.api()).get(WHOAMI).ok();
  }

  /** Waits until all replicas accept a password. */
  private static void awaitAccount(
      String username, String password, RunningApplication... replicas) {
    for (RunningApplication replica : replicas) {
      await()
          .atMost(TIMEOUT)
          .pollInterval(Duration.ofSeconds(1)) // the rate of wrong passwords is limited
          .untilAsserted(() -> replica.api().basic(username, password).get(WHOAMI).ok());
    }
  }

  private static void signedOutThereAndRenewedAtBoth(
      RunningApplication first, RunningApplication second) {
    BrowserSession here = BrowserSession.signIn(first.api(), "carol", "carol");
    BrowserSession there = BrowserSession.signIn(second.api(), "carol", "carol");
    JsonObject other =
        here
            .on(second.api())
            .get(SESSIONS)
            .ok()
            .getJsonArray("sessions")
            .getValuesAs(JsonObject.class)
            .stream()
            .filter(session -> !session.getBoolean("current"))
            .findFirst()
            .orElseThrow();
    assertEquals("127.0.0.1", other.getString("address"));
    there.on(first.api()).get(WHOAMI).ok();
    here.on(second.api()).delete(SESSIONS + '/' + other.getString("id"), "").expect(204);
    for (RunningApplication replica : List.of(first, second)) {
      there.on(replica.api()).get(WHOAMI).problem(401);
    }
    String again = BrowserSession.PATH + "/reauthentication";
    BrowserSession renewed =
        here.renewedBy(here.on(second.api()).post(again, "{\"password\":\"carol\"}").expect(204));
    for (RunningApplication replica : List.of(first, second)) {
      here.on(replica.api()).get(WHOAMI).problem(401);
      renewed.on(replica.api()).get(WHOAMI).ok();
    }
    renewed.delete(BrowserSession.PATH, "").expect(204);
  }

  /**
   * Asserts that the user has no sample groups. The sample group contains that ref, but the users
   * are not the sample users.
   */
  private static void hasNoSampleGroup(BrowserSession carol, RunningApplication application)
      throws IOException {
    assertEquals("[]", carol.signedIn().ok().getJsonArray("groups").toString());
    carol.on(application.api()).post(ServiceTokens.PATH, good().json()).problem(403);
    // The log is written in the background.
    await().until(() -> application.log().contains("so there are no groups"));
  }

  /** The browser holds the whole state of an attempt, so any replica can complete it. */
  @Test
  void providerSignInContinuesAtAnotherReplica() throws Exception {
    try (OpenIdIssuer provider = OpenIdIssuer.start();
        RunningApplication first = RunningApplication.start(openId(provider));
        RunningApplication second = RunningApplication.start(openId(provider))) {
      ApiResult start = first.api().get(OPEN_ID + "?to=/admin").expect(302);
      String authorizationUrl = start.header("Location").orElseThrow();
      provider.signIn("judy", "ours", parameter(authorizationUrl, "nonce"));
      String back = OPEN_ID + "/callback?code=c&state=" + parameter(authorizationUrl, "state");
      second.api().get(back).problem(400); // another browser
      ApiResult end =
          second.api().call("GET", back).header("Cookie", cookie(start, "oidc")).send().expect(302);
      assertEquals("/admin", end.header("Location").orElse(""));
      String session = cookie(end, "session");
      for (RunningApplication replica : List.of(first, second)) {
        ApiResult me = replica.api().call("GET", WHOAMI).header("Cookie", session).send();
        assertEquals("user:default/judy", me.ok().getString("subject"));
      }
      first
          .api()
          .call("DELETE", BrowserSession.PATH)
          .header("Cookie", session)
          .header("X-Requested-With", "x")
          .send()
          .expect(204);
      second.api().call("GET", WHOAMI).header("Cookie", session).send().problem(401);
    }
  }

  /** A navigation ends at the sign-in page, and no session is created. */
  @Test
  void providerSignInReportsADirectoryOutage() throws Exception {
    try (OpenIdIssuer provider = OpenIdIssuer.start();
        BackstageCatalog catalog = new BackstageCatalog().group("platform", "Platform", "");
        RunningApplication application =
            RunningApplication.start(
                WarProcess.inNewFolder()
                    .withDatabase(database)
                    .withConfig(
                        """
                        publicUrl: http://127.0.0.1
                        login: {oidc: {issuer: '%s', clientId: ours}}
                        directory: {backstage: {baseUrl: '%s', token: '%s', timeoutMillis: 500}}
                        """
                            .formatted(
                                provider.url(), catalog.baseUrl(), BackstageCatalog.TOKEN)))) {
      catalog.mode = BackstageCatalog.Mode.HANGING;
      ApiResult start = application.api().get(OPEN_ID).expect(302);
      String authorizationUrl = start.header("Location").orElseThrow();
      provider.signIn("judy", "ours", parameter(authorizationUrl, "nonce"));
      String back = OPEN_ID + "/callback?code=c&state=" + parameter(authorizationUrl, "state");
      Api.Call call = application.api().call("GET", back).header("Cookie", cookie(start, "oidc"));
      ApiResult end = call.header("Sec-Fetch-Mode", "navigate").send().expect(302);
      assertEquals("/sign-in?error=unavailable&to=%2F", end.header("Location").orElse(""));
      assertEquals(0, sessions());
    }
  }

  private long sessions() throws Exception {
    return database.sql().count("access_token_sessions");
  }

  private WarProcess openId(OpenIdIssuer provider) {
    return WarProcess.inNewFolder()
        .withDatabase(database)
        .withConfig(
            "publicUrl: http://127.0.0.1\nlogin: {oidc: {issuer: '%s', clientId: ours}}"
                .formatted(provider.url()));
  }

  private static String parameter(String location, String name) {
    return location.replaceFirst(".*[?&]" + name + "=([^&]*).*", "$1");
  }

  private static String cookie(ApiResult answer, String name) {
    return answer.headers("Set-Cookie").stream()
        .filter(cookie -> cookie.matches("access-tokens-" + name + "(-\\d)?=.*"))
        .findFirst()
        .orElseThrow()
        .split(";", 2)[0];
  }

  private static String withPasswordOfDave(String all, String password) {
    String hash = PasswordHash.create(password.toCharArray()).text();
    String changed =
        all.replaceFirst(
            "(username: dave\\n.*\\n +password: )\\S+", "$1" + Matcher.quoteReplacement(hash));
    assertTrue(changed.contains(hash), changed);
    return changed;
  }

  private static String withoutDave(String all) {
    String less = all.replaceAll("(?m)^ *- username: dave\\n(?: +\\w.*\\n?)+", "");
    assertFalse(less.contains("dave\n"), less);
    return less;
  }

  private static String value(BrowserSession session) {
    return session.cookie().split("=", 2)[1];
  }

  private void onlyADigestIsStored(BrowserSession session) throws Exception {
    String digest =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(value(session).getBytes(StandardCharsets.US_ASCII)));
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select hex(key_hash), concat_ws('|', id, user_entity_ref, display_name, way,"
                    + " username, standing, roles, group_entity_refs) from"
                    + " access_token_sessions")) {
      int found = 0;
      while (rows.next()) {
        assertFalse(rows.getString(2).contains(value(session)), "the key is stored");
        assertFalse(rows.getString(2).contains("pbkdf2"), "a password hash is stored");
        found += rows.getString(1).toLowerCase(Locale.ROOT).equals(digest) ? 1 : 0;
      }
      assertEquals(1, found);
    }
    assertTrue(value(session).length() >= 43, () -> "a key of " + value(session).length());
  }
}
