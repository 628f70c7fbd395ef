package io.accesstokens.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import io.accesstokens.testing.Midnight;
import io.accesstokens.testing.client.Metrics;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PayaraMicro;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests notices of the whole application, with a real mail server and real receivers. */
class NoticesIT {

  private static final String NOTICES = "/api/access-tokens/notices";
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private static final String GROUPS =
      """
      apiVersion: backstage.io/v1alpha1
      kind: Group
      metadata: {name: platform}
      spec: {type: team, profile: {email: platform@example.com}, members: [carol]}
      ---
      apiVersion: backstage.io/v1alpha1
      kind: Group
      metadata: {name: payments}
      spec: {type: team, members: [bob, dave]}
      ---
      apiVersion: backstage.io/v1alpha1
      kind: User
      metadata: {name: dave}
      spec: {profile: {email: dave@example.com}}
      """;

  private final TestDatabase database = MariaDbServer.shared().newDatabase();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private GreenMail mailServer;
  private HttpServer receiver;

  @BeforeEach
  void start() throws IOException {
    mailServer = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mailServer.start();
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    receiver.setExecutor(Executors.newCachedThreadPool());
    respond("/good", 204);
    respond("/failing", 500);
    respond("/gone", 410);
    respond("/redirecting", 302);
    respond("/elsewhere", 204);
    receiver.start();
  }

  @AfterEach
  void stop() {
    mailServer.stop();
    receiver.stop(0);
  }

