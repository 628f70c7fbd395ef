package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.server.BackstagePlugin.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.BackstagePlugin;
import io.accesstokens.testing.server.BackstagePlugin.Product;
import io.accesstokens.testing.server.BackstagePlugin.Token;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the migration from the Backstage plugin, with each database that the plugin supports. */
class BackstageImportIT {

  private static final String ACCEPT =
      "accessTokens:\n  rawToken:\n    acceptWithoutChecksum: true\n";

  @ParameterizedTest
  @EnumSource(Product.class)
  void importedTokensWorkAndASecondRunChangesNothing(Product product) throws Exception {
    WarProcess call = WarProcess.inNewFolder().withConfig(ACCEPT).withDataDirectory();
    BackstagePlugin plugin = BackstagePlugin.in(product, call.folder());
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Token good = plugin.put(token("nightly"));
    Token dead = plugin.put(token("leaked").with("last_used_at", now));
    plugin.revoke(dead, "found in a log");
    Token expired = plugin.put(token("old").with("expires_at", now.minusSeconds(1)));

    Outcome first = ImportCall.from(plugin).into(call).run("");
    assertEquals(0, first.exitCode(), first::toString);
    ImportCall.assertCounts(first, 3, 3, 0, 0, 0);
    assertEquals("", first.err());
    assertEquals(3, first.out().lines().filter(line -> line.contains("\"imported\"")).count());

    Token next = token("later");
    List<JsonObject> auditLog;
    try (RunningApplication application = RunningApplication.start(call)) {
      JsonObject me = application.api().bearer(good.rawToken()).get(WHOAMI).ok();
      assertEquals("service-token:group:default/platform:nightly", me.getString("subject"));
      assertEquals(good.id(), me.getString("tokenId"));
      application.api().bearer(dead.rawToken()).get(WHOAMI).problem(401);
      application.api().bearer(expired.rawToken()).get(WHOAMI).problem(401);
      application.api().bearer(next.rawToken()).get(WHOAMI).problem(401);
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      assertShown(good, "active", alice.get(good.id()));
      assertShown(dead, "revoked", alice.get(dead.id()));
      assertShown(expired, "expired", alice.get(expired.id()));
      assertEquals(now.toString(), millis(alice.get(dead.id()).getString("lastUsedAt")));
      assertEquals(3, alice.list("").getInt("total"));
      assertEquals(1, alice.list("status=revoked").getInt("total"));
      assertEquals(1, alice.list("status=expired").getInt("total"));
      List<JsonObject> events = alice.events(dead.id());
      assertEquals(List.of("imported", "revoked", "created"), names(events));
      assertEquals("found in a log", events.get(1).getJsonObject("metadata").getString("reason"));
      assertEquals("user:default/bob", events.get(1).getString("actor"));
      assertEquals("command:import-backstage", events.get(0).getString("actor"));
      assertEquals("added", events.get(0).getJsonObject("metadata").getString("change"));
      // An imported token can be revoked here.
      alice.revoke(good.id());
      application.api().bearer(good.rawToken()).get(WHOAMI).problem(401);
      auditLog = alice.loggedEvents(good.id());
      assertEquals(List.of("revoked", "imported", "created"), names(auditLog));
      // Its name is available again.
      alice.create(TokenRequest.good().withText("name", "nightly"));
      application.stop();
    }

    plugin.put(next);
    Outcome second = ImportCall.from(plugin).run(call);
    assertEquals(0, second.exitCode(), second::toString);
    ImportCall.assertCounts(second, 4, 1, 3, 0, 0);
    Outcome third = ImportCall.from(plugin).with("--output", "json").run(call);
    JsonObject summary = CommandLineIT.json(third, 0); // no audit event, which would be a line
    assertFalse(summary.getBoolean("dryRun"), third::toString);
    assertTrue(plugin.url().startsWith(summary.getString("from")), third::toString);
    assertTrue(summary.getString("to").startsWith("jdbc:h2:"), third::toString);
    JsonObject counts = summary.getJsonObject("counts");
    assertEquals(
        List.of(
            "tokensRead",
            "tokensImported",
            "tokensAlreadyThere",
            "tokensUpdated",
            "tokensRefused",
            "auditEventsAdded",
            "auditEventsRefused"),
        List.copyOf(counts.keySet()));
    assertEquals(4, counts.getInt("tokensRead"), third::toString);
    assertEquals(0, counts.getInt("tokensImported"), third::toString);
    assertEquals(4, counts.getInt("tokensAlreadyThere"), third::toString);
    assertEquals(JsonValue.EMPTY_JSON_ARRAY, summary.get("refusals"), third::toString);
    assertEquals(JsonValue.EMPTY_JSON_ARRAY, summary.get("notes"), third::toString);
    try (RunningApplication application = RunningApplication.start(call)) {
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      assertEquals(auditLog, alice.events(good.id()), "a revocation here stays as it is");
      application.api().bearer(good.rawToken()).get(WHOAMI).problem(401);
      application.api().bearer(next.rawToken()).get(WHOAMI).ok();
      assertEquals(5, alice.list("").getInt("total"));
    }
    for (Token token : List.of(good, dead, expired, next)) {
      for (Outcome outcome : List.of(first, second, third)) {
        assertFalse(outcome.toString().contains(token.hash().substring(0, 16)), "a digest");
      }
    }
  }

  /** Backstage can store the tables of each plugin in a schema of one database. */
  @Test
  void documentedAccountReadsADatabaseThatIsDividedBySchema() throws Exception {
    String page = Files.readString(Path.of("src/docs/move-from-backstage.md"));
    String account = page.substring(page.indexOf("create role token_import"));
    WarProcess call = WarProcess.inNewFolder().withConfig(ACCEPT).withDataDirectory();
    BackstagePlugin plugin = BackstagePlugin.in(Product.POSTGRESQL, call.folder());
    plugin.put(token("nightly"));
    PostgresServer.shared().execute("alter role " + plugin.user() + " createrole");
    plugin.execute("create schema \"access-tokens\"");
    plugin.execute("alter table service_access_tokens set schema \"access-tokens\"");
    plugin.execute("alter table service_access_token_audit_log set schema \"access-tokens\"");
    plugin.execute(account.substring(0, account.indexOf("```")).replace("'…'", "'import-secret'"));
    Matcher schema = Pattern.compile("`(\\?currentSchema=[^`]*)`").matcher(page);
    assertTrue(schema.find(), "the page names no schema");
    BackstagePlugin reader =
        new BackstagePlugin(
            plugin.url() + schema.group(1), "token_import", "import-secret", plugin.product());
    try {
      Outcome dry = ImportCall.from(reader).with("--dry-run").run(call);
      assertEquals(0, dry.exitCode(), dry::toString);
      ImportCall.assertCounts(dry, 1, 1, 0, 0, 0);
    } finally {
      plugin.execute("drop schema \"access-tokens\" cascade"); // with the rights of the account
      plugin.execute("drop role token_import");
      PostgresServer.shared().execute("alter role " + plugin.user() + " nocreaterole");
    }
  }

  private static WarProcess acceptingCall(TestDatabase target) {
    return WarProcess.inNewFolder().withConfig(ACCEPT).withDatabase(target);
  }

  /** Events of tokens that still live can have been moved to an archive. */
  @Test
  void queryOfTheDocumentCountsOldSecretsAlsoWithoutTheirEvents() throws Exception {
    TestDatabase target = MariaDbServer.shared().newDatabase();
    WarProcess call = acceptingCall(target);
    BackstagePlugin plugin = BackstagePlugin.in(Product.SQLITE, call.folder());
    plugin.put(token("nightly"));
    plugin.revoke(plugin.put(token("leaked")), "found in a log");
    assertEquals(0, ImportCall.from(plugin).run(call.fromWar()).exitCode());
    String page = Files.readString(Path.of("src/docs/move-from-backstage.md"));
    String query = page.substring(page.indexOf("select count(*)"));
    String all =
        query.substring(0, query.indexOf(';')).replaceFirst("'\\d{4}-.*?'", "'2100-01-01'");
    Sql sql = target.sql();
    sql.execute("delete from service_access_token_audit_log");
    assertEquals(1, sql.number(all));
    // A rotation replaces the secret without a checksum.
    sql.execute("update service_access_tokens set secret_number = 2");
    sql.execute(
        "insert into access_token_secrets (token_hash, token_id, secret_number, token_prefix,"
            + " replaced_at, expires_at, ends_on_first_use)"
            + " select token_hash, id, 1, token_prefix, utc_timestamp(),"
            + " utc_timestamp() + interval 1 day, false from service_access_tokens");
    assertEquals(1, sql.number(all));
    sql.execute("update access_token_secrets set ended_at = utc_timestamp()");
    assertEquals(0, sql.number(all));
  }