  private void respond(String path, int status) {
    receiver.createContext(
        path,
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          received.add(path + ' ' + body);
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
  }

  private WarProcess call(String notices) {
    WarProcess call = WarProcess.inNewFolder();
    String groups = call.file("groups.yaml", GROUPS).toString();
    String secret = call.file("webhook-secret", SECRET + '\n').toString();
    return call.withDatabase(database)
        .withConfig(
            "directory:\n  groupsFile: "
                + groups
                + "\n"
                + notices.replace("webhook-secret", secret));
  }

  private String notices() {
    String receivers = "http://127.0.0.1:" + receiver.getAddress().getPort();
    StringBuilder yaml =
        new StringBuilder(
            """
            notices:
              dailyHour: 0
              mail:
                host: 127.0.0.1
                port: %d
                startTls: false
                from: access-tokens@example.com
              webhooks:
            """
                .formatted(mailServer.getSmtp().getPort()));
    for (String name : List.of("good", "failing", "gone", "redirecting")) {
      yaml.append("    - name: ").append(name).append('\n');
      yaml.append("      url: ").append(receivers).append('/').append(name).append("?k=k1k1\n");
      yaml.append("      secretFile: webhook-secret\n");
      yaml.append("      allowedAddresses: [127.0.0.1]\n");
    }
    yaml.append("    - name: metadata\n");
    yaml.append("      url: http://169.254.169.254/latest\n");
    yaml.append("      secretFile: webhook-secret\n");
    yaml.append("    - name: internal\n");
    yaml.append("      url: ").append(receivers).append("/good\n");
    yaml.append("      secretFile: webhook-secret\n");
    return yaml.toString();
  }

  /** Creates tokens that expire soon, with an application that sends no notices. */
  private List<TestToken> createTokens() throws Exception {
    try (RunningApplication before = RunningApplication.start(call(""))) {
      ServiceTokens tokens = new ServiceTokens(before.api().as("alice"));
      TestToken soon =
          tokens.create(TokenRequest.good().named("soon").of("group:default/platform"));
      TestToken due = tokens.create(TokenRequest.good().named("due").of("group:default/payments"));
      TestToken personal = new PersonalTokens(before.api().as("dave")).createNamed("laptop");
      age("service_access_tokens", soon.id(), Duration.ofDays(10));
      age("service_access_tokens", due.id(), Duration.ofHours(20));
      age("personal_access_tokens", personal.id(), Duration.ofDays(5));
      return List.of(soon, due);
    }
  }

  /** Payara provides Jakarta Mail. */
  @Test
  void mailsAndWebhooksAreSentOnPayara() throws Exception {
    createTokens();
    PayaraMicro payara = PayaraMicro.inNewFolder();
    Path groups = payara.write("groups.yaml", GROUPS);
    Path secret = payara.write("webhook-secret", SECRET + '\n');
    Path config =
        payara.write(
            "notices.yaml",
            "directory:\n  groupsFile: "
                + groups
                + "\n"
                + notices().replace("webhook-secret", secret.toString()));
    PayaraMicro deployment =
        payara
            .withEnvironment("ACCESSTOKENS_CONFIGFILE", config.toString())
            .withEnvironment("ACCESSTOKENS_DATABASE_URL", database.url())
            .withEnvironment("ACCESSTOKENS_DATABASE_USER", database.user())
            .withEnvironment("ACCESSTOKENS_DATABASE_PASSWORD", database.password());
    try (RunningApplication application = RunningApplication.start(deployment)) {
      assertMails();
      assertWebhooks(application);
    }
  }

  /** Mails and the job belong to a day. */
  @BeforeEach
  void avoidMidnight() {
    Midnight.avoid(ZoneOffset.UTC, Duration.ofMinutes(5));
  }

  @Test
  void ownersAndReceiversAreNotified() throws Exception {
    List<TestToken> tokens = createTokens();
    WarProcess call = call(notices());
    assertEquals(
        List.of(
            "token.expiring 1d group:default/payments due",
            "token.expiring 14d group:default/platform soon",
            "token.expiring 7d user:default/dave laptop"),
        dryRun(call));
    assertJson(call);
    try (RunningApplication application = RunningApplication.start(call.fromWar())) {
      assertMails();
      assertWebhooks(application);
      assertReports(application, tokens.get(0), tokens.get(1));
      assertDisabledEndpointIsOmitted();
      assertEquals(
          List.of(
              "token.ended-secret-used group:default/platform made",
              "token.rotated group:default/platform made"),
          dryRun(call(notices())).stream().sorted().toList(),
          "the mails of the next day");
      beginNextDay();
      assertMailOfNextDay();
      assertCommandErrors();
      String log = application.log();
      for (String secret : List.of("k1k1", SECRET.substring(6), "169.254.169.254")) {
        assertFalse(log.contains(secret), "the log contains " + secret);
      }
    }
  }

  /** Moves the mails and the job of today one day back, so that the job runs again. */
  private void beginNextDay() throws SQLException {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    try (Connection connection = database.connect();
        PreparedStatement mails =
            connection.prepareStatement(
                "update access_token_notice_deliveries set mail_day = ?,"
                    + " delivery_key = concat('mail:', recipient, ':', ?) where channel = 'mail'");
        PreparedStatement job =
            connection.prepareStatement("update access_token_notice_job set last_day = ?")) {
      mails.setObject(1, today.minusDays(1));
      mails.setString(2, today.minusDays(1).toString());
      assertEquals(2, mails.executeUpdate(), "mails of today");
      job.setObject(1, today.minusDays(1));
      assertEquals(1, job.executeUpdate(), "jobs");
    }
  }

  private void assertMailOfNextDay() throws Exception {
    await().atMost(TIMEOUT).until(() -> mailServer.getReceivedMessages().length == 3);
    List<String> bodies = new ArrayList<>();
    for (MimeMessage mail : mailServer.getReceivedMessages()) {
      if (mail.getAllRecipients()[0].toString().equals("platform@example.com")) {
        bodies.add(GreenMailUtil.getBody(mail));
      }
    }
    assertEquals(2, bodies.size(), "mails to the group");
    String text = String.join("", bodies);
    for (String title : List.of("A secret that has ended is still used", "Has a new secret")) {
      assertTrue(text.contains(title + "\r\n\r\n- made (bsat_"), title + ": " + text);
    }
  }

  /** Makes a token older, so that it expires after a duration. */
  private void age(String table, String id, Duration left) throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement update =
            connection.prepareStatement(
                "update "
                    + table
                    + " set created_at = ?, secret_created_at = ?, expires_at = ?"
                    + " where id = ?")) {
      LocalDateTime created = utc(Instant.now().minus(Duration.ofDays(100)));
      update.setObject(1, created);
      update.setObject(2, created);
      update.setObject(3, utc(Instant.now().plus(left)));
      update.setString(4, id);
      assertEquals(1, update.executeUpdate(), "tokens with the id " + id);
    }
  }

  private static LocalDateTime utc(Instant instant) {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private static List<String> dryRun(WarProcess call) throws Exception {
    Outcome outcome = call.command("notices").with("--dry-run").run("");
    assertEquals(0, outcome.exitCode(), outcome::toString);
    List<String> lines = new ArrayList<>();
    for (String line : outcome.out().lines().toList()) {
      lines.add(line.split(" expires | at ", 2)[0]);
    }
    return lines;
  }

  private static void assertJson(WarProcess call) throws Exception {
    String at = Instant.now().toString();
    JsonObject preview =
        CommandLineIT.json(
            call.command("notices").with("--dry-run", "--at", at, "--output", "json").run(""), 0);
    assertEquals(at, preview.getString("at"));
    List<JsonObject> notices = ServiceTokens.objects(preview, "notices");
    assertEquals(3, notices.size(), preview::toString);
    JsonObject soon = notice(preview, "soon");
    assertEquals("token.expiring", soon.getString("event"));
    assertEquals(14, soon.getInt("thresholdDays"));
    assertEquals("group:default/platform", soon.getString("owner"));
    assertEquals("[\"platform@example.com\"]", soon.getJsonArray("mail").toString());
    assertEquals(6, soon.getJsonArray("webhooks").size(), soon::toString);
    Instant.parse(soon.getString("expiresAt"));
  }

  private void assertDisabledEndpointIsOmitted() throws Exception {
    String at = Instant.now().plus(Duration.ofHours(230)).toString();
    WarProcess call = call(notices()).command("notices");
    JsonObject preview =
        CommandLineIT.json(call.with("--dry-run", "--at", at, "--output", "json").run(""), 0);
    assertEquals(
        "[\"good\",\"failing\",\"redirecting\",\"metadata\",\"internal\"]",
        notice(preview, "soon").getJsonArray("webhooks").toString(),
        "the endpoint that has responded with 410");
  }

  private static JsonObject notice(JsonObject preview, String token) {
    return ServiceTokens.objects(preview, "notices").stream()
        .filter(notice -> notice.getString("token").equals(token))
        .findFirst()
        .orElseThrow(() -> new AssertionError(preview));
  }

  private void assertCommandErrors() throws Exception {
    Outcome nothing = call("").command("notices").with("--dry-run").run("");
    assertEquals(1, nothing.exitCode(), nothing::toString);
    assertTrue(nothing.err().startsWith("no notices are sent: set"), nothing::err);
    Outcome wrong =
        call(notices()).command("notices").with("--dry-run", "--at", "tomorrow").run("");
    assertEquals(2, wrong.exitCode(), wrong::toString);
    assertTrue(wrong.err().startsWith("--at must be an instant"), wrong::err);
    Outcome sending = call(notices()).command("notices").run("");
    assertEquals(2, sending.exitCode(), sending::toString);
  }

  private void assertMails() throws Exception {
    await().atMost(TIMEOUT).until(() -> mailServer.getReceivedMessages().length >= 2);
    Map<String, String> subjects = new TreeMap<>();
    for (MimeMessage mail : mailServer.getReceivedMessages()) {
      subjects.merge(
          mail.getAllRecipients()[0].toString(), mail.getSubject(), (a, b) -> a + " twice " + b);
    }
    assertEquals(
        Map.of(
            "platform@example.com", "Access tokens: 1 notice",
            "dave@example.com", "Access tokens: 2 notices"),
        subjects);
  }

  private void assertWebhooks(RunningApplication application) {
    ServiceTokens tokens = new ServiceTokens(application.api().as("alice"));
    TestToken made = tokens.create(TokenRequest.good().named("made").of("group:default/platform"));
    application
        .api()
        .as("alice")
        .post(ServiceTokens.path(made.id()) + "/rotate", "{\"gracePeriodSeconds\":0}")
        .ok();
    int status = application.api().bearer(made.rawToken()).get(ServiceTokens.WHOAMI).status();
    assertEquals(401, status, "status for the ended secret");
    await("the notice about the ended secret")
        .atMost(TIMEOUT)
        .untilAsserted(() -> assertEndedSecret(application, made));
    tokens.revoke(made.id());
    for (String event :
        List.of(
            "token.expiring",
            "token.created",
            "token.rotated",
            "token.ended-secret-used",
            "token.revoked")) {
      String expected = "\"type\":\"" + event + '"';
      await(event)
          .atMost(TIMEOUT)
          .until(
              () ->
                  received.stream()
                      .anyMatch(one -> one.startsWith("/good ") && one.contains(expected)));
    }
    String ended = "\"endedSecret\":{\"tokenPrefix\":\"" + made.rawToken().substring(0, 12) + "\"";
    assertTrue(
        received.stream().anyMatch(one -> one.startsWith("/good ") && one.contains(ended)),
        () -> ended + " in " + received);
    await("the result of the redirect")
        .atMost(TIMEOUT)
        .until(
            () ->
                application
                    .api()
                    .as("alice")
                    .get(NOTICES)
                    .text()
                    .contains("the endpoint responded with 302"));
    assertTrue(
        received.stream().noneMatch(one -> one.startsWith("/elsewhere")),
        "a redirect is not followed");
  }

  private static void assertEndedSecret(RunningApplication application, TestToken token) {
    JsonObject page = application.api().as("alice").get(NOTICES + "?tokenId=" + token.id()).ok();
    JsonObject notice = page.getJsonArray("notices").getJsonObject(0);
    assertEquals("token.ended-secret-used", notice.getString("event"));
    JsonObject use = notice.getJsonObject("endedSecret");
    assertEquals(token.rawToken().substring(0, 12), use.getString("tokenPrefix"));
    assertEquals("127.0.0.1", use.getString("address"));
  }

  private void assertReports(RunningApplication application, TestToken soon, TestToken due) {
    String path = NOTICES + "?tokenId=" + soon.id();
    Map<String, String> expected = new TreeMap<>();
    expected.put("mail platform@example.com", "sent null");
    expected.put("webhook good", "sent null");
    expected.put("webhook failing", "pending the endpoint responded with 500");
    expected.put("webhook redirecting", "pending the endpoint responded with 302");
    expected.put(
        "webhook metadata",
        "pending the address is not public, and allowedAddresses does not contain it");
    expected.put(
        "webhook internal",
        "pending the address is not public, and allowedAddresses does not contain it");
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              JsonObject page = application.api().as("alice").get(path).ok();
              JsonObject notice = page.getJsonArray("notices").getJsonObject(0);
              assertEquals("token.expiring", notice.getString("event"));
              assertEquals(14, notice.getInt("thresholdDays"));
              Map<String, String> found = new TreeMap<>();
              for (JsonObject one : ServiceTokens.objects(notice, "deliveries")) {
                found.put(
                    one.getString("channel") + ' ' + one.getString("recipient"),
                    one.getString("state") + ' ' + one.getString("lastError", null));
              }
              String gone = found.remove("webhook gone");
              assertTrue(gone != null && gone.startsWith("failed "), "410: " + gone);
              assertEquals(expected, found);
            });
    long gone = received.stream().filter(one -> one.startsWith("/gone ")).count();
    assertEquals(1, gone, "requests after a response with 410");
    assertFalse(
        application.api().as("alice").get(NOTICES).text().contains("k1k1"), "the URL is shown");
    JsonObject first = application.api().as("alice").get(NOTICES + "?limit=1").ok();
    assertEquals(1, first.getJsonArray("notices").size());
    JsonObject rest =
        application
            .api()
            .as("alice")
            .get(NOTICES + "?limit=500&after=" + first.getString("next"))
            .ok();
    assertEquals(5, rest.getJsonArray("notices").size(), "the personal token is not shown");
    assertTrue(rest.isNull("next"), "the last page");
    assertEquals(
        0,
        application
            .api()
            .as("carol")
            .get(NOTICES + "?tokenId=" + due.id())
            .ok()
            .getJsonArray("notices")
            .size(),
        "tokens of other groups");
    application.api().anonymous().get(NOTICES).problem(401);
    application.api().as("alice").get(NOTICES + "?after=x").problem(400);
    application.api().as("alice").get(NOTICES + "?limit=501").problem(400);
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                Metrics.read(application.api().as("alice"))
                        .value("access_tokens_queue_entries{queue=\"notices\"}")
                    > 0);
  }
}