  /** The first run can have been killed before its changes were final. */
  @Test
  void repeatedRunWaitsUntilTheChangesOfTheFirstAreFinal() throws Exception {
    TestDatabase target = MariaDbServer.shared().newDatabase();
    WarProcess call = acceptingCall(target);
    BackstagePlugin plugin = BackstagePlugin.in(Product.SQLITE, call.folder());
    plugin.put(token("nightly"));
    assertEquals(0, ImportCall.from(plugin).run(call).exitCode());
    try (Connection connection = target.connect();
        Statement statement = connection.createStatement()) {
      // The durations of running replicas.
      statement.execute(
          "update access_token_change_counter set lease_millis = 10000, margin_millis = 500,"
              + " outage_millis = 0");
    }
    long begun = System.nanoTime();
    Outcome repeated = ImportCall.from(plugin).run(call);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    ImportCall.assertCounts(repeated, 1, 0, 1, 0, 0);
    assertTrue(took.compareTo(Duration.ofMillis(10_500)) >= 0, "the run took only " + took);
  }

  /** Imports while the service is running, on a database that both can use. */
  @Test
  void laterRunImportsRevocationsAndUndoesNone() throws Exception {
    TestDatabase target = MariaDbServer.shared().newDatabase();
    WarProcess call = acceptingCall(target);
    BackstagePlugin plugin = BackstagePlugin.in(Product.POSTGRESQL, call.folder());
    Token stays = plugin.put(token("stays"));
    Token revokedThere = plugin.put(token("revoked-there"));
    Token revokedHere = plugin.put(token("revoked-here"));
    Token revokedTwice = plugin.put(token("revoked-twice"));
    try (RunningApplication application = RunningApplication.start(call)) {
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      assertEquals(0, ImportCall.from(plugin).run(call).exitCode());
      for (Token token : List.of(stays, revokedThere, revokedHere, revokedTwice)) {
        application.api().bearer(token.rawToken()).get(WHOAMI).ok();
      }
      alice.revoke(revokedHere.id());
      alice.revoke(revokedTwice.id());
      List<JsonObject> twice = alice.events(revokedTwice.id());
      plugin.revoke(revokedThere, "left the company");
      plugin.revoke(revokedTwice, "too late");

      Outcome dry = ImportCall.from(plugin).with("--dry-run").run(call);
      ImportCall.assertCounts(dry, 4, 0, 3, 1, 0);
      application.api().bearer(revokedThere.rawToken()).get(WHOAMI).ok();
      Outcome outcome = ImportCall.from(plugin).run(call);
      assertEquals(0, outcome.exitCode(), outcome::toString);
      ImportCall.assertCounts(outcome, 4, 0, 3, 1, 0);
      application.api().bearer(stays.rawToken()).get(WHOAMI).ok();
      for (Token token : List.of(revokedThere, revokedHere, revokedTwice)) {
        application.api().bearer(token.rawToken()).get(WHOAMI).problem(401);
      }
      List<JsonObject> events = alice.events(revokedThere.id());
      assertEquals(List.of("imported", "revoked", "imported", "created"), names(events));
      assertEquals("revoked", events.get(0).getJsonObject("metadata").getString("change"));
      assertEquals("user:default/bob", alice.get(revokedThere.id()).getString("revokedBy"));
      assertEquals(twice, alice.events(revokedTwice.id()));
      assertEquals("user:default/alice", alice.get(revokedTwice.id()).getString("revokedBy"));
      ImportCall.assertCounts(ImportCall.from(plugin).run(call), 4, 0, 4, 0, 0);
    }
  }

  private static void assertShown(Token token, String status, JsonObject shown) {
    assertEquals(token.row().get("name"), shown.getString("name"));
    assertEquals(token.row().get("description"), shown.getString("description"));
    assertEquals(token.row().get("token_prefix"), shown.getString("tokenPrefix"));
    assertEquals("group:default/platform", shown.getString("groupEntityRef"));
    assertEquals("[\"catalog:read\",\"techdocs:read\"]", shown.getJsonArray("scopes").toString());
    assertEquals("user:default/alice", shown.getString("createdBy"));
    assertEquals(
        String.valueOf(token.row().get("created_at")), millis(shown.getString("createdAt")));
    assertEquals(
        String.valueOf(token.row().get("expires_at")), millis(shown.getString("expiresAt")));
    assertEquals(status, shown.getString("status"));
    assertTrue(shown.isNull("revokedAt") != status.equals("revoked"), shown::toString);
  }

  /** Formats milliseconds as {@link Instant#toString} does, which omits zeros. */
  private static String millis(String instant) {
    return Instant.parse(instant).toString();
  }

  private static List<String> names(List<JsonObject> events) {
    return events.stream().map(event -> event.getString("event")).toList();
  }
}
